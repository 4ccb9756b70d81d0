package org.kedge.sim.kura;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Writes small bundles. */
final class Jars {
  private Jars() {}

  static Path write(Path jar, String name, String version, Map<String, String> headers)
      throws IOException {
    return write(jar, name, version, headers, Map.of());
  }

  /**
   * @param files text by name
   * @param classes of the tests that go into it
   */
  static Path write(
      Path jar,
      String name,
      String version,
      Map<String, String> headers,
      Map<String, String> files,
      Class<?>... classes)
      throws IOException {
    var manifest = new Manifest();
    var main = manifest.getMainAttributes();
    main.putValue("Manifest-Version", "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    main.putValue("Bundle-Version", version);
    headers.forEach(main::putValue);
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (var file : files.entrySet()) {
        out.putNextEntry(new JarEntry(file.getKey()));
        out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
      }
      for (var type : classes) {
        var file = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(file));
        try (var in = Objects.requireNonNull(Jars.class.getResourceAsStream("/" + file))) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
    return jar;
  }
}
