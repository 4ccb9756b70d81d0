package org.kedge.base.api;

import java.time.Duration;

/**
 * A moment on the steady clock: nanoseconds since the kernel booted. Decisions compare these; wall time is for people. Never
 * negative, never steps back; 292 years fit.
 */
public record Uptime(long nanos) implements Comparable<Uptime> {
  public Uptime {
    if (nanos < 0) {
      throw new IllegalArgumentException("An uptime cannot be negative, but was " + nanos + " ns");
    }
  }

  public static Uptime of(Duration sinceBoot) {
    return new Uptime(sinceBoot.toNanos());
  }

  /** How long ago {@code earlier} was; negative if it is yet to come. */
  public Duration since(Uptime earlier) {
    return Duration.ofNanos(nanos - earlier.nanos);
  }

  public Uptime plus(Duration span) {
    return new Uptime(nanos + span.toNanos());
  }

  public boolean isBefore(Uptime other) {
    return nanos < other.nanos;
  }

  @Override
  public int compareTo(Uptime other) {
    return Long.compare(nanos, other.nanos);
  }
}
