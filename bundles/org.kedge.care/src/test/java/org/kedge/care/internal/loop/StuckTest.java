package org.kedge.care.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.CareReport.State;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;

/** A capability that cannot look, or does not move, is a fault of its own that names it, and stops nobody else. */
@Timeout(60)
class StuckTest {
  private static final FaultKind DEAD = new FaultKind(
      "DEAD", Layer.BABEL, Duration.ZERO, Duration.ofSeconds(30), Set.of(), false, "Look at it.");

  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private Optional<LaneReading> busy = Optional.empty();
  private final CareLoop care = new CareLoop(
      new Lanes() {
        @Override
        public Lane open(String name, int capacity) {
          return lanes.open(name, capacity);
        }

        @Override
        public List<LaneReading> readings() {
          return Stream.concat(lanes.readings().stream(), busy.stream()).toList();
        }
      },
      lanes,
      () -> Instant.EPOCH,
      new MemoryFlash(),
      "boot-1",
      BuiltInLadder.text(),
      Map::of);

  @Test
  void a_probe_that_floods_is_named_and_over_when_it_is_sane_again() {
    var flooding = new AtomicInteger();
    Reading one = new Reading.Well(DEAD, lanes.now());
    care.start();
    care.add(probe("babel", () -> Collections.nCopies(flooding.get() > 0 ? 1_000_000 : 1, one)));
    pass(5);
    assertThat(state(care)).isEqualTo(State.HEALTHY);
    flooding.set(1);
    pass(5);
    assertThat(evidence(care)).isEqualTo("probe 'babel' gives more than 256 readings");
    flooding.set(0);
    pass(5);
    assertThat(state(care)).isEqualTo(State.HEALTHY);
  }

  @Test
  void as_many_readings_as_are_allowed_are_no_flood() {
    Reading one = new Reading.Well(DEAD, lanes.now());
    care.start();
    care.add(probe("babel", () -> Collections.nCopies(256, one)));
    pass(10);
    assertThat(state(care)).isEqualTo(State.HEALTHY);
  }

  @Test
  void one_bad_answer_is_not_a_fault_yet() {
    var asked = new AtomicInteger();
    care.start();
    care.add(probe("babel", () -> {
      if (asked.incrementAndGet() == 5) {
        throw new IllegalStateException("once");
      }
      return List.of(new Reading.Well(DEAD, lanes.now()));
    }));
    for (var second = 0; second < 20; second++) {
      pass(1);
      assertThat(care.latest().map(report -> report.faults().size()).orElse(0)).isZero();
    }
    assertThat(asked).hasValueGreaterThan(10);
  }

  @Test
  void a_lane_that_is_busy_for_ten_seconds_is_named_with_its_task_and_over_when_it_moves() {
    care.start();
    care.add(probe("babel", () -> List.of(new Reading.Well(DEAD, lanes.now()))));
    busy = Optional.of(lane(0, Duration.ofMillis(9_999)));
    pass(30);
    assertThat(state(care)).isEqualTo(State.HEALTHY);
    busy = Optional.of(lane(0, Duration.ofSeconds(12)));
    pass(5);
    assertThat(evidence(care)).isEqualTo("lane 'billing' has been at 'count' for 12 s");
    busy = Optional.empty();
    pass(5);
    assertThat(state(care)).isEqualTo(State.HEALTHY);
  }

  @Test
  void a_lane_whose_queue_is_full_is_named() {
    care.start();
    care.add(probe("babel", () -> List.of(new Reading.Well(DEAD, lanes.now()))));
    busy = Optional.of(lane(7, Duration.ZERO));
    pass(5);
    assertThat(state(care)).isEqualTo(State.HEALTHY);
    busy = Optional.of(lane(8, Duration.ZERO));
    pass(5);
    assertThat(evidence(care)).isEqualTo("lane 'billing' has its queue of 8 full");
  }

  @Test
  void a_probe_that_hangs_is_named_while_the_loop_and_the_others_go_on_and_over_when_it_answers() {
    var free = new CountDownLatch(1);
    var asked = new AtomicInteger();
    try (var real = new RealLanes()) {
      var begun = System.nanoTime();
      var loop = new CareLoop(
          real,
          () -> new Uptime(System.nanoTime() - begun),
          () -> Instant.EPOCH,
          new MemoryFlash(),
          "boot-1",
          BuiltInLadder.text(),
          Map::of);
      loop.start();
      loop.add(probe("hung", () -> {
        var interrupted = false;
        while (true) {
          try {
            free.await();
            break;
          } catch (InterruptedException e) {
            // Such is a probe at its worst: deaf to its limit too.
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return List.of(new Reading.Well(DEAD, new Uptime(System.nanoTime() - begun)));
      }));
      loop.add(probe("babel", () -> {
        asked.incrementAndGet();
        return List.of();
      }));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> loop.latest().filter(report -> !report.faults().isEmpty()).isPresent());
      assertThat(evidence(loop)).isEqualTo("probe 'hung' has not answered within 2 s");
      var before = asked.get();
      await().atMost(Duration.ofSeconds(10)).until(() -> asked.get() > before + 1);
      free.countDown();
      await().atMost(Duration.ofSeconds(20)).until(() -> state(loop) == State.HEALTHY);
    } finally {
      free.countDown();
    }
  }

  private void pass(long seconds) {
    lanes.pass(Duration.ofSeconds(seconds));
  }

  private static State state(CareLoop loop) {
    return loop.latest().orElseThrow().state();
  }

  private static String evidence(CareLoop loop) {
    var faults = loop.latest().orElseThrow().faults();
    assertThat(faults).extracting(fault -> fault.kind().name()).containsExactly("LANE_STUCK");
    return faults.get(0).evidence();
  }

  private static LaneReading lane(int queued, Duration busyFor) {
    return new LaneReading("billing", queued, 8, 0, 0, busyFor, "count");
  }

  private static Probe probe(String name, Supplier<List<Reading>> readings) {
    return new Probe() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<Reading> readings() {
        return readings.get();
      }
    };
  }
}
