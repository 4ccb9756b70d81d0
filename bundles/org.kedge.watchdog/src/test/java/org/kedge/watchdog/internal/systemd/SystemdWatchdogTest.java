package org.kedge.watchdog.internal.systemd;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.watchdog.api.PetDevice.Hold;
import org.kedge.watchdog.api.PetDevice.Letting;
import org.kedge.watchdog.api.PetDevice.Taking;
import org.kedge.watchdog.internal.libc.Libc;

/** Against a real socket, at whose other end socat keeps what it hears. */
class SystemdWatchdogTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final Duration GENEROUS = Duration.ofSeconds(20);
  private static final long PID = 4242;

  @TempDir
  Path folder;

  private Path sys;
  private Path proc;
  private Path heard;
  private Path socket;
  private Optional<Process> socat = Optional.empty();

  @BeforeEach
  void folders() throws IOException {
    sys = Files.createDirectory(folder.resolve("sys"));
    proc = Files.createDirectory(folder.resolve("proc"));
    heard = folder.resolve("heard");
    socket = folder.resolve("notify");
  }

  @AfterEach
  void silence() throws Exception {
    if (socat.isPresent()) {
      // Perhaps stopped, and so deaf to any milder word.
      socat.get().destroyForcibly().waitFor(10, SECONDS);
    }
  }

  @Test
  void taken_it_is_petted_at_a_path_and_switched_off_when_let_go() throws Exception {
    listen("UNIX-RECV:" + socket);
    var hold = taken(watchdog(socket.toString(), "20000000"));
    assertThat(hold.timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(hold.pretimeout()).isEmpty();
    awaitHeard("WATCHDOG=1\nWATCHDOG_USEC=20000000");
    hold.pet();
    awaitHeard("WATCHDOG=1\nWATCHDOG_USEC=20000000WATCHDOG=1");
    assertThat(hold.letGo()).isEqualTo(new Letting.Disarmed());
    awaitHeard("WATCHDOG=1\nWATCHDOG_USEC=20000000WATCHDOG=1WATCHDOG_USEC=0");
  }

  @Test
  void an_abstract_name_is_reached_too() throws Exception {
    var name = "kedge-notify-" + ProcessHandle.current().pid();
    listen("ABSTRACT-RECV:" + name);
    var watchdog = watchdog("@" + name, "500000");
    await().atMost(GENEROUS).until(() -> watchdog.take(MINUTE) instanceof Taking.Taken);
    awaitHeard("WATCHDOG=1\nWATCHDOG_USEC=500000");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, /run/notify, -, WATCHDOG_USEC is not set",
        "1000000, -, -, NOTIFY_SOCKET is not set",
        "many, /run/notify, -, WATCHDOG_USEC is 'many'",
        "0, /run/notify, -, WATCHDOG_USEC is '0'",
        "1000000, /run/notify, 4243, 'process 4243, and Kedge is process 4242'"
      })
  void without_a_watch_over_kedge_there_is_none(
      String time, String notify, String pid, String why) {
    var environment = new HashMap<String, String>();
    Optional.ofNullable(time).ifPresent(value -> environment.put("WATCHDOG_USEC", value));
    Optional.ofNullable(notify).ifPresent(value -> environment.put("NOTIFY_SOCKET", value));
    Optional.ofNullable(pid).ifPresent(value -> environment.put("WATCHDOG_PID", value));
    var watchdog = new SystemdWatchdog(environment, PID, sys, proc, () -> {
      throw new AssertionError("loaded");
    });
    assertThat(watchdog.take(MINUTE)).isInstanceOf(Taking.Absent.class);
    assertThat(((Taking.Absent) watchdog.take(MINUTE)).why())
        .startsWith("systemd ")
        .contains(why);
  }

  @Test
  void without_jna_it_says_what_systemd_will_do() {
    var watchdog = new SystemdWatchdog(
        Map.of("WATCHDOG_USEC", "20000000", "NOTIFY_SOCKET", "/run/notify", "WATCHDOG_PID", "4242"),
        PID,
        sys,
        proc,
        () -> new Libc.Loading.Missing("requests to devices are not known for the processor mips"));
    assertThat(watchdog.take(MINUTE))
        .isEqualTo(
            new Taking.Refused(
                "systemd cannot be told that Kedge is well, as requests to devices are not known for the processor mips; systemd restarts"
                    + " Kedge each 20 s unless this is put right or WatchdogSec= is taken out of the unit"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vsock:2:1234", "notify", "@"})
  void a_socket_of_another_kind_is_refused(String other) {
    assertThat(watchdog(other, "1500000").take(MINUTE))
        .isEqualTo(new Taking.Refused("NOTIFY_SOCKET is '" + other
            + "', and neither a path nor an abstract name of a unix socket; systemd restarts Kedge each 1.5 s unless"
            + " this is put right or WatchdogSec= is taken out of the unit"));
  }

  @Test
  void a_socket_that_is_not_there_is_refused() {
    assertThat(watchdog(socket.toString(), "20000000").take(MINUTE))
        .isEqualTo(new Taking.Refused("systemd took no message at " + socket
            + " (No such file or directory); systemd restarts Kedge each 20 s unless this is put right or WatchdogSec= is"
            + " taken out of the unit"));
  }

  @Test
  void a_systemd_that_went_is_told_at_a_pet_and_may_still_act_after_letting_go() throws Exception {
    listen("UNIX-RECV:" + socket);
    var hold = taken(watchdog(socket.toString(), "20000000"));
    socat.orElseThrow().destroyForcibly().waitFor(10, SECONDS);
    assertThatIOException()
        .isThrownBy(hold::pet)
        .withMessage("systemd took no message at " + socket + " (Connection refused)");
    assertThat(hold.letGo())
        .isEqualTo(new Letting.Running("systemd took no message at " + socket
            + " (Connection refused): it restarts Kedge in 20 s unless Kedge ends before"));
  }

  @Test
  void a_systemd_that_reads_nothing_does_not_hold_up_who_pets() throws Exception {
    listen("UNIX-RECV:" + socket);
    var hold = taken(watchdog(socket.toString(), "20000000"));
    signal("STOP");
    assertThatIOException()
        .isThrownBy(() -> {
          for (var pet = 0; pet < 100_000; pet++) {
            hold.pet();
          }
        })
        .withMessage(
            "systemd took no message at " + socket + " (Resource temporarily unavailable)");
    signal("CONT");
    await().atMost(GENEROUS).ignoreExceptions().until(() -> {
      hold.pet();
      return true;
    });
  }

  @Test
  void a_systemd_that_pets_a_timer_of_the_node_is_guarded_itself() throws Exception {
    timer("iTCO_wdt");
    initHolds();
    listen("UNIX-RECV:" + socket);
    var hold = taken(watchdog(socket.toString(), "20000000"));
    assertThat(hold.identity()).isEqualTo("systemd, which pets iTCO_wdt");
    assertThat(hold.caveats()).isEmpty();
  }

  @Test
  void a_systemd_that_nothing_guards_is_a_caveat() throws Exception {
    listen("UNIX-RECV:" + socket);
    var watchdog = watchdog(socket.toString(), "20000000");
    var none = taken(watchdog);
    assertThat(none.identity()).isEqualTo("systemd");
    assertThat(none.caveats())
        .containsExactly("systemd itself has no timer: set RuntimeWatchdogSec= in its system.conf");
    var unused = timer("iTCO_wdt");
    Files.createDirectories(proc.resolve("1/fd"));
    assertThat(taken(watchdog).caveats()).isEqualTo(none.caveats());
    Files.delete(proc.resolve("1/fd"));
    assertThat(taken(watchdog).caveats())
        .containsExactly(
            "who pets the node's timer may not be looked at; if it is not systemd, set RuntimeWatchdogSec= in its"
                + " system.conf");
    Files.writeString(unused.resolve("state"), "inactive\n");
    assertThat(taken(watchdog).caveats()).isEqualTo(none.caveats());
  }

  @Test
  void whether_the_node_was_reset_is_told_by_the_timers_behind_systemd() throws Exception {
    var watchdog = watchdog("/run/notify", "20000000");
    assertThat(watchdog.hasReset()).isEmpty();
    var timer = timer("i6300ESB timer");
    assertThat(watchdog.hasReset()).isEmpty();
    Files.writeString(timer.resolve("bootstatus"), "0\n");
    assertThat(watchdog.hasReset()).contains(false);
    Files.writeString(timer.resolve("bootstatus"), "32\n");
    assertThat(watchdog.hasReset()).contains(true);
  }

  private Path timer(String identity) throws IOException {
    var timer = Files.createDirectory(sys.resolve("watchdog0"));
    Files.writeString(timer.resolve("dev"), "1:3\n");
    Files.writeString(timer.resolve("identity"), identity + "\n");
    Files.writeString(timer.resolve("state"), "active\n");
    return timer;
  }

  private void initHolds() throws IOException {
    var descriptors = Files.createDirectories(proc.resolve("1/fd"));
    Files.createSymbolicLink(descriptors.resolve("24"), Path.of("/dev/null"));
  }

  private void listen(String address) throws IOException {
    Files.writeString(heard, "");
    socat = Optional.of(new ProcessBuilder("socat", "-u", address, "OPEN:" + heard + ",append")
        .inheritIO()
        .start());
    if (address.startsWith("UNIX")) {
      await().atMost(GENEROUS).until(() -> Files.exists(socket));
    }
  }

  private void signal(String name) throws Exception {
    var pid = Long.toString(socat.orElseThrow().pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  private void awaitHeard(String text) {
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(Files.readString(heard)).isEqualTo(text));
  }

  private SystemdWatchdog watchdog(String address, String time) {
    return new SystemdWatchdog(
        Map.of("WATCHDOG_USEC", time, "NOTIFY_SOCKET", address), PID, sys, proc, Libc::load);
  }

  private static Hold taken(SystemdWatchdog watchdog) {
    var taking = watchdog.take(MINUTE);
    assertThat(taking).isInstanceOf(Taking.Taken.class);
    return ((Taking.Taken) taking).hold();
  }
}
