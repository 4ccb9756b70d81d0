package org.kedge.packages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writes the changelog that a Debian package has to have, while Kedge is built. */
public final class DebianChangelogMain {
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
  /** Of gzip's header, and what it says there: compressed as far as it goes. */
  private static final int HOW = 8;

  private static final byte FARTHEST = 2;

  private DebianChangelogMain() {}

  /** @param args file (compressed), name of the package, version as Maven has it, maintainer, moment */
  public static void main(String... args) throws IOException {
    var text = """
        %s (%s-1) unstable; urgency=medium

          * What changed is told in CHANGELOG.md of Kedge's source.

         -- %s  %s
        """.formatted(
            args[1], debian(args[2]), args[3], WHEN.format(OffsetDateTime.parse(args[4])));
    var compressed = new ByteArrayOutputStream();
    try (var out = new Farthest(compressed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    var bytes = compressed.toByteArray();
    bytes[HOW] = FARTHEST;
    Files.write(Path.of(args[0]), bytes);
  }

  /** A snapshot is older than its release: 0.1.0-SNAPSHOT is 0.1.0~snapshot, as jdeb has it too. */
  static String debian(String version) {
    return version.replace("-SNAPSHOT", "~snapshot");
  }

  /** As Debian wants it. */
  private static final class Farthest extends GZIPOutputStream {
    Farthest(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
