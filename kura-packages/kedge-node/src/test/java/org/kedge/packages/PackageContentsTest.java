package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a gateway gets, judged by what it has. */
class PackageContentsTest {
  private static final List<String> IN_ORDER = List.of(
      "org.kedge.base",
      "org.kedge.care",
      "org.kedge.babel",
      "org.kedge.watchdog",
      "org.kedge.board",
      "org.kedge.billing",
      "org.kedge.telemetry",
      "org.kedge.kura");
  private static final long MEBI = 1024 * 1024;
  private static final long LARGEST = 9 * MEBI;
  private static final long LARGEST_OF_USE = 6 * MEBI;

  /** Machine code for one kind of processor: a gateway uses one of each library. */
  private static final Pattern NATIVE = Pattern.compile("(org/sqlite/native|com/sun/jna)/.*\\.so");

  private static final int JAVA_17 = 61;

  /** A gateway brings these in its own bundles, or promises none of them: they are never ours to bring under their own names. */
  private static final Pattern OF_A_GATEWAY = Pattern.compile(
      "org\\.(eclipse|apache|osgi|slf4j|h2|quartz|bouncycastle)\\b.*|com\\.(google|sun|eclipsesource|zaxxer)\\b.*|slf4j.*|log4j.*|bcprov|bcpkix"
          + "|io\\.netty\\b.*|minimal-json|jackson.*|javax?\\..*|jakarta\\..*");
  /** Whole, each visible to its bundle alone. */
  private static final Pattern EMBEDDED = Pattern.compile(
      "com/google/gson/.*|org/eclipse/paho/.*|com/pi4j/.*|com/sun/jna/.*|org/sqlite/.*");
  /** Beside what the JDK exports: what Kura 5.4 to 6 promises. */
  private static final Pattern PROMISED =
      Pattern.compile("org\\.osgi\\.framework|org\\.slf4j|org\\.eclipse\\.kura(\\..*)?");

  private static final Pattern EXTENDER =
      Pattern.compile("osgi\\.extender=([\\w.]+)\\)\\(version>=([\\d.]+)\\)");
  private static final Pattern COMPONENT =
      Pattern.compile("http://www.osgi.org/xmlns/scr/v([\\d.]+)");

  static List<Path> bundles() {
    return Built.bundles();
  }

  @Test
  void the_deployment_package_holds_the_bundles_of_a_node_as_they_were_built() throws IOException {
    var held = new LinkedHashMap<String, byte[]>();
    try (var archive = new JarInputStream(Files.newInputStream(Built.DEPLOYMENT_PACKAGE))) {
      var manifest = archive.getManifest();
      var main = manifest.getMainAttributes();
      assertThat(main.getValue("DeploymentPackage-SymbolicName")).isEqualTo("kedge-node");
      assertThat(main.getValue("DeploymentPackage-Version"))
          .matches("\\d+\\.\\d+\\.\\d+(\\.\\w+)?");
      assertThat(main.getValue("DeploymentPackage-Vendor")).isEqualTo("Kedge");
      assertThat(main.getValue("DeploymentPackage-Description")).contains("Java 17");
      for (JarEntry entry; (entry = archive.getNextJarEntry()) != null; ) {
        held.put(
            manifest.getAttributes(entry.getName()).getValue("Bundle-SymbolicName"),
            archive.readAllBytes());
      }
    }
    assertThat(held.keySet()).containsExactlyElementsOf(IN_ORDER);
    for (var jar : Built.bundles()) {
      assertThat(held.get(Built.name(jar))).as(Built.name(jar)).isEqualTo(Files.readAllBytes(jar));
    }
  }

  @Test
  void it_is_small_enough_for_a_slow_line_and_a_small_flash() throws IOException {
    for (var file : List.of(Built.DEPLOYMENT_PACKAGE, Built.DEBIAN_PACKAGE)) {
      var size = Files.size(file);
      var ofUse = size - forOtherProcessors();
      System.out.printf(
          Locale.ROOT,
          "package %-43s %6.2f MiB of 9, of use on one gateway %.2f of 6%n",
          file.getFileName(),
          size / (double) MEBI,
          ofUse / (double) MEBI);
      assertThat(size).isLessThan(LARGEST);
      assertThat(ofUse).isLessThan(LARGEST_OF_USE);
    }
  }

