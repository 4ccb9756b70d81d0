package org.kedge.base.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lane.Outcome;
import org.kedge.base.api.Lane.Posting;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;

/** What every lane promises, in real time and in virtual time. */
abstract class LaneContract {
  static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(20);

  abstract Lanes lanes();

  /** Nanoseconds on the clock of these lanes. */
  abstract long nanos();

  /** Lets time pass until this is so, and fails if it takes too long. */
  abstract void until(BooleanSupplier condition);

  /** Runs {@code meanwhile} while the lane gets to none of its tasks. */
  abstract void whileHeld(Lane lane, Runnable meanwhile);

  /** Lets the lane do all it has to do now. */
  final void settle(Lane lane) {
    var passed = new AtomicInteger();
    lane.after(Duration.ZERO, "settle", passed::incrementAndGet);
    until(() -> passed.get() == 1);
  }

  @Test
  void work_runs_in_the_order_it_was_posted() {
    var lane = lanes().open("test", 1000);
    var ran = new CopyOnWriteArrayList<Integer>();
    IntStream.range(0, 500)
        .forEach(number ->
            assertThat(lane.post("number", () -> ran.add(number))).isEqualTo(Posting.ACCEPTED));
    until(() -> ran.size() == 500);
    assertThat(ran).isSorted();
  }

  @Test
  void work_that_a_task_posts_runs_after_what_already_waits() {
    var lane = lanes().open("test", 10);
    var ran = new CopyOnWriteArrayList<String>();
    whileHeld(lane, () -> {
      lane.post("first", () -> {
        lane.post("third", () -> ran.add("third"));
        ran.add("first");
      });
      lane.post("second", () -> ran.add("second"));
    });
    until(() -> ran.size() == 3);
    assertThat(ran).containsExactly("first", "second", "third");
  }

  @Test
  void a_full_queue_drops_and_counts_and_takes_work_again_once_there_is_room() {
    var lane = lanes().open("test", 2);
    var ran = new CopyOnWriteArrayList<String>();
    whileHeld(lane, () -> {
      assertThat(lane.post("a", () -> ran.add("a"))).isEqualTo(Posting.ACCEPTED);
      assertThat(lane.post("b", () -> ran.add("b"))).isEqualTo(Posting.ACCEPTED);
      assertThat(lane.post("c", () -> ran.add("c"))).isEqualTo(Posting.FULL);
      assertThat(lane.post("d", () -> ran.add("d"))).isEqualTo(Posting.FULL);
      assertThat(lane.reading())
          .extracting(LaneReading::queued, LaneReading::capacity, LaneReading::refused)
          .containsExactly(2, 2, 2L);
    });
    until(() -> ran.size() == 2);
    assertThat(lane.post("e", () -> ran.add("e"))).isEqualTo(Posting.ACCEPTED);
    until(() -> ran.size() == 3);
    assertThat(ran).containsExactly("a", "b", "e");
    assertThat(lane.reading())
        .extracting(LaneReading::queued, LaneReading::refused)
        .containsExactly(0, 2L);
  }

  @Test
  void a_task_that_throws_is_counted_and_the_lane_lives_on() {
    var lane = lanes().open("test", 10);
    var ran = new AtomicInteger();
    lane.post("bad", () -> {
      throw new IllegalStateException("on purpose");
    });
    lane.after(Duration.ofMillis(1), "bad too", () -> {
      throw new IllegalStateException("on purpose");
    });
    lane.post("good", ran::incrementAndGet);
    until(() -> ran.get() == 1 && lane.reading().thrown() == 2);
  }

  @Test
  void a_timer_runs_once_and_not_before_its_delay() {
    var lane = lanes().open("test", 10);
    var ran = new CopyOnWriteArrayList<Long>();
    var set = nanos();
    lane.after(Duration.ofMillis(40), "later", () -> ran.add(nanos()));
    lane.after(Duration.ofMillis(10), "sooner", () -> ran.add(nanos()));
    until(() -> ran.size() == 2);
    assertThat(ran.get(0) - set).isGreaterThanOrEqualTo(10_000_000);
    assertThat(ran.get(1) - set).isGreaterThanOrEqualTo(40_000_000);
    settle(lane);
    assertThat(ran).hasSize(2);
  }

  @Test
  void timers_do_not_take_room_in_the_queue() {
    var lane = lanes().open("test", 1);
    var ran = new AtomicInteger();
    whileHeld(lane, () -> {
      for (var number = 0; number < 5; number++) {
        lane.after(Duration.ZERO, "timer", ran::incrementAndGet);
      }
      assertThat(lane.post("work", ran::incrementAndGet)).isEqualTo(Posting.ACCEPTED);
    });
    until(() -> ran.get() == 6);
    assertThat(lane.reading().refused()).isZero();
  }

  @Test
  void a_cancelled_timer_never_runs() {
    var lane = lanes().open("test", 10);
    var ran = new AtomicInteger();
    whileHeld(lane, () -> {
      lane.after(Duration.ZERO, "now", ran::incrementAndGet).cancel();
      lane.after(Duration.ofMillis(1), "soon", ran::incrementAndGet).cancel();
      lane.every(Duration.ofMillis(1), "ever", ran::incrementAndGet).cancel();
    });
    var later = new AtomicInteger();
    lane.after(Duration.ofMillis(10), "later", later::incrementAndGet);
    until(() -> later.get() == 1);
    assertThat(ran).hasValue(0);
  }

