package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentPackageTest {
  private static final Instant MOMENT = Instant.parse("2026-11-22T00:00:00Z");
  private static final String LONG_WORDS = "What it is for, in words that go on well beyond the 72 "
      + "bytes of a line, é and ü among them, again and again, so that more than one line is needed";

  @TempDir
  Path folder;

  @Test
  void the_manifest_comes_first_and_the_bundles_follow_in_its_order() throws IOException {
    // Enough of them that an order by hash would show.
    var names = List.of("z.last", "a.first", "m", "k", "b", "y", "c", "x", "d", "w");
    var file = written(names, Map.of());
    try (var archive = new JarInputStream(Files.newInputStream(file))) {
      assertThat(archive.getManifest()).as("manifest, found by a stream").isNotNull();
      for (var name : names) {
        assertThat(archive.getNextEntry())
            .extracting(ZipEntry::getName)
            .isEqualTo(name + "_1.2.3.jar");
      }
      assertThat(archive.getNextEntry()).isNull();
    }
    assertThat(manifest(file)
            .lines()
            .filter(line -> line.startsWith("Name: "))
            .map(line -> line.substring("Name: ".length())))
        .containsExactlyElementsOf(
            names.stream().map(name -> name + "_1.2.3.jar").toList());
  }

  @Test
  void each_bundle_is_told_by_its_own_name_and_version_without_directives() throws IOException {
    var jar = bundle("org.kedge.one; singleton:=true", "1.2.3");
    try (var archive = new JarInputStream(Files.newInputStream(write(List.of(jar), Map.of())))) {
      var section = archive.getManifest().getAttributes("org.kedge.one_1.2.3.jar");
      assertThat(section.getValue("Bundle-SymbolicName")).isEqualTo("org.kedge.one");
      assertThat(section.getValue("Bundle-Version")).isEqualTo("1.2.3");
      archive.getNextEntry();
      assertThat(archive.readAllBytes()).isEqualTo(Files.readAllBytes(jar));
    }
  }

  @Test
  void no_line_is_longer_than_a_reader_takes_and_all_of_it_is_read() throws IOException {
    var longName = "org.kedge." + "a".repeat(200);
    var file = written(List.of(longName), Map.of("DeploymentPackage-Description", LONG_WORDS));
    assertThat(manifest(file).lines())
        .allSatisfy(
            line -> assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(73));
    try (var archive = new JarInputStream(Files.newInputStream(file))) {
      assertThat(
              archive.getManifest().getMainAttributes().getValue("DeploymentPackage-Description"))
          .isEqualTo(LONG_WORDS);
      assertThat(archive.getManifest().getEntries()).containsOnlyKeys(longName + "_1.2.3.jar");
    }
  }

  @Test
  void the_same_bundles_give_the_same_bytes_at_any_time_and_in_any_time_zone() throws IOException {
    var jar = bundle("org.kedge.one", "1.2.3");
    var before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      var one = Files.readAllBytes(write(List.of(jar), Map.of()));
      TimeZone.setDefault(TimeZone.getTimeZone("America/Lima"));
      Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
      assertThat(Files.readAllBytes(write(List.of(jar), Map.of()))).isEqualTo(one);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void a_package_that_no_framework_takes_is_refused_with_the_reason() throws IOException {
    assertThatThrownBy(() -> write(List.of(), Map.of())).hasMessageContaining("has no bundle");
    var one = bundle("org.kedge.one", "1.2.3");
    assertThatThrownBy(() -> write(List.of(one, bundle("org.kedge.one", "2.0.0")), Map.of()))
        .hasMessageContaining("named org.kedge.one");
    var text = Files.writeString(folder.resolve("words.jar"), "no archive");
    assertThatThrownBy(() -> write(List.of(one, text), Map.of()))
        .hasMessageContaining("words.jar is no bundle: it is no archive");
    assertThatThrownBy(() -> write(List.of(bundle(null, "1.2.3")), Map.of()))
        .hasMessageContaining("no Bundle-SymbolicName");
    assertThatThrownBy(() -> write(List.of(one), Map.of("DeploymentPackage-Vendor", "a\nName: b")))
        .hasMessageContaining("more than one line");
  }

  @Test
  void a_version_of_maven_becomes_one_of_a_framework_and_one_of_debian() {
    assertThat(DeploymentPackageMain.osgi("0.1.0-SNAPSHOT")).isEqualTo("0.1.0.SNAPSHOT");
    assertThat(DeploymentPackageMain.osgi("1.0.0")).isEqualTo("1.0.0");
    assertThat(DebianChangelogMain.debian("0.1.0-SNAPSHOT")).isEqualTo("0.1.0~snapshot");
    assertThat(DebianChangelogMain.debian("1.0.0")).isEqualTo("1.0.0");
  }

  private Path written(List<String> names, Map<String, String> headers) throws IOException {
    var jars = new ArrayList<Path>();
    for (var name : names) {
      jars.add(bundle(name, "1.2.3"));
    }
    return write(jars, headers);
  }

  private Path write(List<Path> jars, Map<String, String> headers) throws IOException {
    var bundles = new ArrayList<PackedBundle>();
    for (var jar : jars) {
      bundles.add(PackedBundle.of(jar));
    }
    var file = Files.createTempFile(folder, "of-a-test", ".dp");
    new DeploymentPackage("of-a-test", "1.0.0", new LinkedHashMap<>(headers), bundles, MOMENT)
        .write(file);
    return file;
  }

  /** @param name null for none */
  private Path bundle(@Nullable String name, String version) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (name != null) {
      manifest.getMainAttributes().putValue("Bundle-SymbolicName", name);
    }
    manifest.getMainAttributes().putValue("Bundle-Version", version);
    var jar = Files.createTempFile(folder, "bundle", ".jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  private static String manifest(Path file) throws IOException {
    try (var archive = new ZipFile(file.toFile());
        var in = archive.getInputStream(archive.getEntry("META-INF/MANIFEST.MF"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
