package org.kedge.packages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build of this module has put together before its tests run. */
final class Built {
  static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  static final Path TARGET = MODULE.resolve("target");
  static final Path DEPLOYMENT_PACKAGE = TARGET.resolve("kedge-node.dp");
  static final Path DEBIAN_PACKAGE = TARGET.resolve("kedge-node.deb");

  private Built() {}

  /** The jars that the packages hold. */
  static List<Path> bundles() {
    try (var jars = Files.list(TARGET.resolve("bundles"))) {
      return jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The bundles are not there; build with 'package'", e);
    }
  }

  static String name(Path jar) {
    return jar.getFileName().toString().replace(".jar", "");
  }
}
