package org.kedge.watchdog.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Start;
import org.kedge.base.api.Start.Cause;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.CareControl;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Reading;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.sim.schema.MessageCheck;
import org.kedge.watchdog.internal.keeper.FakeTimer;
import org.kedge.watchdog.internal.keeper.Guarding;
import org.kedge.watchdog.internal.keeper.Plan;

/** Starts of Kedge one after another on one flash, in virtual time. */
class WatchdogLoopTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final VirtualLanes time = new VirtualLanes(Uptime.of(Duration.ofSeconds(20)));
  private final SimulatedFlash flash = new SimulatedFlash();
  private final List<String> counted = new ArrayList<>();
  private int runs;
  private String kernel = "kernel-1";
  private Optional<Boolean> hasReset = Optional.of(false);
  private Optional<String> underWay = Optional.empty();
  private Optional<String> doing = Optional.empty();
  private boolean hasCare = true;
  private Run run = new Run();

  /** One run of Kedge. */
  private final class Run {
    final List<Lane> lanes = new ArrayList<>();
    final List<String> turns = new ArrayList<>();
    final FakeTimer timer = new FakeTimer(time);
    final Guarding guarding;
    final WatchdogLoop loop;
    Optional<Start> start = Optional.empty();
    Optional<Uptime> turnAt = Optional.empty();

    Run() {
      runs++;
      var keeper = open("keeper");
      guarding = new Guarding(time::readings, time);
      timer.hasReset = hasReset;
      var watch = new Care(underWay);
      loop = new WatchdogLoop(
          open("watchdog"),
          new WatchdogLoop.World(
              time,
              flash,
              "run-" + runs,
              kernel,
              guarding::guard,
              work -> keeper.after(Duration.ZERO, "order", () -> work.accept(guarding)),
              () -> hasCare ? Optional.of(watch) : Optional.empty(),
              () -> hasCare ? Optional.of(watch) : Optional.empty(),
              (capability, told) -> {
                turns.add(capability);
                start = Optional.of(told);
                turnAt = Optional.of(time.now());
              }));
      loop.start(new Plan(List.of(timer), MINUTE, true, ""));
      var care = open("care");
      care.every(Duration.ofSeconds(1), "look", care::beat);
      keep(keeper);
    }

    private Lane open(String name) {
      var lane = time.open(name, 100);
      lanes.add(lane);
      return lane;
    }

    private void keep(Lane keeper) {
      keeper.after(guarding.step(), "keep", () -> keep(keeper));
    }

    Figures boot() {
      return (Figures) Objects.requireNonNull(loop.figures().values().get("boot"));
    }

    void kill() {
      lanes.forEach(Lane::close);
    }
  }

  private final class Care implements CareWatch, CareControl {
    private final Optional<String> remedy;

    Care(Optional<String> remedy) {
      this.remedy = remedy;
    }

    @Override
    public Optional<CareReport> latest() {
      return Optional.empty();
    }

    @Override
    public CareJournal journal() {
      return new CareJournal(
          7,
          List.of(
              entry(7, Optional.of("reboot-node")), // of an earlier run
              entry(8, remedy)));
    }

    @Override
    public Doing doing() {
      return new Doing(doing, Set.of());
    }

    private CareJournal.Entry entry(long number, Optional<String> what) {
      return new CareJournal.Entry(
          number,
          Instant.EPOCH,
          CareJournal.Topic.BOOT,
          what.map(name -> "BABEL_DEAD"),
          what,
          "Kedge has started again");
    }

    @Override
    public void nudge() {}

    @Override
    public void pause(Duration length, String reason) {}

    @Override
    public void resume(String reason) {}

    @Override
    public void count(Effect effect, String what, String event) {
      counted.add(effect.word() + " " + what + " " + event);
    }
  }

  private void again(Duration after, boolean booted) {
    time.pass(after);
    run.kill();
    kernel = booted ? "kernel-" + (runs + 1) : kernel;
    run = new Run();
    time.pass(Duration.ofSeconds(10));
  }

  @Test
  void the_first_start_is_told_and_whose_turn_it_is_comes_at_once() {
    time.pass(Duration.ofSeconds(1));
    assertThat(run.turns).containsExactly("billing", "telemetry");
    assertThat(run.start.orElseThrow().cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(run.boot().values())
        .containsEntry("cause", "unknown")
        .containsEntry("unsettled_count", 1L)
        .containsEntry("reduced", false);
    assertThat(counted).isEmpty();
  }

  @Test
  void a_reset_by_the_timer_is_told_and_counted_against_the_budget_of_the_node() {
    time.pass(MINUTE);
    hasReset = Optional.of(true);
    again(MINUTE, true);
    assertThat(run.boot().values())
        .containsEntry("cause", "watchdog")
        .containsEntry("watchdog_count", 1L);
    assertThat(counted).containsExactly("node timer run-2");
  }

  @Test
  void a_stop_is_planned_a_cut_of_power_is_power_and_a_remedy_under_way_is_the_remedy() {
    time.pass(MINUTE);
    var noted = new ArrayList<String>();
    run.loop.stop(() -> noted.add("noted"));
    time.pass(MINUTE);
    assertThat(noted).containsExactly("noted");
    again(MINUTE, true);
    assertThat(run.boot().values()).containsEntry("cause", "planned");
    again(MINUTE, true);
    assertThat(run.boot().values()).containsEntry("cause", "power");
    underWay = Optional.of("reboot-node");
    again(MINUTE, true);
    assertThat(run.boot().values())
        .containsEntry("cause", "remedy")
        .containsEntry("evidence", "after 'reboot-node'")
        .containsEntry("power_count", 1L)
        .containsEntry("planned_count", 1L);
    assertThat(counted).isEmpty();
  }

  @Test
  void only_while_care_has_the_node_rebooted_is_a_stop_part_of_a_reboot() {
    time.pass(MINUTE);
    assertThat(run.loop.isRebooting()).isFalse();
    doing = Optional.of("restart-runtime");
    assertThat(run.loop.isRebooting()).isFalse();
    doing = Optional.of("reboot-node");
    assertThat(run.loop.isRebooting()).isTrue();
    hasCare = false;
    assertThat(run.loop.isRebooting()).isFalse();
  }

  @Test
  void a_stuck_care_is_noted_before_the_timer_acts_for_timers_that_tell_nothing() {
    hasReset = Optional.empty();
    run.kill();
    run = new Run();
    time.pass(MINUTE);
    run.lanes.get(2).close();
    time.pass(Duration.ofMinutes(6));
    assertThat(run.guarding.guard().unpetted()).hasValue("there has been no care for 300 s");
    again(MINUTE, true);
    assertThat(run.boot().values()).containsEntry("cause", "watchdog");
  }

  @Test
  void
      from_the_third_start_in_a_row_that_did_not_settle_billing_and_telemetry_come_after_15_minutes() {
    again(MINUTE, true);
    again(MINUTE, true);
    var begun = time.now();
    assertThat(run.turns).isEmpty();
    assertThat(run.boot().values())
        .containsEntry("reduced", true)
        .containsEntry("unsettled_count", 3L);
    time.pass(Duration.ofMinutes(16));
    assertThat(run.turns).containsExactly("billing", "telemetry");
    assertThat(run.turnAt.orElseThrow().since(begun))
        .isBetween(Duration.ofMinutes(14), Duration.ofMinutes(16));
    assertThat(run.start.orElseThrow().isReduced()).isTrue();
    again(MINUTE, true);
    assertThat(run.turns).as("a minute with everything there settles nothing").isEmpty();
    time.pass(Duration.ofMinutes(27));
    assertThat(run.boot().values()).containsEntry("unsettled_count", 0L);
    again(MINUTE, true);
    assertThat(run.turns).containsExactly("billing", "telemetry");
  }

  @Test
  void a_start_that_ran_ten_minutes_has_settled() {
    again(Duration.ofMinutes(11), true);
    again(Duration.ofMinutes(11), true);
    again(Duration.ofMinutes(11), true);
    assertThat(run.boot().values())
        .containsEntry("unsettled_count", 1L)
        .containsEntry("reduced", false);
  }

  @Test
  void without_care_and_with_a_book_that_is_damaged_it_begins_all_the_same_and_says_so()
      throws Exception {
    time.pass(MINUTE);
    flash.write("starts.a", new byte[] {1, 2, 3});
    flash.write("starts.b", new byte[] {1, 2, 3});
    hasCare = false;
    again(MINUTE, true);
    time.pass(MINUTE);
    assertThat(run.turns).containsExactly("billing", "telemetry");
    assertThat((String) run.boot().values().get("evidence"))
        .startsWith("the book of starts is damaged");
    assertThat(run.guarding.guard().held()).isPresent();
  }

  @Test
  void flash_that_cannot_be_written_stops_neither_petting_nor_a_clean_stop() {
    flash.readOnly(true);
    again(MINUTE, false);
    assertThat(run.turns).containsExactly("billing", "telemetry");
    assertThat(run.guarding.guard().held()).isPresent();
    var noted = new ArrayList<String>();
    run.loop.stop(() -> noted.add("noted"));
    time.pass(MINUTE);
    assertThat(noted).containsExactly("noted");
  }

  @Test
  void a_power_cut_at_any_operation_leaves_a_book_that_can_be_read() {
    for (var operation = 1; operation < 12; operation++) {
      for (var damage : SimulatedFlash.Damage.values()) {
        time.pass(MINUTE);
        run.kill();
        flash.cutPowerAt(operation);
        kernel = "kernel-" + (runs + 1);
        run = new Run();
        time.pass(Duration.ofMinutes(27));
        run.kill();
        flash.powerOn(damage, 40);
        kernel = "kernel-" + (runs + 1);
        run = new Run();
        time.pass(Duration.ofSeconds(10));
        assertThat((String) run.boot().values().get("evidence"))
            .as("cut at %s, %s", operation, damage)
            .doesNotContain("damaged");
      }
    }
  }

  @Test
  void a_timer_that_should_be_there_and_is_not_is_the_fault_unguarded() {
    time.pass(MINUTE);
    assertThat(run.loop.readings().get(0)).isInstanceOf(Reading.Well.class);
    run.loop.use(new Plan(List.of(), MINUTE, true, "nothing offers the device 'gpio'"));
    time.pass(MINUTE);
    assertThat(run.loop.readings().get(0))
        .isInstanceOfSatisfying(
            Reading.Wrong.class,
            wrong -> assertThat(wrong.evidence()).isEqualTo("nothing offers the device 'gpio'"));
    assertThat(run.loop.figures().values())
        .containsEntry("guarded", false)
        .containsEntry("device", "none")
        .containsEntry("unguarded", "nothing offers the device 'gpio'");
  }

  @Test
  void what_it_tells_is_as_the_schema_says_in_every_state_and_no_field_is_never_told() {
    var check = MessageCheck.ofThisBuild();
    var told = new ArrayList<Figures>();
    told.add(run.loop.figures());
    time.pass(MINUTE);
    told.add(run.loop.figures());
    run.timer.pretimeout = Optional.of(Duration.ofSeconds(5));
    run.loop.use(new Plan(List.of(run.timer), MINUTE.multipliedBy(2), true, ""));
    run.loop.remedy().carryOut(new RemedyOrder("BABEL_DEAD", "no process"), done -> {});
    time.pass(MINUTE);
    told.add(run.loop.figures());
    run.loop.use(new Plan(List.of(), MINUTE, true, "'device' is set to none"));
    time.pass(MINUTE);
    told.add(run.loop.figures());
    assertThat(told)
        .allSatisfy(figures -> assertThat(check.problems("watchdog", figures)).isEmpty());
    assertThat(check.missing("watchdog", told)).isEmpty();
  }

  @Test
  void the_last_rung_ends_petting_and_without_a_timer_has_nothing_to_offer() {
    time.pass(MINUTE);
    var outcomes = new ArrayList<RemedyOutcome>();
    var remedy = run.loop.remedy();
    assertThat(remedy.effect()).isEqualTo(Effect.NODE);
    remedy.carryOut(new RemedyOrder("BABEL_DEAD", "no process"), outcomes::add);
    time.pass(Duration.ofSeconds(70));
    assertThat(run.guarding.guard().unpetted())
        .hasValue("BABEL_DEAD outlasted its ladder: no process");
    assertThat(outcomes).isEmpty();
    time.pass(MINUTE);
    assertThat(outcomes)
        .containsExactly(new RemedyOutcome.Failed("fake linux did not act within 120 s"));

    run.loop.use(new Plan(List.of(), MINUTE, false, "none"));
    time.pass(MINUTE);
    outcomes.clear();
    run.loop.remedy().carryOut(new RemedyOrder("BABEL_DEAD", "no process"), outcomes::add);
    assertThat(outcomes)
        .containsExactly(new RemedyOutcome.Useless("no timer is held that could act"));
  }
}
