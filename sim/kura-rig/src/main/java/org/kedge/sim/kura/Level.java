package org.kedge.sim.kura;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the framework of a Kura holds. The tests of a module run once on each: see the executions {@code kura-levels} and {@code kura-6} of the root. */
public enum Level {
  /** With Equinox 3.16 and declarative services 1.4. */
  KURA_5_6(
      "5.6",
      Map.of(),
      List.of(
          "org.slf4j;org.slf4j.event;org.slf4j.helpers;org.slf4j.spi;version=1.7.36",
          "org.osgi.service.cm;version=1.6",
          "org.osgi.service.metatype;org.osgi.service.event;version=1.4",
          "org.osgi.service.component;org.osgi.service.component.runtime;org.osgi.service.component.runtime.dto;version=1.4",
          "org.osgi.util.promise;version=1.1.1",
          "org.osgi.util.function;version=1.1")),

  /** With Equinox 3.21 and declarative services 1.5; deployment only where a package of its own brought it. */
  KURA_6(
      "6",
      Map.of("org.eclipse.kura.crypto", "1.4.0", "org.eclipse.kura.system", "1.9.0"),
      List.of(
          "org.slf4j;org.slf4j.event;org.slf4j.helpers;org.slf4j.spi;version=2.0.17",
          "org.slf4j;org.slf4j.helpers;version=1.7.36",
          "org.osgi.service.cm;version=1.6.1",
          "org.osgi.service.metatype;org.osgi.service.event;version=1.4.1",
          "org.osgi.service.coordinator;version=1.0.2",
          "org.osgi.service.component;version=1.5.1",
          "org.osgi.service.component.runtime;org.osgi.service.component.runtime.dto;version=1.5",
          "org.osgi.util.promise;version=1.3",
          "org.osgi.util.function;version=1.2"));

  /** What Kedge uses of Kura, in the versions of 5.6. */
  private static final Map<String, String> KURA_5_6_EXPORTS = Map.ofEntries(
      Map.entry("org.eclipse.kura", "1.7.0"),
      Map.entry("org.eclipse.kura.configuration", "1.2.0"),
      Map.entry("org.eclipse.kura.crypto", "1.3.0"),
      Map.entry("org.eclipse.kura.message", "1.5.0"),
      Map.entry("org.eclipse.kura.system", "1.7.0"),
      Map.entry("org.eclipse.kura.watchdog", "1.0.2"),
      Map.entry("org.eclipse.kura.cloudconnection.listener", "1.0.0"),
      Map.entry("org.eclipse.kura.cloudconnection.message", "1.0.0"),
      Map.entry("org.eclipse.kura.cloudconnection.publisher", "1.0.0"),
      Map.entry("org.eclipse.kura.cloudconnection.request", "1.0.0"));

  private static final String DEPLOYMENT =
      "org.osgi.service.deploymentadmin;org.osgi.service.deploymentadmin.spi;version=1.0";

  private final String name;
  private final Map<String, String> otherThanIn56;
  private final List<String> packages;

  Level(String name, Map<String, String> otherThanIn56, List<String> packages) {
    this.name = name;
    this.otherThanIn56 = otherThanIn56;
    this.packages = packages;
  }

  /** That of this run of the tests. */
  public static Level current() {
    var name = System.getProperty("kedge.kura.level", KURA_5_6.name);
    return Stream.of(values())
        .filter(one -> one.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no level '" + name + "'"));
  }

  /** Packages of Kura's with the versions it exports them in. */
  public Map<String, String> kura() {
    var all = new TreeMap<>(KURA_5_6_EXPORTS);
    all.putAll(otherThanIn56);
    return all;
  }

  /** The jars that are installed before anything of an add-on, put there by the build of the module under test. */
  public List<Path> bundles() {
    var folder = Path.of(System.getProperty("basedir", ""))
        .resolve("target/levels")
        .resolve(name)
        .resolve("bundles");
    try (var jars = Files.list(folder)) {
      return jars.sorted().map(Path::toAbsolutePath).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The build has not put the bundles of Kura " + name + " there", e);
    }
  }

  String systemPackages() {
    return Stream.of(
            kura().entrySet().stream().map(one -> one.getKey() + ";version=" + one.getValue()),
            packages.stream(),
            Stream.of(DEPLOYMENT))
        .flatMap(one -> one)
        .collect(joining(","));
  }

  @Override
  public String toString() {
    return "Kura " + name;
  }
}
