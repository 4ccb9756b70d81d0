package org.kedge.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Kedge as it is installed, under a real runsv, which need not be started by PID 1. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeptByRunitTest {
  private static final Duration GENEROUS = Container.GENEROUS;
  private static final String SCR = "opt/kedge/bundles/org.apache.felix.scr.jar";

  private static @Nullable Container booted;

  @BeforeEach
  void a_node_with_runsv() throws IOException {
    Container.require();
    if (booted == null) {
      booted = Container.boot("runit");
      Files.writeString(node().root().resolve("etc/kedge/node.settings"), """
          [org.kedge.base]
          node.id = roof-7
          [org.kedge.care]
          pause.minutes = 1440
          """);
      assertThat(node().succeed("readlink", "-f", "/etc/service/kedge")).isEqualTo("/etc/sv/kedge");
      booted.start("runsv", "/etc/service/kedge");
    }
  }

  @AfterAll
  static void end() {
    if (booted != null) {
      booted.close();
      booted = null;
    }
  }

  private static Container node() {
    if (booted == null) {
      throw new IllegalStateException("There is no container");
    }
    return booted;
  }

  private static long pid() {
    var found = node().run("pgrep", "-x", "java").out();
    return found.matches("\\d+") ? Long.parseLong(found) : 0;
  }

  /** How many have run so far. */
  private static long runs() {
    return log().lines().filter(line -> line.contains("Kedge runs with")).count();
  }

  private static void kill(long pid) {
    // 0 would be everybody in the group of this test, itself included.
    assertThat(pid).as("process to kill").isGreaterThan(1);
    node().succeed("kill", "-KILL", Long.toString(pid));
  }

  private static String log() {
    return node().run("cat", "/var/log/kedge/current").out();
  }

  private static void tell(String what, long since, String more) {
    System.out.printf("keeper %-44s %6.1f s  %s%n", what, (System.nanoTime() - since) / 1e9, more);
  }

  @Test
  @Order(1)
  void a_killed_kedge_is_back_with_its_descriptors_and_its_keeper_known() {
    await().atMost(GENEROUS).until(() -> runs() == 1);
    var before = pid();
    var killed = System.nanoTime();
    kill(before);
    await().atMost(GENEROUS).until(() -> runs() == 2);
    tell("runit: Kedge killed, runs again after", killed, "");
    assertThat(node().succeed("cat", "/proc/" + pid() + "/cmdline"))
        .contains("-Dkedge.keeper=runit");
    assertThat(log()).contains("started in 1 s");
  }

  @Test
  @Order(2)
  void told_to_stop_it_stays_stopped_and_begins_anew_without_a_pause() {
    var before = runs();
    node().succeed("sv", "-w", "30", "down", "/etc/service/kedge");
    await().during(Duration.ofSeconds(3)).atMost(GENEROUS).until(() -> pid() == 0);
    assertThat(node().run("test", "-e", "/run/kedge/last-start").code()).isEqualTo(1);
    node().succeed("sv", "up", "/etc/service/kedge");
    await().atMost(GENEROUS).until(() -> runs() == before + 1);
  }

  @Test
  @Order(3)
  void broken_it_is_tried_with_growing_pauses_and_mended_it_comes_back_by_itself()
      throws IOException {
    var before = runs();
    var jar = node().root().resolve(SCR);
    var whole = Files.readAllBytes(jar);
    var broken = System.nanoTime();
    Files.write(jar, new byte[] {'P', 'K', 3, 4});
    try {
      kill(pid());
      await().atMost(GENEROUS).until(() -> log().contains("started in 8 s"));
    } finally {
      Files.write(jar, whole);
    }
    await().atMost(GENEROUS).until(() -> runs() == before + 1);
    tell("runit: bundle broken, mended at pause 4, back", broken, "pauses 1, 2, 4, 8 s");
    assertThat(log()).contains("started in 2 s", "started in 4 s", "Kedge cannot run");
  }
}