  @Test
  void periodic_work_runs_at_once_and_again_a_pause_after_each_end() {
    var lane = lanes().open("test", 10);
    var begun = new CopyOnWriteArrayList<Long>();
    var ended = new CopyOnWriteArrayList<Long>();
    var set = nanos();
    var timer = lane.every(PAUSE, "again", () -> {
      begun.add(nanos());
      ended.add(nanos());
    });
    until(() -> ended.size() >= 4);
    timer.cancel();
    assertThat(begun.get(0)).isGreaterThanOrEqualTo(set);
    for (var run = 1; run < 4; run++) {
      assertThat(begun.get(run) - ended.get(run - 1)).isGreaterThanOrEqualTo(PAUSE.toNanos());
    }
  }

  @Test
  void periodic_work_that_throws_runs_again() {
    var lane = lanes().open("test", 10);
    var ran = new AtomicInteger();
    var timer = lane.every(Duration.ofMillis(1), "bad", () -> {
      ran.incrementAndGet();
      throw new IllegalStateException("on purpose");
    });
    until(() -> ran.get() >= 3);
    timer.cancel();
    settle(lane);
    assertThat(lane.reading().thrown()).isEqualTo(ran.get());
  }

  @Test
  void periodic_work_can_end_itself() {
    var lane = lanes().open("test", 10);
    var ran = new AtomicInteger();
    var timers = new ArrayList<Lane.Timer>();
    whileHeld(
        lane,
        () -> timers.add(lane.every(Duration.ofMillis(1), "twice", () -> {
          if (ran.incrementAndGet() == 2) {
            timers.get(0).cancel();
          }
        })));
    until(() -> ran.get() == 2);
    var later = new AtomicInteger();
    lane.after(Duration.ofMillis(20), "later", later::incrementAndGet);
    until(() -> later.get() == 1);
    assertThat(ran).hasValue(2);
  }

  @Test
  void slow_work_that_ends_is_answered_with_its_value() {
    var lane = lanes().open("test", 10);
    var answers = new CopyOnWriteArrayList<Outcome<String>>();
    lane.aside("slow", LONG, () -> "done", answers::add);
    until(() -> !answers.isEmpty());
    settle(lane);
    assertThat(answers).containsExactly(new Outcome.Done<>("done"));
  }

  @Test
  void slow_work_that_throws_is_answered_with_the_cause_and_counts_as_no_fault_of_the_lane() {
    var lane = lanes().open("test", 10);
    var answers = new CopyOnWriteArrayList<Outcome<String>>();
    var cause = new IOException("on purpose");
    lane.<String>aside(
        "slow",
        LONG,
        () -> {
          throw cause;
        },
        answers::add);
    until(() -> !answers.isEmpty());
    assertThat(answers).containsExactly(new Outcome.Failed<>(cause));
    assertThat(lane.reading().thrown()).isZero();
  }

  @Test
  void an_answer_waits_even_where_the_queue_is_full() {
    var lane = lanes().open("test", 1);
    var answers = new CopyOnWriteArrayList<Outcome<String>>();
    whileHeld(lane, () -> {
      lane.aside("slow", LONG, () -> "done", answers::add);
      assertThat(lane.post("fills", () -> {})).isEqualTo(Posting.ACCEPTED);
      assertThat(lane.post("too much", () -> {})).isEqualTo(Posting.FULL);
    });
    until(() -> !answers.isEmpty());
  }

  @Test
  void an_answer_that_throws_is_counted() {
    var lane = lanes().open("test", 10);
    lane.aside("slow", LONG, () -> "done", answer -> {
      throw new IllegalStateException("on purpose");
    });
    until(() -> lane.reading().thrown() == 1);
  }

  @Test
  void a_closed_lane_drops_what_waits_and_answers_closed_even_if_its_queue_was_full() {
    var lane = lanes().open("test", 2);
    var other = lanes().open("other", 2);
    var ran = new AtomicInteger();
    whileHeld(lane, () -> {
      lane.post("a", ran::incrementAndGet);
      lane.post("b", ran::incrementAndGet);
      lane.after(Duration.ZERO, "timer", ran::incrementAndGet);
      lane.every(Duration.ofMillis(1), "ever", ran::incrementAndGet);
      lane.close();
      assertThat(lane.post("c", ran::incrementAndGet)).isEqualTo(Posting.CLOSED);
    });
    lane.after(Duration.ZERO, "timer", ran::incrementAndGet).cancel();
    lane.every(Duration.ofMillis(1), "ever", ran::incrementAndGet).cancel();
    lane.aside("slow", LONG, () -> "done", answer -> ran.incrementAndGet());
    lane.close();

    var later = new AtomicInteger();
    other.after(Duration.ofMillis(10), "later", later::incrementAndGet);
    until(() -> later.get() == 1);
    assertThat(ran).hasValue(0);
    assertThat(lane.reading())
        .extracting(LaneReading::queued, LaneReading::refused)
        .containsExactly(0, 0L);
  }

  @Test
  void a_task_can_close_its_own_lane() {
    var lane = lanes().open("test", 10);
    var other = lanes().open("other", 10);
    var ran = new CopyOnWriteArrayList<String>();
    whileHeld(lane, () -> {
      lane.post("last", () -> {
        lane.close();
        ran.add("last");
      });
      lane.post("after it", () -> ran.add("after it"));
    });
    until(() -> !ran.isEmpty());
    settle(other);
    assertThat(ran).containsExactly("last");
  }

  @Test
  void open_lanes_are_read_in_the_order_of_opening() {
    var lanes = lanes();
    lanes.open("zebra", 1);
    var closed = lanes.open("closed", 1);
    lanes.open("ant", 3);
    closed.close();
    assertThat(lanes.readings())
        .isEqualTo(List.of(
            new LaneReading("zebra", 0, 1, 0, 0, Duration.ZERO, ""),
            new LaneReading("ant", 0, 3, 0, 0, Duration.ZERO, "")));
  }

  @Test
  void a_lane_without_room_for_one_task_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lanes().open("test", 0))
        .withMessageContaining("'test' asked for 0");
  }
}
