package org.kedge.sim.mesh.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.sim.mesh.console.MadeUp.NOON;
import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.boot;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.event;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.noonPlus;
import static org.kedge.sim.mesh.console.MadeUp.presence;
import static org.kedge.sim.mesh.console.MadeUp.told;
import static org.kedge.sim.mesh.console.MadeUp.topic;
import static org.kedge.sim.mesh.console.MadeUp.up;
import static org.kedge.sim.mesh.console.MadeUp.with;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.console.FleetView.NodeState;

class TimeLineTest {
  private static final String ORDERED = "remedy-ordered";

  private final FleetPlan plan = MadeUp.diamond();
  private final FleetState fleet = new FleetState(plan);

  @Test
  void a_fault_is_a_bar_from_the_event_that_raised_it_to_the_one_that_cleared_it() {
    snapshot(0, 1, 0);
    tell(10, event("n1", 2, 10, NodeEvent.RAISED, "BABEL_DEAD"));
    tell(11, event("n1", 3, 11, ORDERED, "restart-babeld"));
    tell(14, event("n1", 4, 14, "remedy-helped", "restart-babeld"));
    tell(15, event("n1", 5, 15, NodeEvent.CLEARED, "BABEL_DEAD"));
    snapshot(20, 6, 20);
    assertThat(bars(20)).containsExactly("BABEL_DEAD 10-15 cleared");
    assertThat(marks(20)).containsExactly("11 ordered", "14 helped");
  }

  @Test
  void a_fault_that_snapshots_alone_tell_reaches_back_as_long_as_it_says_it_lasted() {
    snapshot(0, 1, 0);
    snapshot(30, 2, 30, babelSilent(Duration.ofSeconds(12)));
    snapshot(35, 3, 35, babelSilent(Duration.ofSeconds(17)));
    assertThat(bars(37)).containsExactly("BABEL_SILENT 18-37 stands");
    snapshot(40, 4, 40);
    assertThat(bars(50)).containsExactly("BABEL_SILENT 18-40 cleared");
    snapshot(45, 5, 45, babelSilent(Duration.ofSeconds(12)));
    assertThat(bars(45)).containsExactly("BABEL_SILENT 18-40 cleared", "BABEL_SILENT 40-45 stands");
  }

  @Test
  void a_fault_whose_end_was_never_told_is_over_at_the_first_snapshot_without_it() {
    snapshot(0, 1, 0);
    tell(10, event("n1", 2, 10, NodeEvent.RAISED, "BABEL_DEAD"));
    for (int second = 15; second <= 40; second += 5) {
      snapshot(second, second / 5, second);
    }
    assertThat(bars(40)).containsExactly("BABEL_DEAD 10-15 cleared");
  }

  @Test
  void a_silence_is_seen_at_once_and_filled_by_the_backlog_that_comes_newest_first() {
    snapshotsEveryTenSeconds(0, 100);
    assertThat(stretches(400)).containsExactly("0-100 live", "100-400 nothing");
    snapshot(405, 44, 405);
    assertThat(stretches(405)).containsExactly("0-100 live", "100-405 nothing");
    // Its outbox, the newest of it first: 110 to 400, with a fault from 200 to 260.
    tell(406, event("n1", 29, 260, NodeEvent.CLEARED, "BABEL_DEAD"));
    tell(406, event("n1", 22, 200, NodeEvent.RAISED, "BABEL_DEAD"));
    for (int second = 400; second > 100; second -= 10) {
      var stands = second > 200 && second <= 260;
      snapshot(
          407,
          1 + second / 10 + (second > 200 ? 1 : 0) + (second > 260 ? 1 : 0),
          second,
          stands ? fault("BABEL_DEAD", second - 200) : json -> {});
    }
    assertThat(stretches(407)).containsExactly("0-100 live", "100-370 afterwards", "370-407 live");
    assertThat(bars(407)).containsExactly("BABEL_DEAD 200-260 cleared");
    var node = fleet.view(noonPlus(407)).node("n1").orElseThrow();
    assertThat(node.report().orElseThrow().receivedAt()).isEqualTo(noonPlus(405));
    assertThat(fleet.view(noonPlus(407)).repeatsCount()).isZero();
  }

