package org.kedge.base.api;

import java.time.Duration;
import java.util.Optional;

/**
 * How a lane is: a full queue is a reading, not a surprise.
 *
 * @param queued tasks that wait now
 * @param capacity tasks that may wait
 * @param refused tasks dropped since the lane was opened because the queue was full
 * @param thrown tasks that ended with an exception since the lane was opened
 * @param busyFor how long the task that runs now has run; zero while idle
 * @param task its name; empty while idle
 * @param promised how often it beats at least; empty if it promised nothing
 * @param beats since it was opened; beats seen to go on mean more than any span of a clock, which a paused process cannot keep
 * @param silentFor since its last beat, or since its promise if it never beat; zero if it promised nothing
 */
public record LaneReading(
    String lane,
    int queued,
    int capacity,
    long refused,
    long thrown,
    Duration busyFor,
    String task,
    Optional<Duration> promised,
    long beats,
    Duration silentFor) {
  /** Of a lane that promised nothing. */
  public LaneReading(
      String lane,
      int queued,
      int capacity,
      long refused,
      long thrown,
      Duration busyFor,
      String task) {
    this(
        lane, queued, capacity, refused, thrown, busyFor, task, Optional.empty(), 0, Duration.ZERO);
  }
}
