package org.kedge.sim.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build of this module has put together before its tests run. */
final class Built {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  /** The bundles with settings, whose names are their PIDs. */
  static final List<String> PIDS =
      List.of("org.kedge.babel", "org.kedge.base", "org.kedge.care", "org.kedge.telemetry");

  private Built() {}

  /** The command that runs a node. */
  static Path nodeCommand() {
    return MODULE.resolveSibling("node");
  }

  static Path bundles() {
    return MODULE.resolve("target/host/bundles");
  }

  static Path bundle(String name) {
    return bundles().resolve(name + ".jar");
  }

  /** The jars of Kedge's own bundles, without the API that a gateway brings. */
  static List<Path> kedgeBundles() {
    try (var jars = Files.list(bundles())) {
      return jars.filter(jar -> name(jar).startsWith("org.kedge."))
          .filter(jar -> !name(jar).equals("org.kedge.kura-api"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The bundles are not built", e);
    }
  }

  static String name(Path jar) {
    return jar.getFileName().toString().replace(".jar", "");
  }
}
