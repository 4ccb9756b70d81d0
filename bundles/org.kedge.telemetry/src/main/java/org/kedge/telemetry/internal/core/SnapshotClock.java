package org.kedge.telemetry.internal.core;

import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/** When a snapshot is due: each period, and at once when something changed, though not in a rush. On the lane. */
public final class SnapshotClock {
  /** Changes within this time travel together. */
  private static final Duration GATHER = Duration.ofMillis(200);

  /** A node in trouble changes all the time; each change is an event anyway. */
  private static final Duration CHANGE_PAUSE = Duration.ofSeconds(2);

  private final Lane lane;
  private final UptimeSource uptime;
  private final Runnable take;
  private Duration period;
  private Optional<Uptime> last = Optional.empty();
  private boolean gathering;
  private Lane.Timer due = () -> {};

  /** @param take takes a snapshot */
  public SnapshotClock(Lane lane, UptimeSource uptime, Duration period, Runnable take) {
    this.lane = lane;
    this.uptime = uptime;
    this.period = period;
    this.take = take;
  }

  /** Counts from the last one. */
  public void period(Duration other) {
    if (!other.equals(period) && last.isPresent() && !gathering) {
      var rest = other.minus(uptime.now().since(last.get()));
      schedule(rest.isNegative() ? Duration.ZERO : rest);
    }
    period = other;
  }

  /** Something changed, or the first is wanted. */
  public void soon() {
    if (!gathering) {
      gathering = true;
      var rest =
          last.map(taken -> CHANGE_PAUSE.minus(uptime.now().since(taken))).orElse(GATHER);
      schedule(rest.compareTo(GATHER) > 0 ? rest : GATHER);
    }
  }

  public void stop() {
    due.cancel();
  }

  private void schedule(Duration pause) {
    due.cancel();
    due = lane.after(pause, "snapshot due", this::take);
  }

  private void take() {
    gathering = false;
    last = Optional.of(uptime.now());
    // Before it is taken: one that fails must not end the telling for good.
    schedule(period);
    take.run();
  }
}
