package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.kura.system.SystemService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.sim.kura.RigConfiguration.Password;
import org.kedge.sim.kura.RigRegistry;
import org.osgi.service.cm.ConfigurationListener;

/** Kedge on a gateway, its bundles as in the folder of plug-ins of Kura 6. */
@Timeout(180)
class KuraNodeTest {
  private static final String APP_ID = "KEDGE-V1";

  /** Kura's services are waited for, 30 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path home;

  @Test
  void every_bundle_runs_and_every_component_is_satisfied_once_seeded() throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      node.awaitStatus();
      assertThat(node.told("node")).isEqualTo("roof-7");
      assertThat(home.resolve("data/kedge")).isDirectory();
    }
  }

  @Test
  void on_a_kura_without_any_service_the_bundles_start_and_wait_for_a_name_alone()
      throws Exception {
    try (var node = KuraNode.bare(home)) {
      node.install();
      await().atMost(KuraNode.GENEROUS).untilAsserted(() -> {
        assertThat(node.gateway().unwell()).isEmpty();
        assertThat(node.configuration.seeded()).containsExactlyElementsOf(KuraNode.PIDS);
        // Only Kedge's own, all for want of a home; no service of Kura's is among them.
        assertThat(node.gateway().unsatisfied())
            .isNotEmpty()
            .allMatch(lack -> lack.matches("org\\.kedge\\..* lacks org\\.kedge\\..*"))
            .anyMatch(lack -> lack.endsWith("org.kedge.base.api.Home"));
      });
      // The last of what Kura tells, late.
      node.gateway().offer(SystemService.class, node.system, Map.of());
      node.awaitWell();
      node.awaitStatus();
      assertThat(node.told("node")).isEqualTo("roof-7");
    }
  }

  /** Thorough: it waits as long as a gateway would. */
  @Test
  @Tag("thorough")
  void on_a_kura_that_never_has_any_service_the_node_runs_by_a_name_of_its_own_and_keeps_it()
      throws Exception {
    try (var node = KuraNode.bare(home)) {
      node.install();
      node.awaitStatus(PATIENCE);
      node.awaitWell();
      var name = node.told("node");
      assertThat(name).matches("kedge-[0-9a-f]{8}");
      node.restartBare();
      node.install();
      node.awaitStatus(PATIENCE);
      assertThat(node.told("node")).isEqualTo(name);
    }
  }