  @Test
  void the_order_of_arrival_does_not_matter() {
    var messages = new ArrayList<Runnable>();
    for (int i = 1; i <= 60; i++) {
      var sequence = i;
      messages.add(() -> {
        if (sequence == 21) {
          tell(1_000, event("n1", 21, 210, NodeEvent.RAISED, "BABEL_DEAD"));
        } else if (sequence == 31) {
          tell(1_000, event("n1", 31, 310, NodeEvent.CLEARED, "BABEL_DEAD"));
        } else {
          var stands = sequence > 21 && sequence < 31;
          snapshot(1_000, sequence, sequence * 10, stands ? fault("BABEL_DEAD", 1) : json -> {});
        }
      });
    }
    for (long seed = 0; seed < 50; seed++) {
      var shuffled = new ArrayList<>(messages);
      Collections.shuffle(shuffled, new Random(seed));
      shuffled.addAll(shuffled.subList(0, 20));
      // Heard live once, so that the beginning of the boot is known.
      snapshot(610, 61, 610);
      shuffled.forEach(Runnable::run);
      assertThat(bars(1_000)).as("seed %d", seed).containsExactly("BABEL_DEAD 210-310 cleared");
      assertThat(stretches(611).get(0)).as("seed %d", seed).startsWith("10-");
      assertThat(stretches(611)).as("seed %d", seed).noneMatch(one -> one.endsWith("nothing"));
    }
    assertThat(fleet.view(NOON).repeatsCount()).isEqualTo(50L * 20 + 49 * 61);
  }

  @Test
  void a_repeat_of_an_event_is_dropped_and_its_sequence_is_the_snapshots_too() {
    snapshot(0, 1, 0);
    tell(1, event("n1", 2, 1, ORDERED, "restart-babeld"));
    tell(2, event("n1", 2, 1, ORDERED, "restart-babeld"));
    snapshot(3, 2, 3);
    assertThat(fleet.view(NOON).repeatsCount()).isEqualTo(2);
    assertThat(marks(5)).hasSize(1);
  }

  @Test
  void a_step_of_the_node_s_clock_moves_nothing() {
    snapshot(0, 1, 0);
    snapshot(10, 2, 10, clock("2036-01-01T00:00:00Z"));
    tell(
        12,
        with(
            event("n1", 3, 12, ORDERED, "restart-babeld"),
            json -> json.addProperty("at", "1970-01-01T00:00:12Z")));
    snapshot(20, 4, 20, clock("1999-01-01T00:00:00Z"));
    assertThat(marks(20)).containsExactly("12 ordered");
    assertThat(stretches(20)).containsExactly("0-20 live");
  }

  @Test
  void a_fault_that_a_reboot_ends_is_over_when_the_new_run_says_so_and_the_boot_is_marked() {
    snapshot(0, 41, 0, babelSilent(Duration.ofSeconds(5)));
    hear("snapshot", 60, with(healthy(plan, "n1", 1), newBoot(20)));
    assertThat(bars(60)).containsExactly("BABEL_SILENT -5-60 cleared");
    assertThat(marks(60)).containsExactly("60 boot");
    assertThat(stretches(60)).containsExactly("0-60 live");
  }

