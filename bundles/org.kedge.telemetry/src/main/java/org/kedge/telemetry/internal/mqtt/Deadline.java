package org.kedge.telemetry.internal.mqtt;

import java.time.Duration;

/**
 * The end of the time for one call, whatever its steps took.
 *
 * @param nanos on the scale of {@link System#nanoTime}
 */
record Deadline(long nanos) {
  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  /** Never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  boolean isOver() {
    return left().isZero();
  }
}
