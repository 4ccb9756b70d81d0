package org.kedge.care.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.care.internal.core.RecoveryRig.kind;
import static org.kedge.care.internal.core.RecoveryRig.shown;
import static org.kedge.care.internal.core.RecoveryRig.stands;
import static org.kedge.care.internal.core.RecoveryRig.well;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.internal.core.Ladder.Budget;
import org.kedge.care.internal.core.Ladder.Limit;
import org.kedge.care.internal.core.Ladder.Rule;
import org.kedge.care.internal.core.Ladder.Rung;
import org.kedge.care.internal.core.RecoveryMemory.Climb;
import org.kedge.care.internal.core.RecoveryMemory.Order;
import org.kedge.care.internal.core.RecoveryMemory.Spent;
import org.kedge.care.internal.core.RecoveryRig.How;
import org.kedge.care.internal.core.RecoveryRig.Shown;

class RecoveryTest {
  private static final FaultKind DEAD = kind("DEAD");
  private static final FaultKind ALSO = kind("ALSO");
  private static final FaultKind LOST = kind("LOST", Layer.BABEL, true);

  /** Every effect once, for faults of every sort. */
  private static final String LADDER = """
      fault DEAD blamed ours lasting 10 s
        rung soothe   tries 2             settle 5 s
        rung restart  tries 2             settle 20 s
        rung reboot   tries 1 per 12 h    settle 300 s
        then rest look again every 30 min
      fault ALSO blamed ours lasting 0 s
        rung restart  tries 1             settle 20 s
        then rest look again every 30 min
      fault LOST blamed ours lasting 0 s
        rung restart  tries 2             settle 20 s
        then rest look again every 10 min
      budget traffic 6 per 24 h
      budget node 1 per 30 min, 4 per 24 h
      """;

  private final RecoveryRig rig = new RecoveryRig(LADDER);

  // --- what is ordered ---

  @Test
  void a_fault_without_rungs_is_told_and_left_to_people() {
    assertThat(rig.look(stands(kind("STRANGE")))).isEmpty();
    assertThat(rig.pass(3600).look(stands(kind("STRANGE")))).isEmpty();
    assertThat(rig.topics()).containsExactly(Topic.BOOT, Topic.FOUND);
    assertThat(rig.recovery.memory().climbs()).isEmpty();
  }

  @Test
  void the_first_rung_waits_until_the_fault_has_lasted() {
    assertThat(rig.look(stands(DEAD))).isEmpty();
    assertThat(rig.pass(Duration.ofMillis(9_999)).look(stands(DEAD))).isEmpty();
    assertThat(rig.pass(Duration.ofMillis(1)).look(stands(DEAD)))
        .contains(new Order(
            "soothe",
            Effect.NONE,
            "soothed it",
            "DEAD",
            0,
            3,
            1,
            2,
            Duration.ofSeconds(110),
            Duration.ofSeconds(5),
            Optional.empty()));
    assertThat(rig.words(Topic.ORDERED))
        .containsExactly("soothe, rung 1 of 3, for DEAD, try 1 of 2");
  }

  @Test
  void the_mildest_goes_first_whichever_fault_it_is_for() {
    rig.look(stands(DEAD));
    rig.pass(10);
    assertThat(rig.ordered(stands(ALSO), stands(DEAD))).isEqualTo("soothe");
  }

  @Test
  void among_equals_the_cause_goes_first_and_then_the_alphabet() {
    rig.ladder = RecoveryRig.ladder("""
        fault B blamed ours lasting 0 s
          rung soothe tries 1 settle 5 s
          then rest look again every 30 min
        fault A blamed ours lasting 0 s
          rung soothe tries 1 settle 5 s
          then rest look again every 30 min
        fault C blamed ours lasting 0 s
          rung soothe tries 1 settle 5 s
          then rest look again every 30 min
        """);
    var all = new Shown[] {
      stands(kind("B", Layer.EXIT, false)),
      stands(kind("A", Layer.EXIT, false)),
      stands(kind("C", Layer.LINK, false))
    };
    var order = new ArrayList<String>();
    for (var turn = 0; turn < 3; turn++) {
      order.add(rig.look(all).orElseThrow().fault());
      rig.done();
      rig.pass(5);
    }
    assertThat(order).containsExactly("C", "A", "B");
  }

  @Test
  void at_most_one_is_under_way_on_the_node() {
    assertThat(rig.ordered(stands(ALSO), stands(LOST))).isEqualTo("restart");
    assertThat(rig.pass(3600).look(stands(ALSO), stands(LOST))).as("it acts").isEmpty();
    rig.done();
    assertThat(rig.pass(19).look(stands(ALSO), stands(LOST))).as("it settles").isEmpty();
    assertThat(rig.pass(1).look(stands(ALSO), stands(LOST)))
        .hasValueSatisfying(next -> assertThat(next.fault()).isEqualTo("LOST"));
  }

  @Test
  void each_rung_has_its_tries_and_then_the_next_has_its_turn() {
    rig.look(stands(DEAD));
    rig.pass(10);
    var climbed = new ArrayList<String>();
    for (var turn = 0; turn < 5; turn++) {
      climbed.add(rig.tryInVain(DEAD));
    }
    assertThat(climbed).containsExactly("soothe", "soothe", "restart", "restart", "reboot");
    assertThat(rig.words(Topic.ORDERED))
        .containsExactly(
            "soothe, rung 1 of 3, for DEAD, try 1 of 2",
            "soothe, rung 1 of 3, for DEAD, try 2 of 2",
            "restart, rung 2 of 3, for DEAD, try 1 of 2",
            "restart, rung 2 of 3, for DEAD, try 2 of 2",
            "reboot, rung 3 of 3, for DEAD");
    assertThat(rig.words(Topic.NOT_HELPED))
        .hasSize(4)
        .first()
        .isEqualTo("soothed it, rung 1 of 3, for DEAD; did not help within 5 s");
  }