  @Test
  void what_a_run_said_that_was_never_heard_while_it_lasted_stands_before_the_run_after_it() {
    // Two reboots during an outage; the run of the middle is known from the backlog alone.
    snapshotsEveryTenSeconds(0, 50);
    hear("state", 400, presence("n1", "next", "online"));
    hear("snapshot", 400, with(healthy(plan, "n1", 1), newBoot(100)));
    hear(
        "snapshot",
        401,
        with(
            with(
                healthy(plan, "n1", 1),
                boot("middle").andThen(clock(noonPlus(200).toString()))),
            json -> json.addProperty("uptime_seconds", 30)));
    assertThat(stretches(401))
        .containsExactly("0-50 live", "50-200 nothing", "200-400 nothing", "400-401 live");
    assertThat(fleet.view(noonPlus(401)).node("n1").orElseThrow().restartsCount())
        .isEqualTo(1);
    assertThat(marks(401)).containsExactly("200 boot", "400 boot");
  }

  @Test
  void a_former_run_that_had_no_clock_stands_at_the_latest_before_the_next() {
    hear("snapshot", 400, with(healthy(plan, "n1", 1), newBoot(100)));
    hear("state", 400, presence("n1", "next", "online"));
    hear(
        "snapshot",
        401,
        with(
            with(healthy(plan, "n1", 1), boot("middle").andThen(json -> json.remove("clock"))),
            json -> json.addProperty("uptime_seconds", 30)));
    assertThat(stretches(401).get(0)).isEqualTo("300-400 nothing");
  }

  @Test
  void a_run_that_says_it_is_online_is_the_newest_whatever_was_heard_of_it_before() {
    snapshot(0, 1, 0);
    hear("state", 0, presence("n1", "1f0c2a7e.3", "online"));
    hear("snapshot", 50, with(healthy(plan, "n1", 1), newBoot(20)));
    hear("state", 50, presence("n1", "next", "online"));
    hear("snapshot", 55, with(healthy(plan, "n1", 2), newBoot(25)));
    var node = fleet.view(noonPlus(55)).node("n1").orElseThrow();
    assertThat(node.report().orElseThrow().receivedAt()).isEqualTo(noonPlus(55));
  }

  @Test
  void a_last_will_makes_the_node_offline_until_it_is_heard_again() {
    snapshot(0, 1, 0, babelSilent(Duration.ofSeconds(5)));
    hear("state", 1, presence("n1", "1f0c2a7e.3", "online"));
    hear("state", 3, presence("n1", "1f0c2a7e.3", "offline"));
    var node = fleet.view(noonPlus(5)).node("n1").orElseThrow();
    assertThat(node.state()).isEqualTo(NodeState.OFFLINE);
    assertThat(node.sentence())
        .isEqualTo("n1 is offline: last heard 5 s ago. What follows may no longer hold.");
    assertThat(node.telemetryTrouble()).hasValue("offline since 12:00:03 UTC");
    assertThat(stretches(5)).containsExactly("0-5 nothing");
    assertThat(bars(5)).containsExactly("BABEL_SILENT -5-0 unheard");
    assertThat(fleet.view(noonPlus(5)).events().get(0).text()).isEqualTo("Says it is offline");
    snapshot(7, 2, 7);
    assertThat(fleet.view(noonPlus(7)).node("n1").orElseThrow().state())
        .isEqualTo(NodeState.HEALTHY);
  }

  @Test
  void the_last_will_of_a_former_run_changes_nothing() {
    snapshot(0, 1, 0);
    hear("snapshot", 50, with(healthy(plan, "n1", 1), newBoot(20)));
    hear("state", 51, presence("n1", "1f0c2a7e.3", "offline"));
    assertThat(fleet.view(noonPlus(51)).node("n1").orElseThrow().state())
        .isEqualTo(NodeState.HEALTHY);
  }

  @Test
  void reduced_comes_with_its_reasons_and_unsent_messages_are_told_while_they_grow() {
    snapshot(0, 1, 0, unsent(0, 0));
    snapshot(1, 8, 1, unsent(6, 1));
    assertThat(trouble(1)).isEmpty();
    snapshot(2, 9, 2, unsent(7, 2));
    assertThat(trouble(2)).isEmpty();
    snapshot(5, 10, 5, unsent(14, 190));
    assertThat(trouble(5))
        .isEqualTo("14 messages wait to be sent, and more each time; the oldest for 3 min 10 s");
    snapshot(10, 11, 10, unsent(9, 20));
    assertThat(trouble(10)).isEmpty();
    hear("state", 11, presence("n1", "1f0c2a7e.3", "reduced", "the flash is full", "no clock"));
    assertThat(trouble(11)).isEqualTo("reduced: the flash is full; no clock");
  }

