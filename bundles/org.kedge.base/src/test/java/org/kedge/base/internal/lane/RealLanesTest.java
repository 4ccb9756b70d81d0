package org.kedge.base.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lane.Outcome;
import org.kedge.base.api.Lane.Posting;
import org.kedge.base.api.Lanes;

@Timeout(120)
class RealLanesTest extends LaneContract {
  private final RealLanes lanes = new RealLanes();
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void close() {
    end.countDown();
    lanes.close();
  }

  @Override
  Lanes lanes() {
    return lanes;
  }

  @Override
  long nanos() {
    return System.nanoTime();
  }

  @Override
  void until(BooleanSupplier condition) {
    await().pollInterval(Duration.ofMillis(2)).atMost(LONG).until(condition::getAsBoolean);
  }

  @Override
  void whileHeld(Lane lane, Runnable meanwhile) {
    var held = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    lane.post("hold", () -> {
      held.countDown();
      waitFor(release);
    });
    waitFor(held);
    try {
      meanwhile.run();
    } finally {
      release.countDown();
    }
  }

  @Test
  void posts_from_many_threads_change_the_state_of_a_lane_without_locks() throws Exception {
    var lane = lanes.open("test", 100_000);
    var state = new int[1];
    var threads = new ArrayList<Thread>();
    for (var number = 0; number < 8; number++) {
      var thread = new Thread(() -> {
        for (var post = 0; post < 1000; post++) {
          lane.post("count", () -> state[0]++);
        }
      });
      threads.add(thread);
      thread.start();
    }
    for (var thread : threads) {
      thread.join();
    }
    var seen = new AtomicInteger();
    lane.post("read", () -> seen.set(state[0]));
    until(() -> seen.get() == 8000);
  }

  @Test
  void a_slow_run_of_periodic_work_is_not_followed_by_a_rush() {
    var pause = Duration.ofMillis(20);
    var lane = lanes.open("test", 10);
    var begun = new CopyOnWriteArrayList<Long>();
    var ended = new CopyOnWriteArrayList<Long>();
    var release = new CountDownLatch(1);
    var timer = lane.every(pause, "slow at first", () -> {
      begun.add(nanos());
      waitFor(release);
      ended.add(nanos());
    });
    until(() -> !begun.isEmpty() && nanos() - begun.get(0) > 10 * pause.toNanos());
    release.countDown();
    until(() -> ended.size() >= 4);
    timer.cancel();
    for (var run = 1; run < 4; run++) {
      assertThat(begun.get(run) - ended.get(run - 1)).isGreaterThanOrEqualTo(pause.toNanos());
    }
  }

  @Test
  void an_error_of_the_machine_ends_neither_periodic_work_nor_the_lane() {
    var lane = lanes.open("test", 10);
    var ran = new AtomicInteger();
    lane.every(Duration.ofMillis(1), "bad", () -> {
      ran.incrementAndGet();
      throw new StackOverflowError("on purpose");
    });
    until(() -> ran.get() >= 3 && lane.reading().thrown() >= 2);
  }

  @Test
  void slow_work_runs_beside_the_lane_and_its_answer_on_it() {
    var lane = lanes.open("test", 10);
    var threads = new CopyOnWriteArrayList<String>();
    lane.aside(
        "slow",
        LONG,
        () -> threads.add(Thread.currentThread().getName()),
        answer -> threads.add(Thread.currentThread().getName()));
    until(() -> threads.size() == 2);
    assertThat(threads).containsExactly("kedge-aside", "kedge-test");
  }

