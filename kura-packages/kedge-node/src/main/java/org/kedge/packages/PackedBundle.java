package org.kedge.packages;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipException;

/** A bundle on its way into a package. */
record PackedBundle(Path jar, String symbolicName, String version) {
  /** @throws IllegalArgumentException with what is wrong, if the file is no bundle */
  static PackedBundle of(Path jar) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      var manifest = file.getManifest();
      if (manifest == null) {
        throw new IllegalArgumentException(jar + " is no bundle: it has no manifest");
      }
      var headers = manifest.getMainAttributes();
      return new PackedBundle(
          jar, header(jar, headers, "Bundle-SymbolicName"), header(jar, headers, "Bundle-Version"));
    } catch (ZipException e) {
      throw new IllegalArgumentException(jar + " is no bundle: it is no archive", e);
    }
  }

  /** The value without its directives: {@code org.kedge.base; singleton:=true} is named org.kedge.base. */
  private static String header(Path jar, Attributes headers, String name) {
    var value = headers.getValue(name);
    if (value == null) {
      throw new IllegalArgumentException(jar + " is no bundle: its manifest has no " + name);
    }
    return value.split(";", 2)[0].trim();
  }

  /** The name of its entry in the package. */
  String entry() {
    return symbolicName + "_" + version + ".jar";
  }
}