  @Test
  void equal_values_once_more_restart_nothing() throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      node.awaitStatus();
      var boot = node.told("boot_id");
      var lanes = KuraNode.lanes();
      assertThat(lanes)
          .containsValues("kedge-care", "kedge-babel", "kedge-telemetry", "kedge-status");
      // It hears of each change after those that the change is for.
      var heard = new CountDownLatch(KuraNode.PIDS.size());
      node.gateway()
          .offer(
              ConfigurationListener.class,
              event -> heard.countDown(),
              Map.of("service.ranking", -1));
      for (var pid : KuraNode.PIDS) {
        node.configuration.again(pid);
      }
      assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(node.told("boot_id")).isEqualTo(boot);
      assertThat(KuraNode.lanes()).containsAllEntriesOf(lanes);
      node.awaitWell();
    }
  }

  @Test
  void a_password_reaches_the_broker_in_plain_text_and_the_log_in_none() throws Exception {
    try (var log = new LogOfTest();
        var broker = new LoginSocket();
        var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      node.configuration.update(
          "org.kedge.telemetry",
          Map.of(
              "broker.address",
              broker.uri(),
              "broker.user",
              "roof-7",
              "broker.password",
              new Password("wg3-under-the-eaves"),
              "uplink",
              "mqtt"));
      await()
          .atMost(KuraNode.GENEROUS)
          .untilAsserted(() ->
              assertThat(broker.logins()).anyMatch(login -> login.contains("wg3-under-the-eaves")));
      assertThat(node.crypto.asked()).isNotEmpty();
      assertThat(log.text())
          .doesNotContain("wg3-under-the-eaves")
          .satisfies(text ->
              node.crypto.asked().forEach(secret -> assertThat(text).doesNotContain(secret)));
      assertThat(node.status()).doesNotContain("wg3-under-the-eaves");
    }
  }

  @Test
  void requests_are_answered_over_each_connection_as_long_as_it_is_there() throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      var first = node.connect(node.registry, "first");
      var other = new RigRegistry();
      var second = node.connect(other, "second");
      for (var registry : new RigRegistry[] {node.registry, other}) {
        await().atMost(KuraNode.GENEROUS).until(() -> registry.ids().contains(APP_ID));
        assertThat(registry.ask(APP_ID, "GET").orElseThrow().code()).hasValue(200);
        assertThat(registry.ask(APP_ID, "GET/nonsense").orElseThrow().code()).hasValue(404);
        assertThat(registry.ask(APP_ID, "PUT/status").orElseThrow().code()).hasValue(400);
      }
      first.unregister();
      assertThat(node.registry.ids()).isEmpty();
      assertThat(other.ask(APP_ID, "GET").orElseThrow().isSuccess()).isTrue();
      second.unregister();
      assertThat(other.ids()).isEmpty();
      node.connect(node.registry, "first");
      assertThat(node.registry.ask(APP_ID, "GET").map(RigRegistry.Reply::isSuccess))
          .isEqualTo(Optional.of(true));
      // Taken by another: told in the log, and the rest goes on.
      var taken = new RigRegistry();
      taken.take(APP_ID);
      node.connect(taken, "third");
      node.awaitWell();
    }
  }

  @Test
  void telemetry_leaves_by_the_publisher_of_that_name_whenever_it_is_there() throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      var stranger = node.cloud.publisher("OTHER", "x", 1, 7);
      node.publish(stranger, "others");
      var offered = node.publish(node.telemetry, "kedge-telemetry");
      await().atMost(KuraNode.GENEROUS).until(() -> !node.telemetry.listeners().isEmpty());
      node.cloud.establish();
      await()
          .atMost(KuraNode.GENEROUS)
          .until(
              () -> node.cloud.sent().stream().anyMatch(one -> one.topic().contains("KEDGE-V1")));
      assertThat(node.cloud.sent()).allMatch(one -> one.priority() == 7);
      assertThat(stranger.listeners()).isEmpty();
      offered.unregister();
      await().atMost(KuraNode.GENEROUS).until(() -> node.telemetry.listeners().isEmpty());
      var next = node.cloud.publisher(APP_ID, "$subject", 1, 7);
      node.publish(next, "kedge-telemetry");
      await().atMost(KuraNode.GENEROUS).until(() -> !next.listeners().isEmpty());
      node.publish(node.events, "kedge-events");
      await().atMost(KuraNode.GENEROUS).until(() -> !node.events.listeners().isEmpty());
    }
  }

  @Test
  void what_kura_does_not_check_is_refused_and_named_and_what_was_in_force_stays()
      throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      node.awaitStatus();
      node.connect(node.registry, "connection");
      var name = new HashMap<String, @Nullable Object>();
      name.put("node.id", "no name / at all");
      node.configuration.update("org.kedge.base", name);
      // A number that is too great, one that is a text, an option there is not, and one that is
      // missing, which has its default.
      var telemetry = new HashMap<String, @Nullable Object>();
      telemetry.put("status.port", 99_999);
      telemetry.put("snapshot.seconds", "soon");
      telemetry.put("uplink", "pigeon");
      telemetry.put("account", null);
      node.configuration.update("org.kedge.telemetry", telemetry);
      await()
          .atMost(KuraNode.GENEROUS)
          .untilAsserted(() -> assertThat(faults(node))
              .contains(
                  "SETTING_REFUSED",
                  "node.id",
                  "status.port",
                  "snapshot.seconds",
                  "uplink",
                  "pigeon")
              .doesNotContain("account"));
      assertThat(node.told("node")).isEqualTo("roof-7");
      node.configuration.rollback(0);
      await()
          .atMost(KuraNode.GENEROUS)
          .untilAsserted(() -> assertThat(faults(node)).doesNotContain("SETTING_REFUSED"));
    }
  }

  private static String faults(KuraNode node) {
    return node.registry.ask(APP_ID, "GET/faults").orElseThrow().text();
  }

  @Test
  void settings_outlive_a_restart_of_kura_and_an_upgrade() throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      node.configuration.update("org.kedge.base", Map.of("node.id", "roof-9"));
      node.restart();
      node.install();
      node.awaitWell();
      node.awaitStatus();
      assertThat(node.told("node")).isEqualTo("roof-9");
      for (var jar : KuraNode.jars()) {
        try (var in = Files.newInputStream(jar)) {
          node.gateway()
              .bundle(jar.getFileName().toString().replace(".jar", ""))
              .update(in);
        }
      }
      node.awaitWell();
      node.awaitStatus();
      assertThat(node.told("node")).isEqualTo("roof-9");
    }
  }

  @Test
  void stopped_as_for_an_upgrade_nothing_of_it_is_left_in_kura() throws Exception {
    try (var node = KuraNode.withServices(home)) {
      node.install();
      node.awaitWell();
      node.connect(node.registry, "connection");
      node.publish(node.telemetry, "kedge-telemetry");
      await().atMost(KuraNode.GENEROUS).untilAsserted(() -> {
        assertThat(node.watchdog.getCriticalComponents()).hasSize(1);
        assertThat(node.registry.ids()).containsExactly(APP_ID);
        assertThat(node.telemetry.listeners()).isNotEmpty();
      });
      var begun = System.nanoTime();
      for (var name : KuraNode.BUNDLES) {
        node.gateway().bundle(name).stop();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(KuraNode.STOPPING);
      assertThat(node.watchdog.getCriticalComponents()).isEmpty();
      assertThat(node.registry.ids()).isEmpty();
      assertThat(node.telemetry.listeners()).isEmpty();
      assertThat(node.configuration.pids()).isEmpty();
      await()
          .atMost(KuraNode.GENEROUS)
          .untilAsserted(() -> assertThat(KuraNode.lanes()).isEqualTo(Collections.emptyMap()));
      for (var name : KuraNode.BUNDLES) {
        node.gateway().bundle(name).start();
      }
      node.awaitWell();
      assertThat(node.watchdog.warnings()).isZero();
    }
  }
}
