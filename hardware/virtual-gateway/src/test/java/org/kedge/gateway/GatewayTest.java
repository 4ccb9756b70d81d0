package org.kedge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.kedge.sim.mesh.net.MeshFailure;

/**
 * What becomes of a gateway when Kedge fails, is stopped or loses its timer. One machine goes through all of it, in this order, for
 * a boot costs half a minute; after a failure the next test has a new one.
 */
@Tag("gateway")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(GatewayTest.Console.class)
class GatewayTest {
  /** Left out of the whole check for time; the command {@code sim/gateway --test} runs them. */
  private static final String THOROUGH = "thorough";

  private static final Workshop WORKSHOP = new Workshop(Path.of("."));
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** A span that the timer does not live through. */
  private static final Duration TOO_LONG = TIMEOUT.plusSeconds(5);

  private @Nullable Gateway machine;
  private int machines;
  private final List<String> table = new ArrayList<>();

  /** A test that failed shows what the machine said last, and leaves it to nobody. */
  static final class Console implements AfterTestExecutionCallback {
    @Override
    public void afterTestExecution(ExtensionContext context) {
      var test = (GatewayTest) context.getRequiredTestInstance();
      if (context.getExecutionException().isPresent()) {
        test.giveUpMachine();
      }
    }
  }

  @BeforeAll
  static void require() {
    var lacking = new ArrayList<>(Host.lacking());
    if (lacking.isEmpty()) {
      try {
        var unused = WORKSHOP.kernel();
      } catch (MeshFailure e) {
        lacking.add("a kernel (" + e.getMessage() + ")");
      }
    }
    if (!lacking.isEmpty()) {
      var message =
          "SKIPPED, NOTHING IS PROVED: the virtual gateway lacks " + String.join(", ", lacking);
      System.err.println("\n*** " + message + " ***\n");
      Assumptions.abort(message);
    }
  }

  private void giveUpMachine() {
    if (machine != null) {
      System.err.println("The last of the virtual gateway's console:\n" + machine.consoleEnd());
      machine.close();
      machine = null;
    }
  }

  @AfterAll
  void powerOff() {
    if (machine != null) {
      machine.close();
    }
    table.forEach(System.out::println);
  }

  // --- the machine ---

  private Gateway gateway() {
    return Objects.requireNonNull(machine);
  }

  /** A machine on which Kedge is well, guarded and not in a reduced start, and through which traffic goes. */
  private Gateway healthy() {
    if (machine == null) {
      machines++;
      machine = Gateway.powerUp(
          WORKSHOP,
          new Gateway.Options(
              Map.of("org.kedge.watchdog/timeout.seconds", Long.toString(TIMEOUT.toSeconds())),
              true,
              Path.of("target", "console-" + machines + ".log")));
      var boot = machine.awaitBoot(machine.poweredAt());
      machine.awaitForwarding();
      var through = Instant.now();
      awaitGuarded();
      report(
          "power on",
          Optional.empty(),
          Duration.between(machine.poweredAt(), boot.readyAt()),
          Duration.between(machine.poweredAt(), Instant.now()),
          Duration.between(machine.poweredAt(), through));
    }
    awaitGuarded();
    machine.awaitForwarding();
    return machine;
  }

  /** As {@link #healthy()}, and one more start that does not settle is no reduced one. */
  private Gateway fresh() {
    var gateway = healthy();
    if (new Guarded(gateway.awaitStatus("answers", status -> true)).unsettled() > 1) {
      gateway.stopKedge();
      gateway.startKedge();
      awaitGuarded();
    }
    return gateway;
  }

  private Guarded awaitGuarded() {
    return awaitStatus("a timer is held", Guarded::isGuarded);
  }

  private Guarded awaitStatus(String what, Predicate<Guarded> wanted) {
    return new Guarded(
        gateway().awaitStatus(what, status -> isWhole(status) && wanted.test(new Guarded(status))));
  }

  /** In the first seconds a status tells little. */
  private static boolean isWhole(JsonObject status) {
    return status.has("watchdog")
        && status.getAsJsonObject("watchdog").has("boot")
        && status.getAsJsonObject("care").has("budgets");
  }

  private String kernel() {
    return gateway().shell().run("cat /proc/sys/kernel/random/boot_id");
  }

  private int resets(Instant since) {
    return gateway().qmp().events("WATCHDOG", since).size();
  }

  // --- what is seen ---

