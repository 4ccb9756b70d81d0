package org.kedge.base.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Uptime;

class VirtualLanesTest extends LaneContract {
  private static final Uptime START = Uptime.of(Duration.ofHours(1));

  private final VirtualLanes lanes = new VirtualLanes(START);

  @Override
  Lanes lanes() {
    return lanes;
  }

  @Override
  long nanos() {
    return lanes.now().nanos();
  }

  @Override
  void until(BooleanSupplier condition) {
    assertThat(lanes.passUntil(condition, LONG)).isTrue();
  }

  @Override
  void whileHeld(Lane lane, Runnable meanwhile) {
    meanwhile.run();
  }

  @Test
  void nothing_runs_and_no_time_passes_unless_it_is_let() {
    var ran = new ArrayList<Uptime>();
    var lane = lanes.open("test", 10);
    lane.post("now", () -> ran.add(lanes.now()));
    lane.after(Duration.ofHours(5), "in the afternoon", () -> ran.add(lanes.now()));
    assertThat(ran).isEmpty();

    lanes.pass(Duration.ofHours(5).minusNanos(1));
    assertThat(ran).containsExactly(START);
    assertThat(lanes.now()).isEqualTo(START.plus(Duration.ofHours(5).minusNanos(1)));

    lanes.pass(Duration.ofNanos(1));
    assertThat(ran).containsExactly(START, START.plus(Duration.ofHours(5)));
  }

  @Test
  void an_afternoon_of_periodic_work_takes_a_blink_and_misses_no_beat() {
    var ran = new ArrayList<Uptime>();
    lanes.open("test", 10).every(Duration.ofSeconds(10), "beat", () -> ran.add(lanes.now()));
    lanes.pass(Duration.ofHours(5));
    assertThat(ran).hasSize(5 * 360 + 1);
    assertThat(ran.get(1800)).isEqualTo(START.plus(Duration.ofHours(5)));
  }

  @Test
  void time_stands_where_the_condition_came_true() {
    var lane = lanes.open("test", 10);
    var beats = new ArrayList<Uptime>();
    lane.every(Duration.ofSeconds(1), "beat", () -> beats.add(lanes.now()));
    assertThat(lanes.passUntil(() -> beats.size() == 4, LONG)).isTrue();
    assertThat(lanes.now()).isEqualTo(START.plus(Duration.ofSeconds(3)));
    assertThat(lanes.passUntil(() -> true, LONG)).isTrue();
    assertThat(lanes.now()).isEqualTo(START.plus(Duration.ofSeconds(3)));
  }

  @Test
  void a_condition_that_does_not_come_true_costs_its_limit_and_no_more() {
    var lane = lanes.open("test", 10);
    var beats = new ArrayList<Uptime>();
    lane.every(Duration.ofSeconds(7), "beat", () -> beats.add(lanes.now()));
    assertThat(lanes.passUntil(() -> false, LONG)).isFalse();
    assertThat(lanes.now()).isEqualTo(START.plus(LONG));
    assertThat(beats).hasSize(9);
    assertThat(lanes.passUntil(() -> lanes.now().equals(START.plus(LONG).plus(LONG)), LONG))
        .as("a condition on the clock alone")
        .isTrue();
  }

  @Test
  void what_was_thrown_can_be_looked_at() {
    var lane = (VirtualLanes.VirtualLane) lanes.open("test", 10);
    var thrown = new IllegalStateException("on purpose");
    lane.post("bad", () -> {
      throw thrown;
    });
    lanes.pass(Duration.ZERO);
    assertThat(lane.lastThrown()).isSameAs(thrown);
  }

  @Test
  void the_same_calls_give_the_same_order_always() {
    var once = diary(77);
    assertThat(diary(77)).isEqualTo(once).hasSizeGreaterThan(1000);
    assertThat(diary(78)).isNotEqualTo(once);
  }

  private static List<String> diary(long seed) {
    var random = new Random(seed);
    var lanes = new VirtualLanes(START);
    var diary = new ArrayList<String>();
    var open = List.of(lanes.open("a", 5), lanes.open("b", 5), lanes.open("c", 5));
    for (var lane : open) {
      lane.every(Duration.ofMillis(10), "beat", () -> {
        diary.add(lane.name() + " beat " + lanes.now().nanos());
        var other = open.get(random.nextInt(3));
        for (var number = random.nextInt(4); number > 0; number--) {
          var task = "task " + number;
          var posting = other.post(
              task,
              () -> diary.add(other.name() + " " + task + " " + lanes.now().nanos()));
          diary.add(posting.toString());
        }
        other.after(Duration.ofMillis(random.nextInt(30)), "later", () -> diary.add("later"));
        other.aside("slow", LONG, random::nextInt, answer -> diary.add(answer.toString()));
      });
    }
    lanes.pass(Duration.ofSeconds(2));
    return diary;
  }

  @Test
  void slow_work_takes_the_time_it_says_and_is_late_beyond_its_limit() {
    var lane = lanes.open("test", 10);
    var answers = new ArrayList<String>();
    for (var seconds : List.of(0, 3, 9)) {
      lane.aside(
          "slow",
          Duration.ofSeconds(5),
          () -> {
            lanes.spend(Duration.ofSeconds(seconds));
            return "after " + seconds;
          },
          outcome -> answers.add(lanes.now().since(START).toSeconds() + " s: " + outcome));
    }
    lanes.pass(Duration.ofMinutes(1));
    assertThat(answers)
        .containsExactly(
            "0 s: Done[value=after 0]", "3 s: Done[value=after 3]", "5 s: Late[limit=PT5S]");
  }

  @Test
  void slow_work_that_closes_its_lane_gets_no_answer() {
    var lane = lanes.open("test", 10);
    var answers = new ArrayList<String>();
    lane.aside(
        "slow",
        Duration.ofSeconds(5),
        () -> {
          lane.close();
          return "done";
        },
        outcome -> answers.add(outcome.toString()));
    lanes.pass(Duration.ofMinutes(1));
    assertThat(answers).isEmpty();
  }
}