  @Test
  void a_remedy_that_is_not_there_is_passed_over() {
    rig.known.remove("soothe");
    rig.look(stands(DEAD));
    assertThat(rig.pass(10).ordered(stands(DEAD))).isEqualTo("restart");
  }

  @Test
  void what_is_explained_by_another_fault_is_not_acted_on() {
    assertThat(rig.look(shown(ALSO, How.SILENCED))).isEmpty();
    assertThat(rig.pass(3600).look(shown(ALSO, How.SILENCED))).isEmpty();
  }

  @Test
  void a_fault_that_is_reported_but_not_seen_any_more_is_not_acted_on() {
    rig.look(stands(DEAD));
    assertThat(rig.pass(3600).look(shown(DEAD, How.REPORTED_UNSEEN))).isEmpty();
    assertThat(rig.pass(3600).look(shown(DEAD, How.CALMS))).isEmpty();
    assertThat(rig.pass(1).look(shown(DEAD, How.UNSEEN))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Blame.class,
      names = {"EXIT", "UPSTREAM", "UNKNOWN"})
  void a_fault_that_is_not_ours_never_leads_to_a_disturbance_even_where_a_ladder_says_so(
      Blame blame) {
    rig.ladder = ladder(blame, rung("soothe"), rung("nudge"), rung("restart"), rung("reboot"));
    var shown = new Shown(ALSO, blame, How.STANDS);
    assertThat(rig.ordered(shown)).isEqualTo("soothe");
    rig.done();
    assertThat(rig.pass(60).look(shown)).isEmpty();
    assertThat(rig.pass(72 * 3600).look(shown)).isEmpty();
    assertThat(rig.words(Topic.HELD))
        .containsExactly(
            "'nudge', rung 2 of 4, for ALSO waits: it would disturb, and the fault is not this node's");
  }

  @Test
  void a_fault_of_our_own_hardware_may_disturb() {
    rig.ladder = ladder(Blame.OURS_HARDWARE, rung("restart"));
    assertThat(rig.ordered(new Shown(ALSO, Blame.OURS_HARDWARE, How.STANDS))).isEqualTo("restart");
  }

  @Test
  void without_a_memory_nothing_takes_the_node_away_and_the_rest_goes_on() {
    rig.ladder = ladder(Blame.OURS, rung("restart"), rung("reboot"));
    rig.durable = false;
    assertThat(rig.tryInVain(ALSO)).isEqualTo("restart");
    assertThat(rig.pass(3600).look(stands(ALSO))).isEmpty();
    assertThat(rig.recovery.held().get("ALSO")).contains("cannot be written to flash");
    rig.durable = true;
    assertThat(rig.pass(1).ordered(stands(ALSO))).isEqualTo("reboot");
    assertThat(rig.recovery.held()).isEmpty();
  }

  // --- how often ---

  @Test
  void a_rung_with_a_window_is_passed_over_on_later_climbs_until_its_window_is_over() {
    rig.ladder = ladder(Blame.OURS, perHour("nudge"), rung("restart"));
    assertThat(rig.ordered(stands(ALSO))).isEqualTo("nudge");
    var began = rig.now();
    rig.done();
    rig.pass(1).look(well(ALSO));
    assertThat(rig.recovery.memory().climbs()).isEmpty();
    assertThat(rig.pass(60).ordered(stands(ALSO))).isEqualTo("restart");
    rig.done();
    rig.pass(1).look(well(ALSO));
    rig.pass(Duration.ofHours(1).minus(rig.now().since(began))).look(well(ALSO));
    assertThat(rig.ordered(stands(ALSO))).as("the window includes its end").isEqualTo("restart");
    rig.done();
    rig.pass(1).look(well(ALSO));
    rig.pass(600).look(well(ALSO));
    assertThat(rig.ordered(stands(ALSO))).isEqualTo("nudge");
  }

  @Test
  void a_window_of_one_fault_does_not_hold_back_another() {
    rig.ladder = new Ladder(
        "test",
        List.of(
            new Rule("ALSO", Blame.OURS, Duration.ZERO, List.of(perHour("nudge")), hours(1), 1),
            new Rule("LOST", Blame.OURS, Duration.ZERO, List.of(perHour("nudge")), hours(1), 2)),
        List.of());
    assertThat(rig.look(stands(ALSO))).isPresent();
    rig.done();
    assertThat(rig.pass(60).look(well(ALSO), stands(LOST))).isPresent();
  }

  @Test
  void a_budget_holds_whatever_the_fault_and_what_waits_is_told_once() {
    rig.ladder = RecoveryRig.ladder(LADDER.replace("traffic 6 per 24 h", "traffic 2 per 1 h"));
    assertThat(rig.tryInVain(ALSO)).isEqualTo("restart");
    assertThat(rig.look(stands(ALSO), stands(LOST)).orElseThrow().fault()).isEqualTo("LOST");
    rig.done();
    rig.pass(20);
    var silent = kind("LOST", Layer.BABEL, false);
    for (var minute = 0; minute < 50; minute++) {
      assertThat(rig.pass(60).look(stands(silent))).isEmpty();
    }
    assertThat(rig.words(Topic.HELD))
        .containsExactly(
            "'restart', rung 1 of 1, for LOST waits: the budget of effect traffic, 2 per 1 h, is spent");
    assertThat(rig.recovery.held())
        .containsOnly(Map.entry("LOST", "the budget of effect traffic, 2 per 1 h, is spent"));
    assertThat(rig.pass(600).ordered(stands(silent))).isEqualTo("restart");
    assertThat(rig.recovery.held()).isEmpty();
  }

  @Test
  void every_limit_of_a_budget_holds_up_to_the_end_of_its_window() {
    rig.ladder = ladder(
        Blame.OURS,
        List.of(new Limit(1, Duration.ofMinutes(30)), new Limit(2, hours(24))),
        new Rung("reboot", 9, Optional.empty(), Duration.ofSeconds(1), 3));
    assertThat(rig.tryInVain(ALSO)).isEqualTo("reboot");
    assertThat(rig.pass(1799).look(stands(ALSO)))
        .as("30 min to the millisecond")
        .isEmpty();
    assertThat(rig.pass(Duration.ofMillis(1)).ordered(stands(ALSO))).isEqualTo("reboot");
    rig.done();
    assertThat(rig.pass(hours(22)).look(stands(ALSO))).isEmpty();
    assertThat(rig.words(Topic.HELD)).last().asString().contains("2 per 24 h");
    assertThat(rig.pass(hours(2)).ordered(stands(ALSO))).isEqualTo("reboot");
  }

  @Test
  void a_budget_holds_over_restarts_and_reboots_and_the_clock_on_the_wall_does_not_matter() {
    rig.ladder = ladder(
        Blame.OURS,
        List.of(new Limit(1, hours(1))),
        new Rung("reboot", 9, Optional.empty(), Duration.ofSeconds(1), 3));
    assertThat(rig.look(stands(ALSO))).isPresent();
    rig.reboot(rig.recovery.text(rig.now()), Duration.ofSeconds(40));
    rig.wall = Instant.parse("2036-11-22T12:00:00Z");
    assertThat(rig.look(stands(ALSO))).isEmpty();
    assertThat(rig.pass(Duration.ofMinutes(30)).look(stands(ALSO))).isEmpty();
    rig.restart(Duration.ofMinutes(5));
    rig.wall = Instant.parse("1970-01-01T00:00:00Z");
    assertThat(rig.look(stands(ALSO))).isEmpty();
    assertThat(rig.pass(Duration.ofMinutes(24).plusSeconds(20)).look(stands(ALSO)))
        .as("all in all 60 min, the seconds of the last boot's uptime among them")
        .isEmpty();
    assertThat(rig.pass(Duration.ofMillis(1)).look(stands(ALSO))).isPresent();
  }

  @Test
  void the_age_never_runs_faster_than_true_time_and_stands_still_without_power() {
    assertThat(rig.recovery.memory().age()).isEqualTo(Duration.ofSeconds(100));
    var text = rig.recovery.text(rig.pass(50).now());
    rig.pass(Duration.ofDays(1));
    rig.reboot(text, Duration.ofSeconds(10));
    assertThat(rig.recovery.memory().age()).isEqualTo(Duration.ofSeconds(160));
    assertThat(rig.recovery.memory().boots()).isEqualTo(2);
    rig.restart(Duration.ofSeconds(7));
    assertThat(rig.recovery.memory().age()).isEqualTo(Duration.ofSeconds(167));
    assertThat(rig.recovery.memory().boots()).isEqualTo(2);
    assertThat(rig.recovery.memory().uptime()).isEqualTo(Duration.ofSeconds(17));
  }

  @Test
  void what_disturbed_is_remembered_for_a_ladder_with_longer_windows() {
    var monthly = ladder(Blame.OURS, List.of(new Limit(1, Duration.ofDays(30))), rung("reboot"));
    rig.ladder = monthly;
    assertThat(rig.tryInVain(ALSO)).isEqualTo("reboot");
    rig.pass(Duration.ofDays(20)).look(well(ALSO));
    rig.restart(Duration.ofMinutes(1));
    rig.ladder = RecoveryRig.ladder(LADDER);
    rig.look(well(ALSO));
    rig.ladder = monthly;
    assertThat(rig.look(stands(ALSO))).isEmpty();
    assertThat(rig.pass(Duration.ofDays(10).plusSeconds(1)).ordered(stands(ALSO)))
        .isEqualTo("reboot");
  }

  @Test
  void on_another_ladder_a_climb_begins_at_the_mildest_again_and_on_the_same_it_goes_on() {
    rig.ladder = ladderOf("restart", "reboot");
    assertThat(rig.tryInVain(ALSO)).isEqualTo("restart");
    rig.restart(Duration.ofSeconds(10));
    rig.ladder = ladderOf("soothe", "reboot");
    assertThat(rig.tryInVain(ALSO)).as("rung 2 is not the second of this one").isEqualTo("soothe");
    rig.restart(Duration.ofSeconds(10));
    assertThat(rig.ordered(stands(ALSO))).as("over a restart it goes on").isEqualTo("reboot");
  }

  private static Ladder ladderOf(String mild, String harsh) {
    return RecoveryRig.ladder("""
        fault ALSO blamed ours lasting 0 s
          rung %s tries 1 settle 10 s
          rung %s tries 1 settle 10 s
          then rest look again every 30 min
        budget traffic 9 per 1 h
        budget node 9 per 1 h
        """.formatted(mild, harsh));
  }

  @Test
  void what_was_spent_is_remembered_while_it_counts_and_no_longer() {
    rig.ladder = RecoveryRig.ladder("""
        fault ALSO blamed ours lasting 0 s
          rung soothe tries 100 per 10 s settle 1 s
          rung nudge  tries 100          settle 1 s
          then rest look again every 1 min
        budget none 100 per 1 min
        """);
    for (var turn = 0; turn < 90; turn++) {
      rig.tryInVain(ALSO);
    }
    assertThat(rig.recovery.memory().spent())
        .as("one a second, for a minute and its end")
        .hasSize(61);
    var changes = rig.recovery.changes();
    rig.pass(120).look(well(ALSO));
    assertThat(rig.recovery.memory().spent()).isEmpty();
    assertThat(rig.recovery.changes()).isGreaterThan(changes);
  }

  @Test
  void a_ladder_that_disturbs_without_end_fills_no_memory() {
    rig.ladder = ladder(
        Blame.OURS,
        List.of(new Limit(100, Duration.ofSeconds(1))),
        new Rung("restart", 100, Optional.empty(), Duration.ofSeconds(1), 3));
    for (var turn = 0; turn < 400; turn++) {
      if (rig.tryInVain(ALSO).isEmpty()) {
        rig.pass(3600);
      }
    }
    assertThat(rig.recovery.memory().spent()).hasSizeBetween(100, 101);
    assertThat(rig.recovery.memory().spent().get(99).at())
        .as("the newest are kept")
        .isGreaterThan(rig.recovery.memory().age().minus(hours(2)));
  }

  // --- did it help? ---

  @Test
  void the_look_that_finds_the_fault_gone_ends_the_settling_early() {
    rig.look(stands(ALSO));
    rig.pass(2);
    rig.done();
    rig.pass(1);
    assertThat(rig.look(shown(ALSO, How.CALMS))).isEmpty();
    assertThat(rig.words(Topic.HELPED))
        .containsExactly("restarted it, rung 1 of 1, for ALSO; helped after 3.0 s");
    assertThat(rig.recovery.memory().order()).isEmpty();
    assertThat(rig.words(Topic.DONE))
        .containsExactly("restarted it: exit code 0; looked at for up to 20 s");
  }

  @Test
  void nothing_is_judged_while_it_acts() {
    rig.look(stands(ALSO));
    rig.pass(3600).look(well(ALSO));
    assertThat(rig.recovery.memory().order()).isPresent();
    assertThat(rig.topics()).doesNotContain(Topic.HELPED, Topic.NOT_HELPED);
  }

  @Test
  void a_fault_that_blinks_while_its_remedy_acts_has_failed_once_and_not_twice() {
    assertThat(rig.tryInVain(LOST)).isEqualTo("restart");
    var fast = kind("LOST", Layer.BABEL, false);
    assertThat(rig.ordered(stands(fast))).isEqualTo("restart");
    rig.pass(1).look(shown(fast, How.CALMS));
    rig.pass(1).look(stands(fast));
    rig.done();
    rig.pass(1).look(stands(fast));
    assertThat(climb("LOST").failed()).isEqualTo(1);
    assertThat(rig.topics()).containsOnlyOnce(Topic.NOT_HELPED);
  }

  @ParameterizedTest
  @EnumSource(
      value = How.class,
      names = {"UNSEEN", "REPORTED_UNSEEN"})
  void what_cannot_be_seen_after_a_remedy_has_its_time_twice_and_then_it_did_not_help(How how) {
    rig.look(stands(ALSO));
    rig.done();
    rig.pass(Duration.ofMillis(39_999)).look(shown(ALSO, how));
    assertThat(rig.topics()).doesNotContain(Topic.NOT_HELPED, Topic.HELPED);
    rig.pass(Duration.ofMillis(1)).look(shown(ALSO, how));
    assertThat(rig.words(Topic.NOT_HELPED))
        .containsExactly(
            "restarted it, rung 1 of 1, for ALSO; did not help within 20 s, as far as can be seen");
    assertThat(climb("ALSO").failed()).isEqualTo(1);
  }

  @Test
  void what_is_seen_again_after_its_time_is_judged_at_once() {
    rig.look(stands(ALSO));
    rig.done();
    rig.pass(25).look(shown(ALSO, How.UNSEEN));
    rig.pass(1).look(shown(ALSO, How.SILENCED));
    assertThat(rig.topics()).contains(Topic.NOT_HELPED);
  }

  @Test
  void a_useless_remedy_passes_on_at_once_and_costs_nothing() {
    rig.ladder = RecoveryRig.ladder(LADDER.replace("traffic 6 per 24 h", "traffic 1 per 24 h"));
    rig.look(stands(DEAD));
    rig.pass(10).look(stands(DEAD));
    rig.useless();
    assertThat(rig.recovery.memory().spent()).isEmpty();
    assertThat(rig.ordered(stands(DEAD))).isEqualTo("restart");
    rig.useless();
    assertThat(rig.words(Topic.DONE))
        .containsExactly(
            "soothe has nothing to offer: not here", "restart has nothing to offer: not here");
    assertThat(rig.ordered(stands(DEAD))).as("its budget is not spent").isEqualTo("reboot");
    assertThat(rig.recovery.memory().spent()).extracting(Spent::remedy).containsExactly("reboot");
  }

  @Test
  void a_useless_remedy_gives_back_its_own_try_and_no_other() {
    assertThat(rig.tryInVain(LOST)).isEqualTo("restart");
    var fast = kind("LOST", Layer.BABEL, false);
    assertThat(rig.ordered(stands(fast))).isEqualTo("restart");
    rig.useless();
    assertThat(rig.recovery.memory().spent()).hasSize(1);
  }

  @Test
  void a_useless_remedy_disturbed_nobody_and_so_puts_nothing_on_probation() {
    rig.look(stands(ALSO));
    rig.useless();
    rig.pass(1).look(well(ALSO));
    assertThat(rig.recovery.memory().climbs()).isEmpty();
  }

  @Test
  void a_failed_remedy_counts_and_is_given_its_time_all_the_same() {
    rig.look(stands(ALSO));
    rig.failed();
    assertThat(rig.words(Topic.DONE))
        .containsExactly("restart came to nothing: exit code 1; looked at for up to 20 s");
    assertThat(rig.recovery.memory().spent()).hasSize(1);
    rig.pass(20).look(stands(ALSO));
    assertThat(rig.words(Topic.NOT_HELPED))
        .containsExactly("tried restart, rung 1 of 1, for ALSO; did not help within 20 s");
  }

  @Test
  void an_outcome_that_comes_late_or_for_nothing_changes_nothing() {
    rig.done();
    rig.useless();
    rig.look(stands(ALSO));
    rig.done();
    var before = rig.recovery.memory();
    rig.useless();
    rig.failed();
    assertThat(rig.recovery.memory()).isEqualTo(before);
  }

  @Test
  void only_the_very_order_that_acts_is_acting() {
    var order = rig.look(stands(ALSO)).orElseThrow();
    assertThat(rig.recovery.isActing(order)).isTrue();
    rig.done();
    assertThat(rig.recovery.isActing(order)).as("it settles").isFalse();
    rig.pass(20);
    var next = rig.look(stands(ALSO), stands(LOST)).orElseThrow();
    assertThat(next.remedy()).isEqualTo(order.remedy());
    assertThat(rig.recovery.isActing(order)).as("the same remedy, another time").isFalse();
    assertThat(rig.recovery.isActing(new Order(
            "nudge",
            Effect.NONE,
            "nudged it",
            "LOST",
            0,
            1,
            1,
            1,
            next.at(),
            Duration.ZERO,
            Optional.empty())))
        .as("another remedy, the same time")
        .isFalse();
  }

  // --- rest, probation, blame that fades ---

  @Test
  void after_the_last_rung_comes_rest_and_then_a_new_climb_from_the_bottom() {
    rig.ladder = ladder(Blame.OURS, rung("soothe"), rung("nudge"));
    assertThat(rig.tryInVain(ALSO)).isEqualTo("soothe");
    assertThat(rig.tryInVain(ALSO)).isEqualTo("nudge");
    assertThat(rig.look(stands(ALSO))).isEmpty();
    assertThat(rig.words(Topic.REST))
        .containsExactly(
            "ALSO: all 2 rungs have had their tries and it still stands; Kedge rests and looks again in 1 h."
                + " Ask a person.");
    assertThat(rig.pass(3599).look(stands(ALSO))).isEmpty();
    assertThat(rig.topics()).containsOnlyOnce(Topic.REST);
    assertThat(rig.pass(1).ordered(stands(ALSO))).isEqualTo("soothe");
    assertThat(rig.words(Topic.AGAIN))
        .containsExactly("ALSO still stands after the rest; its ladder is climbed again");
    assertThat(climb("ALSO").anyFailed()).isTrue();
  }

  @Test
  void a_fault_back_soon_after_a_remedy_that_disturbed_was_not_helped_by_it() {
    rig.look(stands(ALSO));
    rig.done();
    rig.pass(1).look(shown(ALSO, How.CALMS));
    rig.pass(299).look(well(ALSO));
    assertThat(climb("ALSO").goneSince()).isPresent();
    assertThat(rig.look(stands(ALSO))).as("its one try has failed").isEmpty();
    assertThat(rig.words(Topic.NOT_HELPED))
        .containsExactly("ALSO is back 5 min after it had gone: what helped did not last");
    assertThat(rig.topics()).endsWith(Topic.NOT_HELPED, Topic.REST);
    assertThat(climb("ALSO").goneSince()).isEmpty();
  }

  @Test
  void after_the_probation_a_fault_begins_anew() {
    rig.look(stands(ALSO));
    rig.done();
    rig.pass(1).look(well(ALSO));
    rig.pass(300).look(well(ALSO));
    assertThat(rig.recovery.memory().climbs()).isEmpty();
    assertThat(rig.ordered(stands(ALSO))).isEqualTo("restart");
  }

  @Test
  void a_fault_back_after_hours_unseen_is_not_blamed_on_what_helped_then() {
    rig.look(stands(LOST));
    rig.done();
    rig.pass(1).look(well(LOST));
    rig.pass(7200).look(shown(LOST, How.UNSEEN));
    rig.look(stands(LOST));
    assertThat(rig.topics()).doesNotContain(Topic.NOT_HELPED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"soothe", "nudge"})
  void a_fault_back_after_a_mild_remedy_begins_anew_at_once(String mild) {
    rig.ladder = ladder(Blame.OURS, rung(mild), rung("reboot"));
    for (var turn = 0; turn < 10; turn++) {
      assertThat(rig.pass(2).ordered(stands(ALSO))).isEqualTo(mild);
      rig.done();
      rig.pass(1).look(shown(ALSO, How.CALMS));
      assertThat(rig.recovery.memory().climbs()).isEmpty();
    }
    assertThat(rig.topics()).doesNotContain(Topic.NOT_HELPED);
  }

  @Test
  void once_one_remedy_failed_a_fading_blame_is_unknown_and_nothing_more_is_tried_ever() {
    var fault = new Fault(LOST, Blame.OURS, rig.now(), "seen");
    assertThat(rig.recovery.blame(fault)).isEqualTo(Blame.OURS);
    assertThat(rig.tryInVain(LOST)).isEqualTo("restart");
    for (var hour = 0; hour < 48; hour++) {
      assertThat(rig.look(stands(LOST))).isEmpty();
      rig.pass(3600);
    }
    assertThat(rig.recovery.blame(fault)).isEqualTo(Blame.UNKNOWN);
    assertThat(rig.words(Topic.NOT_HELPED))
        .containsExactly("restarted it, rung 1 of 1, for LOST; did not help within 20 s;"
            + " whose fault it is is not known now, and nothing more is tried");
    rig.restart(Duration.ofSeconds(5));
    assertThat(rig.look(stands(LOST))).as("nor after a restart").isEmpty();
    rig.pass(1).look(well(LOST));
    rig.pass(300).look(well(LOST));
    assertThat(rig.ordered(stands(LOST)))
        .as("but when it was well in between")
        .isEqualTo("restart");
  }

  @Test
  void a_blame_that_does_not_fade_stays_whatever_failed() {
    assertThat(rig.tryInVain(ALSO)).isEqualTo("restart");
    rig.look(stands(ALSO));
    assertThat(rig.recovery.blame(new Fault(ALSO, Blame.OURS, rig.now(), "seen")))
        .isEqualTo(Blame.OURS);
    assertThat(rig.words(Topic.NOT_HELPED)).singleElement().asString().endsWith("within 20 s");
  }

  @Test
  void a_blame_fades_only_after_a_remedy_failed() {
    rig.look(stands(LOST));
    rig.done();
    assertThat(rig.recovery.blame(new Fault(LOST, Blame.OURS, rig.now(), "seen")))
        .isEqualTo(Blame.OURS);
  }

  @Test
  void not_knowing_never_clears_a_climb() {
    assertThat(rig.tryInVain(LOST)).isEqualTo("restart");
    rig.look(stands(LOST));
    for (var hour = 0; hour < 24; hour++) {
      rig.pass(3600).look(shown(LOST, hour % 2 == 0 ? How.UNSEEN : How.REPORTED_UNSEEN));
    }
    assertThat(climb("LOST").failed()).isEqualTo(1);
  }

  @Test
  void what_nobody_watches_any_more_is_forgotten_a_minute_after_the_start() {
    assertThat(rig.tryInVain(LOST)).isEqualTo("restart");
    rig.look(stands(LOST));
    rig.restart(Duration.ofSeconds(3));
    rig.pass(60).look();
    assertThat(rig.recovery.memory().climbs())
        .as("its capability may still come")
        .hasSize(1);
    assertThat(rig.recovery.memory().faultSince()).containsOnlyKeys("LOST");
    rig.pass(Duration.ofMillis(1)).look();
    assertThat(rig.recovery.memory().climbs()).isEmpty();
    assertThat(rig.recovery.memory().faultSince()).isEmpty();
    assertThat(rig.words(Topic.OVER)).containsExactly("LOST is no longer watched after 83 s");
  }

  // --- the diary ---

  @Test
  void a_fault_is_told_once_with_its_blame_and_its_end_with_its_time() {
    rig.look(new Shown(kind("FAR"), Blame.UPSTREAM, How.STANDS));
    rig.pass(100).look(new Shown(kind("FAR"), Blame.UPSTREAM, How.STANDS));
    rig.pass(100).look(shown(kind("FAR"), How.REPORTED_UNSEEN));
    rig.pass(100).look(shown(kind("FAR"), How.CALMS));
    assertThat(rig.words(Topic.OVER)).as("it may come back").isEmpty();
    rig.pass(3).look(well(kind("FAR")));
    rig.pass(3).look(well(kind("FAR")));
    assertThat(rig.words(Topic.FOUND)).containsExactly("FAR, upstream: seen");
    assertThat(rig.words(Topic.OVER)).containsExactly("FAR is over after 5 min");
  }

  @Test
  void since_when_a_fault_stands_is_remembered_over_restarts() {
    rig.look(stands(DEAD));
    rig.pass(50);
    rig.restart(Duration.ofSeconds(10));
    rig.look(stands(DEAD));
    assertThat(rig.words(Topic.FOUND)).hasSize(1);
    assertThat(rig.recovery.earlier(DEAD, rig.now())).isEqualTo(Duration.ofSeconds(60));
    assertThat(rig.recovery.earlier(DEAD, Uptime.of(Duration.ofSeconds(1))))
        .as("never below none")
        .isZero();
    assertThat(rig.recovery.earlier(ALSO, rig.now())).isZero();
  }

  @Test
  void the_journal_is_bounded_and_numbered_on_over_restarts() {
    for (var turn = 0; turn < 100; turn++) {
      rig.recovery.tellLadder("entry " + turn, rig.now(), rig.wall);
    }
    var count = rig.recovery.memory().journalCount();
    assertThat(count).isEqualTo(101);
    assertThat(rig.recovery.memory().journal()).hasSize(50);
    rig.restart(Duration.ofSeconds(1));
    rig.recovery.tellLadder("x".repeat(1000), rig.now(), rig.wall);
    var journal = rig.recovery.memory().journal();
    assertThat(journal).hasSize(50);
    assertThat(journal.get(49).number()).isEqualTo(103);
    assertThat(journal.get(48).words()).isEqualTo("Kedge has started again");
    assertThat(journal.get(47).words()).isEqualTo("entry 99");
    assertThat(journal.get(49).words()).isEqualTo("x".repeat(300) + "...");
    assertThat(journal.get(49).wallClock()).isEqualTo(rig.wall);
  }

  @Test
  void nothing_new_changes_nothing() {
    rig.look(stands(ALSO));
    rig.done();
    rig.pass(1).look(stands(ALSO));
    var before = rig.recovery.changes();
    for (var second = 0; second < 15; second++) {
      rig.pass(1).look(stands(ALSO));
    }
    assertThat(rig.recovery.changes()).isEqualTo(before);
    rig.pass(20).look(stands(ALSO));
    assertThat(rig.recovery.changes()).isGreaterThan(before);
  }

  @Test
  void what_is_gone_and_what_is_back_and_what_is_forgotten_is_a_change_each() {
    rig.look(stands(ALSO));
    rig.done();
    rig.pass(1).look(shown(ALSO, How.CALMS));
    var gone = rig.recovery.changes();
    rig.pass(1).look(shown(ALSO, How.CALMS));
    assertThat(rig.recovery.changes()).isEqualTo(gone);
    rig.pass(3).look(well(ALSO));
    var over = rig.recovery.changes();
    rig.pass(300).look(well(ALSO));
    assertThat(rig.recovery.changes()).isGreaterThan(over);
  }

  @Test
  void what_another_fault_waits_for_keeps_nobody_on_a_rung() {
    rig.ladder = RecoveryRig.ladder(
        LADDER.replace("tries 2             settle 5 s", "tries 2 settle 400 s"));
    assertThat(rig.tryInVain(ALSO)).isEqualTo("restart");
    rig.look(stands(ALSO), stands(DEAD));
    assertThat(rig.pass(10).ordered(stands(ALSO), stands(DEAD))).isEqualTo("soothe");
    rig.done();
    rig.pass(1).look(well(ALSO), stands(DEAD));
    rig.pass(300).look(well(ALSO), stands(DEAD));
    assertThat(rig.recovery.memory().order()).as("the other settles").isPresent();
    assertThat(rig.recovery.memory().climbs()).extracting(Climb::fault).containsExactly("DEAD");
  }

  @Test
  void a_fault_is_over_while_another_stands() {
    rig.look(stands(ALSO), stands(DEAD));
    rig.pass(7).look(well(ALSO), stands(DEAD));
    assertThat(rig.words(Topic.OVER)).containsExactly("ALSO is over after 7.0 s");
  }

  @Test
  void how_long_a_fault_had_stood_when_it_was_first_seen_counts() {
    rig.look();
    rig.pass(30);
    var old = new Fault(DEAD, Blame.OURS, Uptime.of(Duration.ofSeconds(95)), "seen");
    rig.recovery.look(
        new Recovery.Look(
            new CareReport(rig.now(), List.of(old), List.of(), List.of()),
            Set.of(),
            Set.of("DEAD"),
            Set.of("DEAD")),
        rig.ladder,
        rig.known,
        true,
        rig.now(),
        rig.wall);
    assertThat(rig.recovery.memory().faultSince()).containsEntry("DEAD", Duration.ofSeconds(95));
  }

  @Test
  void what_is_told_between_two_looks_is_told_with_its_own_time() {
    rig.look(stands(ALSO));
    rig.pass(2);
    rig.done();
    assertThat(rig.recovery.memory().order().orElseThrow().settlesUntil())
        .contains(Duration.ofSeconds(122));
    rig.pass(3);
    rig.recovery.tellLadder("taken", rig.now(), rig.wall);
    rig.pass(4);
    rig.recovery.pause(hours(1), "work", rig.now(), rig.wall);
    assertThat(rig.recovery.memory().pause().orElseThrow().until())
        .isEqualTo(Duration.ofSeconds(3709));
    rig.pass(5);
    rig.recovery.resume("done", rig.now(), rig.wall);
    assertThat(rig.recovery.memory().journal())
        .extracting(one -> one.at().toSeconds())
        .containsExactly(100L, 100L, 100L, 102L, 105L, 109L, 114L);
  }

  // --- pausing ---

  @Test
  void a_pause_holds_orders_back_and_ends_by_itself() {
    rig.recovery.pause(hours(2), "work on the roof", rig.now(), rig.wall);
    assertThat(rig.look(stands(ALSO))).isEmpty();
    assertThat(rig.pass(7199).look(stands(ALSO))).isEmpty();
    assertThat(rig.pass(1).look(stands(ALSO))).isPresent();
    assertThat(rig.words(Topic.PAUSE))
        .containsExactly(
            "Remedies are held back for 2 h: work on the roof",
            "Remedies are ordered again: the pause is over");
  }

  @Test
  void a_pause_can_be_ended_and_ending_none_is_nothing() {
    rig.recovery.resume("nothing to end", rig.now(), rig.wall);
    assertThat(rig.words(Topic.PAUSE)).isEmpty();
    rig.recovery.pause(hours(2), "work", rig.now(), rig.wall);
    rig.recovery.resume("done early", rig.now(), rig.wall);
    assertThat(rig.look(stands(ALSO))).isPresent();
    assertThat(rig.words(Topic.PAUSE)).last().isEqualTo("Remedies are ordered again: done early");
  }

  @Test
  void the_pause_that_is_set_runs_once_also_over_restarts_and_another_value_counts_anew() {
    rig.recovery.pauseSetting(0, rig.now(), rig.wall);
    assertThat(rig.words(Topic.PAUSE)).isEmpty();
    rig.recovery.pauseSetting(10, rig.now(), rig.wall);
    rig.pass(300);
    rig.recovery.pauseSetting(10, rig.now(), rig.wall);
    rig.restart(Duration.ofSeconds(60));
    rig.recovery.pauseSetting(10, rig.now(), rig.wall);
    assertThat(rig.pass(239).look(stands(ALSO))).isEmpty();
    assertThat(rig.pass(1).look(stands(ALSO))).as("600 s after it was set").isPresent();
    rig.recovery.pauseSetting(10, rig.now(), rig.wall);
    assertThat(rig.recovery.memory().pause()).isEmpty();
    var changes = rig.recovery.changes();
    rig.recovery.pauseSetting(20, rig.now(), rig.wall);
    assertThat(rig.recovery.memory().pause()).isPresent();
    assertThat(rig.recovery.changes()).isGreaterThan(changes);
    rig.recovery.pauseSetting(0, rig.now(), rig.wall);
    assertThat(rig.recovery.memory().pause()).isEmpty();
    assertThat(rig.recovery.memory().pauseSetting()).isZero();
  }

  @Test
  void a_remedy_under_way_ends_as_it_would_in_a_pause() {
    rig.look(stands(ALSO));
    rig.recovery.pause(hours(1), "work", rig.now(), rig.wall);
    rig.done();
    rig.pass(1).look(shown(ALSO, How.CALMS));
    assertThat(rig.topics()).endsWith(Topic.HELPED);
  }

  // --- starts ---

  @Test
  void an_order_that_a_crash_cut_off_counts_and_is_given_its_time() {
    rig.look(stands(ALSO));
    rig.restart(Duration.ofSeconds(30));
    assertThat(rig.words(Topic.BOOT))
        .last()
        .isEqualTo("Kedge has started again, after 'restart' (rung 1 of 1, for ALSO)");
    assertThat(rig.recovery.memory().spent()).hasSize(1);
    rig.pass(19).look(stands(ALSO));
    assertThat(rig.topics()).doesNotContain(Topic.NOT_HELPED);
    rig.pass(1).look(stands(ALSO));
    assertThat(rig.topics()).contains(Topic.NOT_HELPED);
  }

  @Test
  void a_disturbance_that_a_crash_cut_off_puts_its_fault_on_probation() {
    rig.look(stands(ALSO));
    rig.restart(Duration.ofSeconds(30));
    rig.pass(1).look(well(ALSO));
    assertThat(climb("ALSO").latest()).isEqualTo(Effect.TRAFFIC);
    assertThat(climb("ALSO").goneSince()).isPresent();
  }

  @Test
  void a_reboot_that_was_ordered_and_helped_is_told_as_such() {
    rig.ladder = ladder(Blame.OURS, rung("reboot"));
    rig.look(stands(ALSO));
    rig.reboot(rig.recovery.text(rig.now()), Duration.ofSeconds(30));
    assertThat(rig.words(Topic.BOOT))
        .containsExactly(
            "Kedge runs on this node for the first time, as far as it remembers",
            "The node has booted, boot 2 that Kedge has seen, after 'reboot' (rung 1 of 1, for ALSO)");
    rig.pass(5).look(well(ALSO));
    assertThat(rig.words(Topic.HELPED))
        .containsExactly("rebooted the node, rung 1 of 1, for ALSO; helped after 35 s");
  }

  @Test
  void an_order_that_settled_goes_on_settling_after_a_start() {
    rig.look(stands(ALSO));
    rig.done();
    rig.restart(Duration.ofSeconds(15));
    rig.pass(5).look(stands(ALSO));
    assertThat(rig.topics()).contains(Topic.NOT_HELPED);
  }

  @Test
  void every_start_is_told_and_a_boot_apart_from_a_start_again() {
    rig.restart(Duration.ofSeconds(5));
    assertThat(rig.words(Topic.BOOT)).last().isEqualTo("Kedge has started again");
    rig.reboot(rig.recovery.text(rig.now()), Duration.ofSeconds(30));
    assertThat(rig.words(Topic.BOOT)).last().asString().endsWith("boot 2 that Kedge has seen");
  }

  @Test
  void after_a_loss_the_node_budget_counts_as_spent_and_nothing_milder_does() {
    rig.ladder = RecoveryRig.ladder(LADDER.replace("lasting 10 s", "lasting 0 s"));
    rig.recovery = Recovery.afterLoss("a bad block", rig.ladder, "boot-1", rig.now(), rig.wall);
    assertThat(rig.words(Topic.BOOT))
        .containsExactly("Attempts and budgets of before are lost (a bad block);"
            + " the budget of effect node counts as spent now");
    assertThat(rig.recovery.memory().spent()).hasSize(4);
    for (var mild = 0; mild < 4; mild++) {
      assertThat(rig.tryInVain(DEAD)).isNotEmpty();
    }
    assertThat(rig.look(stands(DEAD))).isEmpty();
    assertThat(rig.recovery.held().get("DEAD")).contains("budget of effect node");
    rig.restart(Duration.ofSeconds(10));
    assertThat(rig.pass(hours(24).minusSeconds(120)).look(stands(DEAD))).isEmpty();
    assertThat(rig.pass(120).ordered(stands(DEAD))).isEqualTo("reboot");
  }

  @Test
  void after_a_loss_a_ladder_without_a_node_budget_still_remembers_one() {
    rig.recovery = Recovery.afterLoss(
        "gone", new Ladder("bare", List.of(), List.of()), "boot-1", rig.now(), rig.wall);
    assertThat(rig.recovery.memory().spent())
        .containsExactly(new Spent(Duration.ofSeconds(100), "-", Effect.NODE, "-"));
  }

  @Test
  void a_text_that_is_none_is_told_apart_from_none_at_all() {
    assertThat(Recovery.resume("kedge-care 2\nage 1", "b", rig.now(), rig.wall)).isEmpty();
    assertThat(Recovery.resume("", "b", rig.now(), rig.wall)).isPresent();
  }

  private Climb climb(String fault) {
    return rig.recovery.memory().climbs().stream()
        .filter(one -> one.fault().equals(fault))
        .findFirst()
        .orElseThrow();
  }

  private static Duration hours(int hours) {
    return Duration.ofHours(hours);
  }

  private static Rung rung(String remedy) {
    return new Rung(remedy, 1, Optional.empty(), Duration.ofSeconds(10), 2);
  }

  private static Rung perHour(String remedy) {
    return new Rung(remedy, 1, Optional.of(hours(1)), Duration.ofSeconds(10), 2);
  }

  /** For ALSO alone, checked by nobody. */
  private static Ladder ladder(Blame blame, Rung... rungs) {
    return ladder(blame, List.of(), rungs);
  }

  private static Ladder ladder(Blame blame, List<Limit> limits, Rung... rungs) {
    return new Ladder(
        "test",
        List.of(new Rule("ALSO", blame, Duration.ZERO, List.of(rungs), hours(1), 1)),
        limits.isEmpty()
            ? List.of()
            : List.of(new Budget(Effect.NODE, limits, 9), new Budget(Effect.TRAFFIC, limits, 9)));
  }
}
