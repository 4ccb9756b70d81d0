package org.kedge.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Kedge and babeld as they are installed, under a real systemd. Figures are on lines that begin with "keeper". */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeptBySystemdTest {
  private static final Duration GENEROUS = Container.GENEROUS;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String DROP_IN = "etc/systemd/system/kedge.service.d/test.conf";
  private static final String SCR = "opt/kedge/bundles/org.apache.felix.scr.jar";

  private static @Nullable Container booted;

  @BeforeEach
  void a_node_with_an_interface_and_kedge_stopped() throws IOException {
    Container.require();
    if (booted == null) {
      booted = Container.boot("systemd");
      node().succeed("ip", "link", "add", "mesh0", "type", "veth", "peer", "name", "mesh1");
      node().succeed("ip", "link", "set", "mesh0", "up");
      node().succeed("ip", "link", "set", "mesh1", "up");
    }
    node().succeed("systemctl", "stop", "kedge", "kedge-babeld");
    node().run("pkill", "-KILL", "-x", "babeld");
    // A node that knows of no starts before: after three that did not settle Kedge would start
    // reduced.
    node().succeed("sh", "-c", "rm -rf /var/lib/kedge/*");
    Files.deleteIfExists(node().root().resolve(DROP_IN));
    set("child");
    node().succeed("systemctl", "daemon-reload");
    node().run("systemctl", "reset-failed");
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

  private static void set(String mode) throws IOException {
    Files.writeString(node().root().resolve("etc/kedge/node.settings"), """
        [org.kedge.base]
        node.id = roof-7
        [org.kedge.babel]
        run.mode = %s
        interfaces = mesh0
        """.formatted(mode));
    Files.writeString(
        node().root().resolve("etc/default/babeld"),
        "DAEMON_ARGS=\"-S /var/lib/babeld/state -M 0\"\nINTERFACES=\"mesh0\"\n");
  }

  private static void dropIn(String lines) throws IOException {
    var file = node().root().resolve(DROP_IN);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "[Service]\n" + lines + "\n");
    node().succeed("systemctl", "daemon-reload");
  }

  /** The one before, as well as its babeld. */
  private record Running(long kedge, long babeld) {}

  private static Running start() {
    node().succeed("systemctl", "start", "kedge");
    return awaitRunning(0);
  }

  /** Until another than the one before runs with its babeld. */
  private static Running awaitRunning(long before) {
    return await()
        .atMost(GENEROUS)
        .pollInterval(POLL)
        .until(
            () -> {
              var pid = mainPid("kedge");
              var babelds = babeld();
              return pid != before && isRunning(pid) && babelds.size() == 1
                  ? Optional.of(new Running(pid, babelds.get(0)))
                  : Optional.<Running>empty();
            },
            Optional::isPresent)
        .orElseThrow();
  }

  /** Whether its bundles have started. */
  private static boolean isRunning(long pid) {
    return pid != 0
        && node()
            .succeed("journalctl", "--no-pager", "-b", "-o", "cat", "_PID=" + pid)
            .contains("Kedge runs with");
  }

  private static long mainPid(String unit) {
    return Long.parseLong(node().property(unit, "MainPID"));
  }

  private static List<Long> babeld() {
    return node()
        .run("pgrep", "-x", "babeld")
        .out()
        .lines()
        .map(Long::parseLong)
        .toList();
  }

  private static void kill(String signal, long pid) {
    // 0 would be everybody in the group of this test, itself included.
    assertThat(pid).as("process to signal").isGreaterThan(1);
    node().succeed("kill", "-" + signal, Long.toString(pid));
  }

  private static String journal(String cursor, String unit) {
    return node()
        .succeed("journalctl", "--no-pager", "-o", "cat", "--after-cursor", cursor, "-u", unit);
  }

  private static String cursor() {
    var shown = node().succeed("journalctl", "--no-pager", "-n", "1", "--show-cursor", "-o", "cat");
    return shown.substring(shown.lastIndexOf("cursor: ") + "cursor: ".length());
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static void tell(String what, double seconds, String more) {
    System.out.printf("keeper %-44s %6.1f s  %s%n", what, seconds, more);
  }

  @Test
  @Order(1)
  void a_killed_kedge_is_back_and_its_babeld_never_stopped() {
    var before = start();
    var cursor = cursor();
    var killed = System.nanoTime();
    kill("KILL", before.kedge());
    var after = awaitRunning(before.kedge());
    tell("systemd: Kedge killed, runs again after", secondsSince(killed), "its babeld went on");
    assertThat(after.babeld()).isEqualTo(before.babeld());
    await()
        .atMost(GENEROUS)
        .until(
            () -> journal(cursor, "kedge").contains("babeld (pid " + after.babeld() + ") adopted"));
  }

  @Test
  @Order(2)
  void a_stopped_kedge_stays_stopped_and_its_babeld_goes_on_until_the_next_adopts_it() {
    var before = start();
    var stop = System.nanoTime();
    node().succeed("systemctl", "stop", "kedge");
    tell(
        "systemd: Kedge told to stop, ended after",
        secondsSince(stop),
        "stays stopped, babeld went on");
    assertThat(node().property("kedge", "Result")).isEqualTo("success");
    await()
        .during(Duration.ofSeconds(3))
        .atMost(GENEROUS)
        .until(() -> node().property("kedge", "ActiveState").equals("inactive"));
    assertThat(babeld()).containsExactly(before.babeld());
    assertThat(start().babeld()).isEqualTo(before.babeld());
  }

  @Test
  @Order(3)
  void killed_more_often_than_systemd_would_bear_it_is_started_each_time() {
    var pid = start().kedge();
    var began = System.nanoTime();
    var kills = 8;
    for (var i = 0; i < kills; i++) {
      // Without its notes the pause cannot help: systemd itself has to bear it.
      node().succeed("rm", "-f", "/run/kedge/last-start");
      var killed = pid;
      kill("KILL", killed);
      pid = await()
          .atMost(GENEROUS)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> mainPid("kedge"), now -> now != 0 && now != killed);
    }
    tell(
        "systemd: Kedge killed 8 times in",
        secondsSince(began),
        "(its own limit is 5 starts in 10 s)");
    assertThat(secondsSince(began))
        .as("quick enough to reach the limit of systemd")
        .isLessThan(20);
    assertThat(awaitRunning(0).kedge()).isEqualTo(pid);
    assertThat(node().property("kedge", "StartLimitIntervalUSec")).isEqualTo("0");
  }

  @Test
  @Order(4)
  void a_frozen_kedge_is_killed_when_it_no_longer_pets_systemd_and_is_back() throws IOException {
    // The unit's own 60 s, shortened for the test's sake.
    dropIn("WatchdogSec=15");
    var before = start();
    var cursor = cursor();
    // Twice the time-out: who does not pet is dead by then.
    await()
        .during(Duration.ofSeconds(30))
        .atMost(GENEROUS)
        .until(() -> mainPid("kedge") == before.kedge());

    var frozen = System.nanoTime();
    kill("STOP", before.kedge());
    await().atMost(GENEROUS).pollInterval(POLL).until(() -> mainPid("kedge") != before.kedge());
    var bitten = secondsSince(frozen);
    var after = awaitRunning(before.kedge());
    tell(
        "systemd: Kedge frozen (watchdog 15 s), back after",
        secondsSince(frozen),
        "killed after %.1f s, its babeld went on".formatted(bitten));
    assertThat(bitten).as("within the time-out").isBetween(5.0, 20.0);
    assertThat(after.babeld()).isEqualTo(before.babeld());
    assertThat(journal(cursor, "kedge"))
        .contains("Watchdog timeout (limit 15s)", "with signal SIGKILL");
  }

  @Test
  @Order(5)
  void
      a_kedge_that_cannot_start_is_tried_for_ever_with_growing_pauses_and_comes_back_by_itself_when_mended()
          throws IOException {
    start();
    node().succeed("systemctl", "stop", "kedge");
    var jar = node().root().resolve(SCR);
    var whole = Files.readAllBytes(jar);
    var cursor = cursor();
    Files.write(jar, new byte[] {'P', 'K', 3, 4});
    var broken = System.nanoTime();
    var states = new TreeSet<String>();
    try {
      node().run("systemctl", "start", "kedge");
      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> {
            states.add(node().property("kedge", "ActiveState"));
            return startsSince(cursor).size() >= 5 && mainPid("kedge") == 0;
          });
    } finally {
      Files.write(jar, whole);
    }
    await().atMost(Duration.ofSeconds(90)).until(() -> {
      states.add(node().property("kedge", "ActiveState"));
      return isRunning(mainPid("kedge"));
    });
    var starts = startsSince(cursor);
    var gaps = new ArrayList<Double>();
    for (var i = 1; i < starts.size(); i++) {
      gaps.add(starts.get(i) - starts.get(i - 1));
    }
    tell(
        "systemd: bundle broken, mended at start 5, back",
        secondsSince(broken),
        "seconds between starts: "
            + String.join(", ", gaps.stream().map("%.1f"::formatted).toList()));
    assertThat(starts).hasSize(6);
    for (var i = 0; i < gaps.size(); i++) {
      assertThat(gaps.get(i))
          .as("pause %d of %s", i + 1, gaps)
          .isGreaterThanOrEqualTo(1 << i)
          .isLessThan((1 << i) + 10.0);
    }
    assertThat(states).doesNotContain("failed");
    assertThat(journal(cursor, "kedge")).contains("started in 16 s").doesNotContain("too quickly");
  }

  /** Seconds since the boot, one for each time that Kedge itself was started. */
  private static List<Double> startsSince(String cursor) {
    return node()
        .succeed(
            "journalctl",
            "--no-pager",
            "-o",
            "short-monotonic",
            "--after-cursor",
            cursor,
            "-u",
            "kedge")
        .lines()
        .filter(line -> line.contains("]: Started kedge.service"))
        .map(line -> Double.parseDouble(line.substring(1, line.indexOf(']')).strip()))
        .toList();
  }

  @Test
  @Order(6)
  void a_killed_babeld_is_back_without_kedge_and_what_the_dead_one_left_is_gone()
      throws IOException {
    set("service");
    node().succeed("systemctl", "start", "kedge-babeld");
    var before = await()
        .atMost(GENEROUS)
        .until(() -> mainPid("kedge-babeld"), pid -> babeld().equals(List.of(pid)));
    await()
        .atMost(GENEROUS)
        .until(() -> node().run("test", "-S", "/run/babeld.sock").code() == 0);
    node()
        .succeed(
            "ip", "-6", "route", "add", "2001:db8:dead::/64", "dev", "mesh0", "proto", "babel");
    node().succeed("ip", "-4", "route", "add", "198.51.100.0/24", "dev", "mesh0", "proto", "babel");
    var killed = System.nanoTime();
    kill("KILL", before);
    await().atMost(GENEROUS).pollInterval(POLL).until(() -> {
      var now = mainPid("kedge-babeld");
      return now != 0
          && now != before
          && node().run("cat", "/run/babeld.pid").out().equals(Long.toString(now));
    });
    tell(
        "systemd: babeld killed, Kedge stopped, back after",
        secondsSince(killed),
        "stale pid file, socket, routes gone");
    assertThat(node().succeed("ip", "-6", "route", "show", "proto", "babel")).isEmpty();
    assertThat(node().succeed("ip", "-4", "route", "show", "proto", "babel")).isEmpty();
  }

  @Test
  @Order(7)
  void a_babeld_that_somebody_else_started_is_left_alone_until_it_is_gone() throws IOException {
    set("service");
    node()
        .succeed(
            "setsid",
            "babeld",
            "-D",
            "-I",
            "/run/babeld.pid",
            "-S",
            "/run/other.state",
            "-L",
            "/dev/null",
            "mesh0");
    // Which has made itself a daemon only when its pid file is there.
    var other = await()
        .atMost(GENEROUS)
        .until(
            () -> babeld().stream().findFirst().orElse(0L),
            pid -> node().run("cat", "/run/babeld.pid").out().equals(Long.toString(pid)));
    var cursor = cursor();
    node().run("systemctl", "start", "kedge-babeld");
    await()
        .atMost(GENEROUS)
        .until(() -> journal(cursor, "kedge-babeld").contains("runs already (pid " + other + ","));
    assertThat(babeld()).containsExactly(other);
    kill("TERM", other);
    await()
        .atMost(GENEROUS)
        .until(() ->
            mainPid("kedge-babeld") != 0 && babeld().equals(List.of(mainPid("kedge-babeld"))));
  }

  @Test
  @Order(8)
  void kedges_own_settings_start_and_stop_the_unit_of_babeld_by_the_name_that_debian_gave_it()
      throws IOException {
    set("service");
    var running = start();
    assertThat(mainPid("kedge-babeld")).isEqualTo(running.babeld());
    assertThat(node().run("service", "babeld", "status").code()).isZero();
    node().succeed("service", "babeld", "stop");
    await().atMost(GENEROUS).until(() -> {
      var now = babeld();
      return now.size() == 1
          && now.get(0) != running.babeld()
          && mainPid("kedge-babeld") == now.get(0);
    });
  }

  @Test
  @Order(9)
  void hardened_as_it_is_it_still_switches_forwarding_on_and_can_reboot_the_node()
      throws IOException {
    node().succeed("sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0");
    start();
    await()
        .atMost(GENEROUS)
        .until(() -> node()
            .succeed("sysctl", "-n", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding")
            .equals("1\n1"));

    // What a unit runs before its start runs with all of its hardening. /run is empty after the
    // reboot.
    dropIn("ExecStartPre=/bin/sh -c '[ ! -e /run/reboot-now ] || exec /sbin/reboot'");
    node().succeed("touch", "/run/reboot-now");
    var before = node().leader();
    node().run("systemctl", "--no-block", "restart", "kedge");
    await().atMost(GENEROUS).until(() -> ProcessHandle.of(before).isEmpty());
    // Whether nspawn boots it again depends on its version.
    end();
  }
}
