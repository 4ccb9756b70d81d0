package org.kedge.base.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges the wall clock by the steady one: a clock that is not set, or that stepped, is for people to see and not to reckon with. Used by one thread. */
public final class ClockTrust {
  /** Kedge was not there before: a clock that says so has not been set since power came. */
  public static final Instant EARLIEST = Instant.parse("2026-11-01T00:00:00Z");

  private static final Duration STEP = Duration.ofSeconds(5);
  private @Nullable Stamp last;
  private Optional<Step> step = Optional.empty();

  private record Stamp(Instant wall, Uptime steady) {}

  private record Step(Uptime at, String evidence) {}

  /**
   * How the clock is.
   *
   * @param isTrusted whether it is plausible and never stepped since the first look
   * @param steppedAt its last step
   * @param evidence in plain words, without a full stop
   */
  public record Verdict(boolean isTrusted, Optional<Uptime> steppedAt, String evidence) {}

  /** Compares with the look before. */
  public Verdict look(Instant wall, Uptime steady) {
    var before = last;
    // A clock that is set after power came has not been trusted yet: only a later step is news.
    if (before != null && !before.wall().isBefore(EARLIEST)) {
      var by = Duration.between(before.wall(), wall).minus(steady.since(before.steady()));
      if (by.abs().compareTo(STEP) > 0) {
        step = Optional.of(
            new Step(steady, "the clock stepped by " + by.toSeconds() + " s at " + before.wall()));
      }
    }
    last = new Stamp(wall, steady);
    var isEarly = wall.isBefore(EARLIEST);
    return new Verdict(
        !isEarly && step.isEmpty(),
        step.map(Step::at),
        isEarly
            ? "the clock says " + wall + ", which is before this software was made"
            : step.map(Step::evidence).orElse("plausible and no step seen since the start"));
  }
}
