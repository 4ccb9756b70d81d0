package org.kedge.sim.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the build of this module has put together before its tests run. */
final class Built {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  /** The bundles of the host with settings, whose names are their PIDs. */
  static final List<String> HOST_PIDS = List.of(
      "org.kedge.babel",
      "org.kedge.base",
      "org.kedge.billing",
      "org.kedge.board",
      "org.kedge.care",
      "org.kedge.telemetry",
      "org.kedge.watchdog");

  /** All bundles with settings. */
  static final List<String> PIDS =
      Stream.concat(HOST_PIDS.stream(), Stream.of("org.kedge.kura")).toList();

  private Built() {}

  /** The command that runs a node. */
  static Path nodeCommand() {
    return MODULE.resolveSibling("node");
  }

  static Path bundles() {
    return MODULE.resolve("target/host/bundles");
  }

  static Path bundle(String name) {
    return kedgeBundles().stream()
        .filter(jar -> name(jar).equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The bundle that is of no use without Kura, and so is not among those of the host. */
  static Path bundleForKura() {
    return MODULE.resolve("target/host/kura/org.kedge.kura.jar");
  }

  /** The jars of Kedge's own bundles, without the API that a gateway brings. */
  static List<Path> kedgeBundles() {
    try (var jars = Files.list(bundles())) {
      return Stream.concat(jars, Stream.of(bundleForKura()))
          .filter(jar -> name(jar).startsWith("org.kedge."))
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
