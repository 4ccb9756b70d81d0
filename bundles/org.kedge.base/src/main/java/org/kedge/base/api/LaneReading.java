package org.kedge.base.api;

import java.time.Duration;

/**
 * How a lane is: a full queue is a reading, not a surprise.
 *
 * @param queued tasks that wait now
 * @param capacity tasks that may wait
 * @param refused tasks dropped since the lane was opened because the queue was full
 * @param thrown tasks that ended with an exception since the lane was opened
 * @param busyFor how long the task that runs now has run; zero while idle
 * @param task its name; empty while idle
 */
public record LaneReading(
    String lane,
    int queued,
    int capacity,
    long refused,
    long thrown,
    Duration busyFor,
    String task) {}
