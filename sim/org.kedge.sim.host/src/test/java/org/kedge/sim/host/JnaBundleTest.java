package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.eclipse.osgi.internal.loader.ModuleClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** JNA inside the bundle of the watchdog. */
class JnaBundleTest {
  @TempDir
  Path folder;

  @Test
  void the_watchdogs_own_jna_loads_the_c_library_in_the_framework_and_no_sooner_than_it_is_needed()
      throws Exception {
    try (var host = Host.start(Built.bundles(), folder.resolve("data"))) {
      var watchdog = watchdog(host);
      assertThat(watchdog.getState()).isEqualTo(Bundle.ACTIVE);
      host.configure(Map.of(
          "org.kedge.base",
          Map.of(),
          "org.kedge.watchdog",
          Map.of("device", "linux", "linux.device", folder.resolve("none").toString())));
      await().until(() -> loaded(watchdog, "org.kedge.watchdog.internal.linux.LinuxWatchdog"));
      assertThat(loaded(watchdog, "com.sun.jna.Native")).isFalse();
      var libc = watchdog.loadClass("org.kedge.watchdog.internal.libc.Libc");
      assertThat(Objects.requireNonNull(libc.getMethod("load").invoke(null)).toString())
          .startsWith("Loaded");
      assertThat(loaded(watchdog, "com.sun.jna.Native")).isTrue();
    }
  }

  @Test
  void it_has_the_natives_of_the_processors_whose_numbers_are_known_and_its_licence()
      throws IOException {
    try (var jar = new JarFile(Built.bundle("org.kedge.watchdog").toFile())) {
      assertThat(jar.stream().map(JarEntry::getName))
          .filteredOn(name -> name.contains("jnidispatch"))
          .containsExactlyInAnyOrder(
              "com/sun/jna/linux-x86/libjnidispatch.so",
              "com/sun/jna/linux-x86-64/libjnidispatch.so",
              "com/sun/jna/linux-arm/libjnidispatch.so",
              "com/sun/jna/linux-armel/libjnidispatch.so",
              "com/sun/jna/linux-aarch64/libjnidispatch.so",
              "com/sun/jna/linux-riscv64/libjnidispatch.so",
              "com/sun/jna/linux-loongarch64/libjnidispatch.so");
      assertThat(jar.stream().map(JarEntry::getName))
          .contains(
              "META-INF/jna/META-INF/LICENSE",
              "META-INF/jna/META-INF/AL2.0",
              "META-INF/jna/META-INF/LGPL2.1");
    }
  }

  private static boolean loaded(Bundle bundle, String name) {
    var loader = (ModuleClassLoader) bundle.adapt(BundleWiring.class).getClassLoader();
    return loader.publicFindLoaded(name) != null;
  }

  private static Bundle watchdog(Host host) {
    return Arrays.stream(host.context().getBundles())
        .filter(one -> "org.kedge.watchdog".equals(one.getSymbolicName()))
        .findFirst()
        .orElseThrow();
  }
}
