package org.kedge.kura.internal.cloud;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.eclipse.kura.message.KuraPayload;

/**
 * Puts a payload on the wire as Kura does, written octet by octet from the description of its format: time in field 1, a metric each
 * in field 5000, the body in 5001; compressed only where that is shorter.
 */
final class KuraEncoder {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private KuraEncoder() {}

  /** @throws IllegalStateException for a metric of a type that Kura does not know */
  static byte[] encode(KuraPayload payload, boolean isGzipped) {
    var message = new KuraEncoder();
    if (payload.getTimestamp() != null) {
      message.varint(1, payload.getTimestamp().getTime());
    }
    payload.metrics().forEach((name, value) -> {
      // Kura warns of null and leaves it out.
      if (value != null) {
        message.delimited(5000, metric(name, value));
      }
    });
    if (payload.getBody() != null) {
      message.delimited(5001, payload.getBody());
    }
    var plain = message.out.toByteArray();
    var compressed = isGzipped ? gzip(plain) : plain;
    return compressed.length < plain.length ? compressed : plain;
  }

  private static byte[] metric(String name, Object value) {
    var metric = new KuraEncoder();
    metric.delimited(1, utf8(name));
    if (value instanceof Double number) {
      metric.varint(2, 0);
      metric.fixed(3, FIXED_64, Double.doubleToRawLongBits(number));
    } else if (value instanceof Float number) {
      metric.varint(2, 1);
      metric.fixed(4, FIXED_32, Float.floatToRawIntBits(number));
    } else if (value instanceof Long number) {
      metric.varint(2, 2);
      metric.varint(5, number);
    } else if (value instanceof Integer number) {
      metric.varint(2, 3);
      metric.varint(6, number);
    } else if (value instanceof Boolean flag) {
      metric.varint(2, 4);
      metric.varint(7, flag ? 1 : 0);
    } else if (value instanceof String text) {
      metric.varint(2, 5);
      metric.delimited(8, utf8(text));
    } else if (value instanceof byte[] octets) {
      metric.varint(2, 6);
      metric.delimited(9, octets);
    } else {
      throw new IllegalStateException("No metric can be a " + value.getClass().getName());
    }
    return metric.out.toByteArray();
  }

  private void varint(int field, long value) {
    plain((long) field << 3 | VARINT);
    plain(value);
  }

  private void delimited(int field, byte[] value) {
    plain((long) field << 3 | DELIMITED);
    plain(value.length);
    out.writeBytes(value);
  }

  private void fixed(int field, int type, long bits) {
    plain((long) field << 3 | type);
    var octets =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bits).array();
    out.write(octets, 0, type == FIXED_64 ? 8 : 4);
  }

  /** Seven bits an octet, the lowest first; a negative number takes ten. */
  private void plain(long value) {
    var left = value;
    while ((left & ~0x7FL) != 0) {
      out.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] plain) {
    var compressed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return compressed.toByteArray();
  }
}
