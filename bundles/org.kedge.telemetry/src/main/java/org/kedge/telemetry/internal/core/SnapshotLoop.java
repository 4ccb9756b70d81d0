package org.kedge.telemetry.internal.core;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.kedge.base.api.Lane;
import org.kedge.telemetry.internal.core.OldUplink.Handover;

/**
 * Sends a whole snapshot each period and at once when something changed; after a failure the newest state is tried again and
 * again. One message is under way at a time. Everything runs on the lane.
 */
public final class SnapshotLoop {
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private static final Duration PUBLISH_LIMIT = Duration.ofSeconds(15);

  /** Changes within this time travel together. */
  private static final Duration GATHER = Duration.ofMillis(200);

  private final Lane lane;
  private final OldUplink uplink;
  private final Duration period;
  private final LongSupplier numbers;
  private final LongFunction<byte[]> snapshot;
  private final DoubleSupplier chance;
  private final Diary diary;
  private Lane.Timer due = () -> {};
  private int failures;
  private boolean sending;
  private boolean gathering;
  private boolean changed;
  private boolean stopped;

  /** Hears how the sending goes; on the lane. */
  public interface Diary {
    /** @param failures that went before */
    void sent(long sequence, int failures);

    /** @param failures in a row, this one included */
    void failed(String why, int failures, Duration pause);
  }

  /**
   * @param numbers the next sequence number; outlives this loop, so that new settings do not count from 1 again
   * @param snapshot the newest state under a sequence number
   * @param chance from 0 to 1, for the backoff
   */
  public SnapshotLoop(
      Lane lane,
      OldUplink uplink,
      Duration period,
      LongSupplier numbers,
      LongFunction<byte[]> snapshot,
      DoubleSupplier chance,
      Diary diary) {
    this.lane = lane;
    this.uplink = uplink;
    this.period = period;
    this.numbers = numbers;
    this.snapshot = snapshot;
    this.chance = chance;
    this.diary = diary;
  }

  /** Something changed, or the first is wanted: send soon. Ignored while a failure is being waited out. */
  public void soon() {
    changed = true;
    // Not put off by further changes: a node in trouble changes all the time.
    if (!sending && failures == 0 && !gathering) {
      gather();
    }
  }

  public void stop() {
    stopped = true;
    due.cancel();
  }

  private void gather() {
    gathering = true;
    schedule(GATHER);
  }

  private void schedule(Duration pause) {
    due.cancel();
    due = lane.after(pause, "snapshot due", this::send);
  }

  private void send() {
    if (sending || stopped) {
      return;
    }
    gathering = false;
    changed = false;
    var number = numbers.getAsLong();
    byte[] payload;
    try {
      payload = snapshot.apply(number);
    } catch (RuntimeException e) {
      // One broken gauge must not end the telling for good.
      failed("the snapshot could not be made: " + e);
      return;
    }
    sending = true;
    lane.aside(
        "publish a snapshot", PUBLISH_LIMIT, () -> uplink.publish("snapshot", payload), outcome -> {
          sending = false;
          if (stopped) {
            return;
          }
          if (outcome instanceof Lane.Outcome.Done<Handover> done
              && done.value() instanceof Handover.Confirmed) {
            diary.sent(number, failures);
            failures = 0;
            if (changed) {
              gather();
            } else {
              schedule(period);
            }
          } else {
            failed(why(outcome));
          }
        });
  }

  private void failed(String why) {
    failures++;
    var pause = BACKOFF.after(failures, chance.getAsDouble());
    diary.failed(why, failures, pause);
    schedule(pause);
  }

  private static String why(Lane.Outcome<Handover> outcome) {
    if (outcome instanceof Lane.Outcome.Done<Handover> done
        && done.value() instanceof Handover.Failed failed) {
      return failed.why();
    }
    if (outcome instanceof Lane.Outcome.Failed<Handover> failed) {
      return failed.cause().toString();
    }
    return "no end within " + PUBLISH_LIMIT.toSeconds() + " s";
  }
}
