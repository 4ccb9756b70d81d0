package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.deploymentadmin.DeploymentException;

/** kedge-node.dp in the hands of the DeploymentAdmin of a gateway, which calls every package a success. */
@Timeout(180)
class DeploymentTest {
  private static final String NAME = "kedge-node";
  private static final String BUILT = "0.1.0.SNAPSHOT";
  private static final String LATER = "0.2.0";
  private static final Instant MOMENT = Instant.parse("2026-11-22T00:00:00Z");

  @TempDir
  Path home;

  private KuraNode node;
  private final Map<Bundle, Long> stopping = new ConcurrentHashMap<>();
  private final Map<String, Duration> stopped = new ConcurrentHashMap<>();

  @BeforeEach
  void begin() throws Exception {
    node = KuraNode.withServices(home);
    node.connect(node.registry, "connection");
    node.publish(node.telemetry, "kedge-telemetry");
    node.gateway().context().addBundleListener((SynchronousBundleListener) event -> {
      if (event.getType() == BundleEvent.STOPPING) {
        stopping.put(event.getBundle(), System.nanoTime());
      } else if (event.getType() == BundleEvent.STOPPED) {
        var begun = stopping.remove(event.getBundle());
        if (begun != null) {
          stopped.put(
              event.getBundle().getSymbolicName(), Duration.ofNanos(System.nanoTime() - begun));
        }
      }
    });
  }

  @AfterEach
  void end() throws Exception {
    node.close();
  }

  @Test
  void it_is_installed_upgraded_downgraded_uninstalled_and_installed_again() throws Exception {
    install(Built.DEPLOYMENT_PACKAGE);
    awaitRunning(BUILT);
    assertThat(node.configuration.update("org.kedge.base", Map.of("node.id", "roof-9")))
        .isTrue();

    install(later());
    assertThatAllStoppedInTime();
    awaitRunning(LATER);
    assertThat(node.told("node")).isEqualTo("roof-9");

    install(Built.DEPLOYMENT_PACKAGE);
    assertThatAllStoppedInTime();
    awaitRunning(BUILT);
    assertThat(node.told("node")).isEqualTo("roof-9");

    node.gateway().deploymentAdmin().getDeploymentPackage(NAME).uninstall();
    assertThatAllStoppedInTime();
    assertThat(node.gateway().deploymentAdmin().listDeploymentPackages()).isEmpty();
    for (var name : KuraNode.BUNDLES) {
      assertThat(node.gateway().find(name)).as(name).isEmpty();
    }
    assertThat(node.gateway().components()).noneMatch(name -> name.startsWith("org.kedge"));
    assertThatNothingIsRegistered();
    assertThat(node.gateway().unwell()).isEmpty();

    install(Built.DEPLOYMENT_PACKAGE);
    awaitRunning(BUILT);
    assertThat(node.told("node")).isEqualTo("roof-9");
  }

  @Test
  void a_package_is_a_success_even_if_a_bundle_of_it_does_not_resolve() throws Exception {
    var broken = rewritten("org.kedge.watchdog", LATER, "Import-Package", "org.example.nowhere");
    install(written(LATER, List.of(broken)));
    assertThat(node.gateway().deploymentAdmin().getDeploymentPackage(NAME).getVersion())
        .hasToString(LATER);
    assertThat(node.gateway().unwell())
        .containsExactly("org.kedge.watchdog is installed, but does not resolve");
  }

  /** As by the folder of plug-ins and a package at once: the console tells a failure, and what ran goes on. */
  @Test
  void a_package_is_refused_if_a_bundle_of_it_is_there_from_elsewhere() throws Exception {
    node.install();
    node.awaitWell();
    DeploymentException thrown = null;
    try {
      install(Built.DEPLOYMENT_PACKAGE);
    } catch (DeploymentException e) {
      thrown = e;
    }
    assertThat(thrown).isNotNull();
    assertThat(node.gateway().deploymentAdmin().listDeploymentPackages()).isEmpty();
    node.awaitWell();
  }

  private void install(Path archive) throws IOException, DeploymentException {
    stopped.clear();
    try (var in = Files.newInputStream(archive)) {
      node.gateway().deploymentAdmin().installDeploymentPackage(in);
    }
  }

  private void awaitRunning(String version) {
    var deployed = node.gateway().deploymentAdmin().getDeploymentPackage(NAME);
    assertThat(deployed.getVersion()).hasToString(version);
    assertThat(deployed.getBundleInfos()).hasSize(KuraNode.BUNDLES.size());
    for (var name : KuraNode.BUNDLES) {
      assertThat(deployed.getBundle(name).getVersion()).as(name).hasToString(version);
      assertThat(deployed.getBundle(name).getState()).as(name).isEqualTo(Bundle.ACTIVE);
    }
    node.awaitWell();
    node.awaitStatus();
    await().atMost(KuraNode.GENEROUS).untilAsserted(() -> {
      assertThat(node.watchdog.getCriticalComponents()).hasSize(1);
      assertThat(node.registry.ids()).containsExactly("KEDGE-V1");
      assertThat(node.telemetry.listeners()).hasSize(2);
    });
    assertThat(node.watchdog.warnings()).isZero();
  }

  private void assertThatAllStoppedInTime() {
    assertThat(stopped.keySet()).containsAll(KuraNode.BUNDLES);
    var all = stopped.values().stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(all).isLessThan(KuraNode.STOPPING);
  }

  private void assertThatNothingIsRegistered() {
    assertThat(node.watchdog.getCriticalComponents()).isEmpty();
    assertThat(node.registry.ids()).isEmpty();
    assertThat(node.telemetry.listeners()).isEmpty();
    assertThat(node.configuration.pids()).isEmpty();
  }

  /** The same bundles under a later version. */
  private Path later() throws IOException {
    var jars = new ArrayList<Path>();
    for (var name : KuraNode.BUNDLES) {
      jars.add(rewritten(name, LATER, "Bundle-Vendor", "Kedge"));
    }
    return written(LATER, jars);
  }

  private Path written(String version, List<Path> jars) throws IOException {
    var bundles = new ArrayList<PackedBundle>();
    for (var jar : jars) {
      bundles.add(PackedBundle.of(jar));
    }
    var file = home.resolve(NAME + "-" + version + ".dp");
    new DeploymentPackage(NAME, version, Map.of(), bundles, MOMENT).write(file);
    return file;
  }

  private Path rewritten(String name, String version, String header, String value)
      throws IOException {
    var file = home.resolve(name + "-" + version + ".jar");
    try (var jar = new JarFile(Built.TARGET.resolve("bundles/" + name + ".jar").toFile())) {
      var manifest = new Manifest(jar.getManifest());
      manifest.getMainAttributes().putValue("Bundle-Version", version);
      manifest.getMainAttributes().putValue(header, value);
      try (var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
        for (var entry : jar.stream()
            .filter(one -> !one.getName().equals(JarFile.MANIFEST_NAME))
            .toList()) {
          out.putNextEntry(new JarEntry(entry.getName()));
          jar.getInputStream(entry).transferTo(out);
          out.closeEntry();
        }
      }
    }
    return file;
  }
}
