package org.kedge.babel.internal.core;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A living process at one moment.
 *
 * @param cpuTime used since it started, in steps of 10 ms
 * @param processorWait how long it was ready to run but had to wait for a processor, since it started; empty if the kernel does
 *     not tell
 * @param descriptors open now; empty if we may not look
 * @param descriptorLimit the soft limit; empty if there is none or we may not look
 * @param commandLine its words joined by blanks; empty text for a thread of the kernel
 */
public record ProcessView(
    long pid,
    ProcessState state,
    Duration cpuTime,
    Optional<Duration> processorWait,
    OptionalLong descriptors,
    OptionalLong descriptorLimit,
    String commandLine) {

  /**
   * What it used of one processor between two looks, in percent; above 100 with several threads.
   *
   * @return empty if the looks are not of one process or no time lay between them
   */
  public static OptionalDouble cpuShare(ProcessView earlier, ProcessView later, Duration elapsed) {
    var used = later.cpuTime.minus(earlier.cpuTime);
    if (earlier.pid != later.pid || used.isNegative() || elapsed.isNegative() || elapsed.isZero()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(100.0 * used.toNanos() / elapsed.toNanos());
  }

  /**
   * How much of the time between two looks it was ready to run but had to wait for a processor, in percent. A wait is counted when
   * it ends, so one that began earlier may give more than 100.
   *
   * @return empty if the looks are not of one process, no time lay between them or the kernel does not tell
   */
  public static OptionalDouble waitShare(ProcessView earlier, ProcessView later, Duration elapsed) {
    if (earlier.pid != later.pid
        || earlier.processorWait.isEmpty()
        || later.processorWait.isEmpty()
        || elapsed.isNegative()
        || elapsed.isZero()) {
      return OptionalDouble.empty();
    }
    var waited = later.processorWait.get().minus(earlier.processorWait.get());
    return waited.isNegative()
        ? OptionalDouble.empty()
        : OptionalDouble.of(100.0 * waited.toNanos() / elapsed.toNanos());
  }
}