  private void report(
      String what, Optional<Duration> fired, Duration up, Duration kedge, Duration through) {
    table.add(String.format(
        Locale.ROOT,
        "gateway %-42s %-16s kernel up %s, Kedge tells %s, traffic %s",
        what,
        fired.map(span -> "timer " + Seconds.of(span) + ",").orElse(""),
        Seconds.of(up),
        Seconds.of(kedge),
        Seconds.of(through)));
  }

  private void report(String what, String result) {
    table.add(String.format(Locale.ROOT, "gateway %-42s %s", what, result));
  }

  /** After a fault that only the timer ends. */
  private void isResetAndBack(String what, Runnable fault) {
    var gateway = gateway();
    var before = awaitGuarded();
    var kernel = kernel();
    var from = Instant.now();
    fault.run();
    gateway.await(what + ": the timer acts", () -> resets(from) > 0);
    var fired = gateway.qmp().events("WATCHDOG", from).get(0).at();
    var boot = gateway.awaitBoot(fired);
    gateway.awaitForwarding();
    var after = awaitGuarded();
    var told = Instant.now();
    var traffic = gateway.pings().between(fired, Instant.now()).again();
    report(
        what,
        Optional.of(Duration.between(from, fired)),
        Duration.between(fired, boot.readyAt()),
        Duration.between(fired, told),
        traffic.orElse(Gateway.LIMIT));
    assertThat(boot.id()).as("the kernel's boot id").isNotEqualTo(kernel);
    assertThat(after.cause()).as(after.evidence()).isEqualTo("watchdog");
    assertThat(after.nodeBudgetUsed())
        .as("the reset counts against the budget for what takes the node")
        .isEqualTo(before.nodeBudgetUsed() + 1);
    assertThat(resets(from)).as("resets by the timer").isEqualTo(1);
    assertThat(traffic).as("traffic goes through again").isPresent();
  }

  /** Nothing happens for so long after a moment. */
  private void staysUp(Instant from, Duration length, String kernel) {
    gateway().await("that time has passed", () -> Instant.now().isAfter(from.plus(length)));
    assertThat(resets(from)).as("resets by the timer").isZero();
    assertThat(kernel()).as("the kernel's boot id").isEqualTo(kernel);
  }

  private void nothingIsLost(Instant from) {
    // The last probes have not had their time yet.
    var traffic = gateway().pings().between(from, Instant.now().minusSeconds(1));
    assertThat(traffic.again()).as("traffic lost: " + traffic).hasValue(Duration.ZERO);
  }

  private void kill(String signal) {
    gateway().shell().order("kill -" + signal + " $(pidof java)");
  }

  // --- Kedge fails ---

  /** First, while the timer has not acted yet: after that a stuck lane is borne for half an hour. */
  @Test
  @Order(1)
  void a_stuck_lane_of_care_ends_petting() {
    healthy();
    isResetAndBack("care's lane is stuck", () -> {
      gateway().shell().order("touch /tmp/deadlock");
    });
  }

  @Test
  @Order(2)
  void a_clean_stop_disarms_the_timer() {
    healthy();
    var kernel = kernel();
    var from = Instant.now();
    gateway().stopKedge();
    staysUp(from, TOO_LONG, kernel);
    nothingIsLost(from);
    gateway().startKedge();
    var after = awaitGuarded();
    assertThat(after.cause()).as(after.evidence()).isEqualTo("planned");
    report("clean stop, start", "no reset, no packet lost");
  }

  @Test
  @Order(3)
  void a_killed_kedge_is_started_again_by_the_timer() {
    fresh();
    isResetAndBack("kill -9", () -> kill("KILL"));
  }

  @Test
  @Tag(THOROUGH)
  @Order(4)
  void an_update_is_no_reset() {
    healthy();
    var kernel = kernel();
    var from = Instant.now();
    gateway().stopKedge();
    gateway()
        .shell()
        .order(
            "cp -a /opt/kedge/bundles /opt/kedge/bundles.new"
                + " && rm -rf /opt/kedge/bundles && mv /opt/kedge/bundles.new /opt/kedge/bundles && sync");
    gateway().startKedge();
    var after = awaitGuarded();
    assertThat(after.cause()).as(after.evidence()).isEqualTo("planned");
    staysUp(from, TOO_LONG, kernel);
    nothingIsLost(from);
    report("package update", "no reset, no packet lost");
  }

  @Test
  @Tag(THOROUGH)
  @Order(5)
  void a_frozen_kedge_is_started_again_by_the_timer() {
    fresh();
    isResetAndBack("kill -STOP", () -> kill("STOP"));
  }

  @Test
  @Tag(THOROUGH)
  @Order(6)
  void a_kedge_without_heap_is_started_again_by_the_timer() {
    fresh();
    isResetAndBack("heap used up", () -> {
      gateway().shell().order("touch /tmp/eat-heap");
    });
  }