  @Test
  void lines_of_the_journal_are_marks_too_where_no_event_told_them() {
    var journal = told(7, NOON.plusMillis(-9_100), "ordered", "orders restart-babeld")
        .andThen(told(8, NOON.plusMillis(-4_100), "helped", "helped"))
        .andThen(told(6, NOON.minusSeconds(90_000), "boot", "of a former run"));
    snapshot(0, 1, 0, journal);
    assertThat(marks(0)).containsExactly("-9 ordered", "-4 helped");
    tell(
        1,
        with(
            event("n1", 2, -4, "remedy-helped", "restart-babeld"),
            json -> json.addProperty("journal", 8)));
    assertThat(marks(1)).containsExactly("-9 ordered", "-4 helped");
  }

  @Test
  void what_is_new_of_the_settings_is_told_beside_the_faults() {
    var changed = event("n1", 1, 0, "settings-changed", "");
    changed.addProperty("words", "interval set to 30 s");
    tell(0, changed);
    assertThat(marks(0)).containsExactly("0 settings-changed");
    assertThat(fleet.view(NOON).events().get(0).text()).isEqualTo("interval set to 30 s");
  }

  @Test
  void foreign_and_broken_messages_are_counted_and_told() {
    snapshot(0, 1, 0);
    fleet.hear(
        noonPlus(1), topic("n1", "event"), bytes("{\"schema\":\"weather\",\"event\":\"rain\"}"));
    fleet.hear(noonPlus(1), topic("n1", "event"), bytes("{\"event\":\"boot\"}"));
    fleet.hear(noonPlus(1), topic("n1", "event"), bytes("[]"));
    fleet.hear(noonPlus(1), topic("n1", "state"), bytes("{}"));
    fleet.hear(noonPlus(1), topic("n1", "state"), bytes(""));
    fleet.hear(noonPlus(1), topic("n1", "snapshot"), bytes("{\"schema\":\"kedge-event\"}"));
    fleet.hear(noonPlus(1), topic("n1", "other"), bytes("not ours"));
    var view = fleet.view(noonPlus(1));
    assertThat(view.damagedCount()).isEqualTo(6);
    assertThat(view.damagedFirst().orElseThrow().why())
        .isEqualTo("its schema is 'weather', not kedge-event");
    assertThat(view.node("n1").orElseThrow().state()).isEqualTo(NodeState.HEALTHY);
  }

  @Test
  void quiet_takes_two_words_however_long_and_trouble_is_bounded() {
    for (int i = 1; i <= 2_000; i++) {
      snapshot(5L * i, i, 5L * i);
    }
    assertThat(history().runs().get(0).words()).hasSize(2);
    assertThat(stretches(10_000)).containsExactly("5-10000 live");
    for (int i = 1; i <= 5_000; i++) {
      tell(10_000 + i, event("n1", 2_000 + i, 10_000 + i, ORDERED, "restart-babeld"));
    }
    assertThat(history().runs().get(0).words()).hasSize(NodeHistory.WORDS_LIMIT);
    for (int i = 1; i <= 100; i++) {
      hear("snapshot", 20_000 + i, with(healthy(plan, "n1", 1), boot("boot " + i)));
    }
    assertThat(history().runs()).hasSize(NodeHistory.RUNS_LIMIT);
  }

  @Test
  void what_is_older_than_a_day_goes_but_not_what_still_stands() {
    snapshot(0, 1, 0);
    tell(10, event("n1", 2, 10, NodeEvent.RAISED, "UPLINK_OUT"));
    IntStream.rangeClosed(1, 30 * 60)
        .forEach(minute -> snapshot(
            minute * 60L, minute + 2, minute * 60L, fault("UPLINK_OUT", minute * 60L - 10)));
    assertThat(bars(30 * 3_600)).containsExactly("UPLINK_OUT 10-108000 stands");
  }