  /** Bytes of natives as they are packed, of each bundle the largest left out. */
  private static long forOtherProcessors() throws IOException {
    var bytes = 0L;
    for (var jar : Built.bundles()) {
      try (var file = new JarFile(jar.toFile())) {
        var sizes = file.stream()
            .filter(entry -> NATIVE.matcher(entry.getName()).matches())
            .mapToLong(JarEntry::getCompressedSize)
            .summaryStatistics();
        bytes += sizes.getCount() == 0 ? 0 : sizes.getSum() - sizes.getMax();
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_bundle_has_a_name_that_no_bundle_of_a_gateway_has(Path jar) throws IOException {
    var name = PackedBundle.of(jar).symbolicName();
    assertThat(name).startsWith("org.kedge.").doesNotMatch(OF_A_GATEWAY);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_bundle_exports_nothing_but_contracts_of_kedge(Path jar) throws IOException {
    assertThat(Headers.clauses(header(jar, "Export-Package")).keySet())
        .allMatch(exported -> exported.matches("org\\.kedge\\.\\w+\\.api"));
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_bundle_imports_only_what_a_gateway_promises(Path jar) throws IOException {
    var jdk = exportedByTheJdk();
    for (var imported : Headers.clauses(header(jar, "Import-Package")).values()) {
      var name = imported.name();
      if (name.startsWith("org.kedge.")) {
        assertThat(exporters(name))
            .as("%s imports %s: who exports it", jar, name)
            .isOne();
      } else if (imported.isOptional()) {
        assertThat(name).as("%s imports it where it is there", jar).isEqualTo("sun.misc");
      } else {
        assertThat(jdk.contains(name) || PROMISED.matcher(name).matches())
            .as("%s imports %s, which a gateway may lack", jar.getFileName(), name)
            .isTrue();
      }
    }
    assertThat(header(jar, "DynamicImport-Package")).isEmpty();
    assertThat(header(jar, "Require-Bundle")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void kuras_logging_is_used_in_either_of_its_versions(Path jar) throws IOException {
    assertThat(Headers.clauses(header(jar, "Import-Package")).get("org.slf4j"))
        .satisfiesAnyOf(
            logging -> assertThat(logging).isNull(),
            logging -> assertThat(logging.attribute("version")).isEqualTo("[1.7,3)"));
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void components_ask_for_what_kura_5_has_and_java_17(Path jar) throws IOException {
    var required = header(jar, "Require-Capability");
    var extenders = EXTENDER.matcher(required);
    var found = new ArrayList<String>();
    while (extenders.find()) {
      found.add(extenders.group(1) + " " + extenders.group(2));
    }
    assertThat(found)
        .as("extenders that %s requires", jar.getFileName())
        .containsExactly("osgi.component 1.4.0");
    assertThat(required).contains("(osgi.ee=JavaSE)(version=17)");
    try (var file = new JarFile(jar.toFile())) {
      for (var component : header(jar, "Service-Component").split(",")) {
        try (var in = file.getInputStream(file.getEntry(component))) {
          var version = COMPONENT.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
          assertThat(version.find()).as(component).isTrue();
          assertThat(version.group(1)).as(component).isLessThanOrEqualTo("1.4.0");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void classes_are_kedges_own_or_embedded_ones_that_are_known_and_run_on_java_17(Path jar)
      throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      for (var entry :
          file.stream().filter(one -> one.getName().endsWith(".class")).toList()) {
        var name = entry.getName();
        assertThat(name.startsWith(Built.name(jar).replace('.', '/') + "/")
                || EMBEDDED.matcher(name).matches())
            .as("%s in %s", name, jar.getFileName())
            .isTrue();
        try (var in = new DataInputStream(
            new ByteArrayInputStream(file.getInputStream(entry).readNBytes(8)))) {
          in.readInt();
          in.readUnsignedShort();
          assertThat(in.readUnsignedShort()).as(name).isLessThanOrEqualTo(JAVA_17);
        }
      }
    }
  }

  private static long exporters(String name) throws IOException {
    var exporters = 0;
    for (var jar : Built.bundles()) {
      if (Headers.clauses(header(jar, "Export-Package")).containsKey(name)) {
        exporters++;
      }
    }
    return exporters;
  }

  /** What a framework on this JDK exports by its system bundle. */
  private static Set<String> exportedByTheJdk() {
    return ModuleLayer.boot().modules().stream()
        .flatMap(module -> module.getDescriptor().exports().stream())
        .filter(exports -> !exports.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
  }

  /** @return empty where there is none */
  static String header(Path jar, String name) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      var value = file.getManifest().getMainAttributes().getValue(name);
      return value == null ? "" : value;
    }
  }
}
