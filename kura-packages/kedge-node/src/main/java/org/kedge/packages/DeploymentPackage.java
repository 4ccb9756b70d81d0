package org.kedge.packages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A deployment package (OSGi Compendium, chapter 114): the bundles that Kura 5 installs in one step, in this order. The same bundles
 * give the same bytes, whenever and wherever it is written.
 *
 * @param headers of the manifest, beside those that a package has to have; their order is kept
 * @param moment that of every entry
 */
record DeploymentPackage(
    String symbolicName,
    String version,
    Map<String, String> headers,
    List<PackedBundle> bundles,
    Instant moment) {
  /** Of a manifest, in bytes, without the line's end. */
  private static final int LONGEST_LINE = 72;

  DeploymentPackage {
    bundles = List.copyOf(bundles);
    if (bundles.isEmpty()) {
      throw new IllegalArgumentException(
          "The package " + symbolicName + " has no bundle: it would install nothing");
    }
    var names = new HashSet<String>();
    for (var bundle : bundles) {
      if (!names.add(bundle.symbolicName())) {
        throw new IllegalArgumentException("Two bundles of the package " + symbolicName
            + " are named " + bundle.symbolicName() + ": a framework takes only one");
      }
    }
  }

  /** Replaces the file. Nothing is compressed a second time, so that no version of zlib shows in the bytes. */
  void write(Path file) throws IOException {
    try (var archive = new ZipOutputStream(Files.newOutputStream(file))) {
      archive.setMethod(ZipOutputStream.STORED);
      // A reader takes the manifest only where it comes first.
      add(archive, JarFile.MANIFEST_NAME, manifest());
      for (var bundle : bundles) {
        add(archive, bundle.entry(), Files.readAllBytes(bundle.jar()));
      }
    }
  }

  private void add(ZipOutputStream archive, String name, byte[] content) throws IOException {
    var entry = new ZipEntry(name);
    // Archives hold local times; this one is the same in every time zone.
    entry.setTimeLocal(LocalDateTime.ofInstant(moment, ZoneOffset.UTC));
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    var sum = new CRC32();
    sum.update(content);
    entry.setCrc(sum.getValue());
    archive.putNextEntry(entry);
    archive.write(content);
    archive.closeEntry();
  }

  /** Written line by line, since {@link java.util.jar.Manifest} forgets the order of its sections, which that of the entries follows. */
  private byte[] manifest() throws IOException {
    var out = new ByteArrayOutputStream();
    line(out, "Manifest-Version", "1.0");
    line(out, "DeploymentPackage-SymbolicName", symbolicName);
    line(out, "DeploymentPackage-Version", version);
    for (var header : headers.entrySet()) {
      line(out, header.getKey(), header.getValue());
    }
    endOfLine(out);
    for (var bundle : bundles) {
      line(out, "Name", bundle.entry());
      line(out, "Bundle-SymbolicName", bundle.symbolicName());
      line(out, "Bundle-Version", bundle.version());
      endOfLine(out);
    }
    return out.toByteArray();
  }

  private static void line(OutputStream out, String name, String value) throws IOException {
    if (value.lines().count() > 1) {
      throw new IllegalArgumentException(name + " has more than one line: " + value);
    }
    var bytes = (name + ": " + value).getBytes(StandardCharsets.UTF_8);
    var written = Math.min(bytes.length, LONGEST_LINE);
    out.write(bytes, 0, written);
    while (written < bytes.length) {
      endOfLine(out);
      out.write(' ');
      var more = Math.min(bytes.length - written, LONGEST_LINE - 1);
      out.write(bytes, written, more);
      written += more;
    }
    endOfLine(out);
  }

  private static void endOfLine(OutputStream out) throws IOException {
    out.write('\r');
    out.write('\n');
  }
}