  @Test
  void slow_work_that_meets_an_error_is_answered_at_once() {
    var lane = lanes.open("test", 10);
    var answers = new CopyOnWriteArrayList<Outcome<String>>();
    lane.<String>aside(
        "slow",
        Duration.ofHours(1),
        () -> {
          throw new NoClassDefFoundError("gone/Away");
        },
        answers::add);
    until(() -> !answers.isEmpty());
    assertThat(answers.get(0))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed ->
                assertThat(failed.cause()).hasRootCauseInstanceOf(NoClassDefFoundError.class));
  }

  @Test
  void slow_work_is_interrupted_at_its_limit_and_answered_late() {
    var lane = lanes.open("test", 10);
    var interrupted = new AtomicBoolean();
    var late = asideUntilLate(lane, () -> {
      try {
        end.await();
        return "never";
      } catch (InterruptedException e) {
        interrupted.set(true);
        throw e;
      }
    });
    until(interrupted::get);
    settle(lane);
    assertThat(late.answers).containsExactly(new Outcome.Late<>(late.limit));
    assertThat(late.took).isGreaterThanOrEqualTo(late.limit.toNanos());
  }

  @Test
  void the_end_of_slow_work_after_its_limit_is_dropped() {
    var lane = lanes.open("test", 10);
    var late = asideUntilLate(lane, () -> {
      waitThroughInterruptions(end);
      return "at last";
    });
    end.countDown();
    // Back in the pool a thread waits for its next work.
    until(() ->
        late.workers.stream().allMatch(worker -> worker.getState() == Thread.State.TIMED_WAITING));
    settle(lane);
    assertThat(late.answers).containsExactly(new Outcome.Late<>(late.limit));
  }

  private record LateWork(
      Duration limit, long took, List<Thread> workers, List<Outcome<String>> answers) {}

  /** Asks again with a longer limit where the machine was too busy to begin the work within the first. */
  private LateWork asideUntilLate(Lane lane, Callable<String> slow) {
    var workers = new CopyOnWriteArrayList<Thread>();
    for (var limit = Duration.ofMillis(20); ; limit = limit.multipliedBy(2)) {
      var answers = new CopyOnWriteArrayList<Outcome<String>>();
      var answered = new AtomicLong();
      var asked = nanos();
      lane.aside(
          "slow",
          limit,
          () -> {
            workers.add(Thread.currentThread());
            return slow.call();
          },
          answer -> {
            answered.set(nanos());
            answers.add(answer);
          });
      until(() -> !answers.isEmpty());
      if (!workers.isEmpty()) {
        return new LateWork(limit, answered.get() - asked, workers, answers);
      }
    }
  }

  @Test
  void slow_work_that_the_busy_pool_cannot_begin_is_late_at_once_and_later_work_runs_again() {
    var lane = lanes.open("test", 10);
    var begun = new AtomicInteger();
    var answers = new CopyOnWriteArrayList<Outcome<Boolean>>();
    var asked = 0;
    while (answers.isEmpty() && asked < 100) {
      asked++;
      var number = asked;
      lane.aside(
          "occupies",
          Duration.ofHours(1),
          () -> {
            begun.incrementAndGet();
            return end.await(1, TimeUnit.HOURS);
          },
          answers::add);
      until(() -> begun.get() + answers.size() == number);
    }
    assertThat(answers).containsExactly(new Outcome.Late<>(Duration.ZERO));
    assertThat(begun).hasValue(12);

    end.countDown();
    until(() -> answers.size() == 13);
    var after = new CopyOnWriteArrayList<Outcome<Boolean>>();
    until(() -> {
      // A thread answers a moment before it is free.
      lane.aside("after", LONG, () -> true, after::add);
      return after.contains(new Outcome.Done<>(true));
    });
  }

  @Test
  void an_answer_to_a_lane_that_was_closed_meanwhile_is_dropped() {
    var lane = lanes.open("test", 10);
    var other = lanes.open("other", 10);
    var workers = new CopyOnWriteArrayList<Thread>();
    var answers = new CopyOnWriteArrayList<Outcome<String>>();
    lane.aside(
        "slow",
        LONG,
        () -> {
          workers.add(Thread.currentThread());
          waitThroughInterruptions(end);
          return "done";
        },
        answers::add);
    until(() -> !workers.isEmpty());
    lane.close();
    end.countDown();
    until(() -> workers.get(0).getState() == Thread.State.TIMED_WAITING);
    settle(other);
    assertThat(answers).isEmpty();
  }

  @Test
  void a_reading_shows_the_task_that_runs_and_for_how_long() {
    var lane = lanes.open("test", 10);
    whileHeld(lane, () -> {
      var first = lane.reading();
      assertThat(first.task()).isEqualTo("hold");
      until(() -> lane.reading().busyFor().compareTo(first.busyFor()) > 0);
    });
    until(() -> lane.reading().task().isEmpty());
    assertThat(lane.reading().busyFor()).isZero();
  }

  @Test
  void a_task_that_runs_when_its_lane_is_closed_may_end_undisturbed() {
    var lane = lanes.open("test", 10);
    var held = new CountDownLatch(1);
    var outcome = new CopyOnWriteArrayList<String>();
    lane.post("long", () -> {
      held.countDown();
      try {
        end.await();
        outcome.add("ended");
      } catch (InterruptedException e) {
        outcome.add("interrupted");
      }
    });
    waitFor(held);
    lane.close();
    end.countDown();
    until(() -> !outcome.isEmpty());
    assertThat(outcome).containsExactly("ended");
  }

  @Test
  void closing_the_lanes_closes_each_of_them() {
    var open = List.of(lanes.open("one", 1), lanes.open("two", 1));
    lanes.close();
    assertThat(open)
        .allSatisfy(lane -> assertThat(lane.post("work", () -> {})).isEqualTo(Posting.CLOSED));
    assertThat(lanes.readings()).isEmpty();
    open.get(0).aside("slow", LONG, () -> "done", answer -> {});
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while waiting", e);
    }
  }

  private static void waitThroughInterruptions(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // Deaf on purpose.
      }
    }
  }
}
