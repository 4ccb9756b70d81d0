package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;

class SnapshotClockTest {
  private final VirtualLanes time = new VirtualLanes(new Uptime(0));
  private final Lane lane = time.open("telemetry", 8);
  private final List<Duration> taken = new ArrayList<>();
  private boolean fails;
  private final SnapshotClock clock =
      new SnapshotClock(lane, time, Duration.ofSeconds(60), this::take);

  private void take() {
    taken.add(Duration.ofNanos(time.now().nanos()));
    if (fails) {
      throw new IllegalStateException("a bug in a gauge, on purpose");
    }
  }

  @Test
  void one_is_taken_each_period_and_one_soon_after_a_change() {
    clock.soon();
    time.pass(Duration.ofSeconds(130));
    assertThat(taken)
        .containsExactly(
            Duration.ofMillis(200), Duration.ofMillis(60_200), Duration.ofMillis(120_200));
    clock.soon();
    time.pass(Duration.ofSeconds(1));
    assertThat(taken).last().isEqualTo(Duration.ofMillis(130_200));
  }

  @Test
  void changes_that_never_end_give_one_in_two_seconds_and_are_not_put_off() {
    for (var tenth = 0; tenth < 200; tenth++) {
      clock.soon();
      time.pass(Duration.ofMillis(100));
    }
    assertThat(taken).hasSizeBetween(10, 11);
  }

  @Test
  void one_that_cannot_be_taken_does_not_end_the_telling() {
    fails = true;
    clock.soon();
    time.pass(Duration.ofSeconds(130));
    assertThat(taken).hasSize(3);
  }

  @Test
  void another_period_counts_from_the_last_one_and_a_stop_ends_it() {
    clock.soon();
    time.pass(Duration.ofSeconds(3));
    clock.period(Duration.ofSeconds(5));
    time.pass(Duration.ofSeconds(70));
    assertThat(taken).hasSize(15);
    clock.period(Duration.ofHours(1));
    time.pass(Duration.ofMinutes(59));
    assertThat(taken).hasSize(15);
    clock.period(Duration.ofSeconds(5));
    time.pass(Duration.ofSeconds(1));
    assertThat(taken).as("it was due long ago").hasSize(16);
    clock.stop();
    time.pass(Duration.ofHours(1));
    assertThat(taken).hasSize(16);
  }
}