  @Test
  void numbers_are_known_in_any_order_and_within_bounds() {
    var numbers = new Numbers();
    var all = new ArrayList<>(IntStream.range(0, 3_000).boxed().toList());
    Collections.shuffle(all, new Random(4));
    assertThat(all.subList(0, 600)).allMatch(numbers::add);
    assertThat(all.subList(0, 600)).noneMatch(numbers::add);
    var gaps = new Numbers();
    for (long number = 0; number < 10_000; number += 2) {
      gaps.add(number);
    }
    assertThat(gaps.stretchesCount()).isEqualTo(Numbers.STRETCHES_LIMIT);
    assertThat(gaps.add(9_998)).isFalse();
    assertThat(gaps.add(9_999)).isTrue();
  }

  private void snapshotsEveryTenSeconds(int from, int to) {
    for (int second = from; second <= to; second += 10) {
      snapshot(second, 1 + second / 10, second);
    }
  }

  private void snapshot(long heardAt, long sequence, long madeAt) {
    snapshot(heardAt, sequence, madeAt, json -> {});
  }

  private void snapshot(long heardAt, long sequence, long madeAt, Consumer<JsonObject> change) {
    hear("snapshot", heardAt, with(healthy(plan, "n1", sequence), up(madeAt).andThen(change)));
  }

  private void tell(long heardAt, JsonObject event) {
    hear("event", heardAt, event);
  }

  private void hear(String subject, long heardAt, JsonObject message) {
    fleet.hear(noonPlus(heardAt), topic("n1", subject), bytes(message));
  }

  private static Consumer<JsonObject> clock(String at) {
    return json -> json.addProperty("at", at);
  }

  private static Consumer<JsonObject> newBoot(double uptimeSeconds) {
    return boot("next").andThen(json -> {
      json.addProperty("uptime_seconds", uptimeSeconds);
      json.addProperty("runtime_uptime_seconds", uptimeSeconds);
      json.remove("at");
    });
  }

  private static Consumer<JsonObject> unsent(long count, double oldestSeconds) {
    return json -> {
      var telemetry = new JsonObject();
      telemetry.addProperty("unsent_count", count);
      telemetry.addProperty("oldest_unsent_seconds", oldestSeconds);
      json.add("telemetry", telemetry);
    };
  }

  private static Consumer<JsonObject> fault(String kind, double lastingSeconds) {
    return json -> {
      var fault = new JsonObject();
      fault.addProperty("kind", kind);
      fault.addProperty("lasting_seconds", lastingSeconds);
      json.getAsJsonArray("faults").add(fault);
    };
  }

  private String trouble(long second) {
    return fleet
        .view(noonPlus(second))
        .node("n1")
        .orElseThrow()
        .telemetryTrouble()
        .orElse("");
  }

  private TimeLine line(long second) {
    return fleet.view(noonPlus(second)).node("n1").orElseThrow().timeLine();
  }

  private History history() {
    return fleet.history("n1").orElseThrow();
  }

  private List<String> bars(long second) {
    return line(second).bars().stream()
        .map(bar -> bar.kind() + " " + after(bar.from()) + "-" + after(bar.until()) + " "
            + bar.end().word())
        .toList();
  }

  private List<String> marks(long second) {
    return line(second).marks().stream()
        .map(mark -> after(mark.at()) + " " + mark.kind())
        .toList();
  }

  private List<String> stretches(long second) {
    return line(second).stretches().stream()
        .map(one ->
            after(one.from()) + "-" + after(one.until()) + " " + one.told().word())
        .toList();
  }

  private static long after(Instant at) {
    return Math.round(Duration.between(NOON, at).toMillis() / 1_000.0);
  }
}