  // --- the timer fails ---

  @Test
  @Tag(THOROUGH)
  @Order(7)
  void
      a_timer_that_another_holds_is_told_with_its_holder_and_taken_when_free_with_the_time_out_it_has() {
    healthy();
    gateway().stopKedge();
    gateway()
        .shell()
        .order("nice -n 10 watchdog -t 3 -T 47 /dev/watchdog </dev/null >/dev/null 2>&1");
    var holder = gateway().shell().run("pidof watchdog");
    // Where its library cannot be unpacked JNA does not load, and without it a time-out cannot be
    // set.
    gateway().startKedge("-Djna.tmpdir=/proc");
    var busy = awaitStatus("unguarded", status -> status.faults().contains("UNGUARDED"));
    var from = Instant.now();
    assertThat(busy.isGuarded()).isFalse();
    assertThat(busy.text("unguarded")).contains("watchdog").contains(holder);
    gateway().awaitForwarding();
    report("timer held by another", busy.text("unguarded"));
    // Its clean end disarms it.
    gateway().shell().order("kill " + holder);
    var held = awaitGuarded();
    report("timer free again", "held after " + Seconds.of(Duration.between(from, Instant.now())));
    assertThat(held.caveats())
        .anySatisfy(caveat -> assertThat(caveat).contains("could not be set").contains("47 s"));
    report("time-out that cannot be set", held.caveats().toString());
    awaitStatus("no fault", status -> status.faults().isEmpty());
    nothingIsLost(from);
  }

  @Test
  @Tag(THOROUGH)
  @Order(8)
  void a_timer_that_vanishes_leaves_the_node_forwarding_and_is_taken_when_it_is_back() {
    healthy();
    var kernel = kernel();
    var from = Instant.now();
    driver("unbind");
    var without = awaitStatus("unguarded", status -> status.faults().contains("UNGUARDED"));
    assertThat(without.isGuarded()).isFalse();
    report("timer vanished", without.text("unguarded"));
    driver("bind");
    var back = Instant.now();
    awaitGuarded();
    report("timer there again", "held after " + Seconds.of(Duration.between(back, Instant.now())));
    awaitGuarded();
    staysUp(from, TOO_LONG, kernel);
    nothingIsLost(from);
  }

  /** Has the timer's driver take the device, or give it up. */
  private void driver(String order) {
    gateway()
        .shell()
        .order("device=$(grep -l 0x25ab /sys/bus/pci/devices/*/device) && device=${device%/device}"
            + " && cd /sys/bus/pci/drivers/i6300ESB* && echo ${device##*/} > " + order);
  }

  @Test
  @Tag(THOROUGH)
  @Order(9)
  void a_timer_that_cannot_be_stopped_is_reported_and_outlived_by_a_start_in_time() {
    healthy();
    var timeout = Duration.ofSeconds(60);
    var kernel = kernel();
    gateway().stopKedge();
    gateway()
        .shell()
        .order("sed -i 's/^timeout.seconds = .*/timeout.seconds = "
            + timeout.toSeconds() + "/' /etc/kedge/node.settings"
            + " && rmmod i6300esb && insmod /modules/*-i6300esb.ko nowayout=1");
    gateway().startKedge();
    var held = awaitGuarded();
    assertThat(held.caveats()).anySatisfy(caveat -> assertThat(caveat).contains("nowayout"));
    gateway().stopKedge();
    var from = Instant.now();
    assertThat(gateway().consoleEnd()).contains("goes on: ");
    gateway().startKedge();
    awaitGuarded();
    staysUp(from, timeout.plusSeconds(5), kernel);
    report("nowayout: stop, start", "no reset; told: " + held.caveats());
  }

  // --- power fails ---

  @Test
  @Tag(THOROUGH)
  @Order(10)
  void a_power_cut_is_no_reset_by_the_timer() {
    fresh();
    var kernel = kernel();
    var from = Instant.now();
    gateway().cutPower();
    var boot = gateway().awaitBoot(from);
    gateway().awaitForwarding();
    var after = awaitGuarded();
    report(
        "power cut",
        Optional.empty(),
        Duration.between(from, boot.readyAt()),
        Duration.between(from, Instant.now()),
        gateway().pings().between(from, Instant.now()).again().orElse(Gateway.LIMIT));
    assertThat(boot.id()).isNotEqualTo(kernel);
    assertThat(after.cause()).as(after.evidence()).isEqualTo("power");
    assertThat(resets(from)).isZero();
  }
}
