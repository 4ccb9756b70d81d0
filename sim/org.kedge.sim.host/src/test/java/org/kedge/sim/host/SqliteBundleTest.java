package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite inside the bundle of billing. */
class SqliteBundleTest {
  @TempDir
  Path folder;

  @Test
  void the_ledger_is_opened_in_the_framework_and_its_native_part_stays_in_its_own_folder()
      throws Exception {
    var settings = NodeSettings.in(folder);
    var data = folder.resolve("data");
    var usual = System.getProperty("org.sqlite.tmpdir");
    try (var host = Host.start(Built.bundles(), data)) {
      host.configure(SettingsFile.parse(settings.lines()).sections());
      var ledger = data.resolve("billing/ledger.db");
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptionsInstanceOf(NoSuchFileException.class)
          .untilAsserted(() -> assertThat(Files.readString(ledger, StandardCharsets.ISO_8859_1))
              .startsWith("SQLite format 3"));
      assertThat(System.getProperty("org.sqlite.tmpdir")).isEqualTo(usual);
    }
  }

  @Test
  void it_has_the_natives_of_linux_and_both_licences_and_no_driver_that_others_would_find()
      throws IOException {
    try (var jar = new JarFile(Built.bundle("org.kedge.billing").toFile())) {
      assertThat(jar.stream().map(JarEntry::getName))
          .filteredOn(name -> name.startsWith("org/sqlite/native/") && !name.endsWith("/"))
          .containsExactlyInAnyOrder(
              "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so",
              "org/sqlite/native/Linux/armv6/libsqlitejdbc.so",
              "org/sqlite/native/Linux/armv7/libsqlitejdbc.so",
              "org/sqlite/native/Linux/aarch64/libsqlitejdbc.so",
              "org/sqlite/native/Linux/riscv64/libsqlitejdbc.so",
              "org/sqlite/native/Linux-Musl/x86_64/libsqlitejdbc.so",
              "org/sqlite/native/Linux-Musl/aarch64/libsqlitejdbc.so");
      assertThat(jar.stream().map(JarEntry::getName))
          .filteredOn(name -> name.startsWith("META-INF/sqlite/"))
          .anyMatch(name -> name.endsWith("LICENSE"))
          .anyMatch(name -> name.endsWith("LICENSE.zentus"));
      assertThat(jar.getEntry("META-INF/services/java.sql.Driver")).isNull();
    }
  }
}
