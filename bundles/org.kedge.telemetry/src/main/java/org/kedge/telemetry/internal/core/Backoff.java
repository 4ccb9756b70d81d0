package org.kedge.telemetry.internal.core;

import java.time.Duration;

/**
 * How long to wait after a number of failures: doubling from the first to the most, and a random part so that a thousand nodes do
 * not return in one instant.
 */
public record Backoff(Duration first, Duration most) {
  private static final int DOUBLINGS = 20;

  /**
   * @param failures in a row, at least 1
   * @param chance from 0 to 1
   * @return between half and the whole of the doubled time
   */
  public Duration after(int failures, double chance) {
    var doubled = first.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
    var whole = doubled.compareTo(most) < 0 ? doubled : most;
    return Duration.ofMillis((long) (whole.toMillis() * (0.5 + chance / 2)));
  }
}
