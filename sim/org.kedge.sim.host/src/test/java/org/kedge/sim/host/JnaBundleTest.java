package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** The bundle of the watchdog with JNA beside it, and without. */
class JnaBundleTest {
  @TempDir
  Path folder;

  @Test
  void with_jna_in_the_framework_the_c_library_is_loaded() throws Exception {
    try (var host = Host.start(Built.bundles(), folder.resolve("data"))) {
      assertThat(loading(host)).startsWith("Loaded");
    }
  }

  @Test
  void without_jna_the_watchdog_runs_and_says_what_is_missing() throws Exception {
    var bundles = Files.createDirectory(folder.resolve("bundles"));
    try (var jars = Files.list(Built.bundles())) {
      for (var jar : jars.filter(one -> !Built.name(one).equals("jna")).toList()) {
        Files.copy(jar, bundles.resolve(jar.getFileName()));
      }
    }
    try (var host = Host.start(bundles, folder.resolve("data"))) {
      assertThat(watchdog(host).getState()).isEqualTo(Bundle.ACTIVE);
      assertThat(loading(host))
          .isEqualTo("Missing[why=JNA (bundle com.sun.jna 5) is not installed]");
    }
  }

  private static String loading(Host host) throws Exception {
    var libc = watchdog(host).loadClass("org.kedge.watchdog.internal.libc.Libc");
    return Objects.requireNonNull(libc.getMethod("load").invoke(null)).toString();
  }

  private static Bundle watchdog(Host host) {
    return Arrays.stream(host.context().getBundles())
        .filter(one -> "org.kedge.watchdog".equals(one.getSymbolicName()))
        .findFirst()
        .orElseThrow();
  }
}
