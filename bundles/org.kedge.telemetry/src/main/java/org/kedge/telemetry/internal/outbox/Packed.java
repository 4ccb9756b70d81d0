package org.kedge.telemetry.internal.outbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Messages as they wait: gzip, a quarter of their size. */
public final class Packed {
  private Packed() {}

  public static byte[] of(byte[] body) {
    var packed = new ByteArrayOutputStream(body.length / 3);
    try (var out = new GZIPOutputStream(packed)) {
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return packed.toByteArray();
  }

  /** @return empty if it is not what {@link #of} made */
  public static Optional<byte[]> open(byte[] packed) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
