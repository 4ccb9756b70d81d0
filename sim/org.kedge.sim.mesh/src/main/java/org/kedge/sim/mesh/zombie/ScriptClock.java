package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.util.Optional;

/**
 * The clock of a liveness script that runs every ten minutes, asks whether the daemon answers, for at most five, and restarts
 * everything if it does not. Nobody waits for it here: what it would have found is looked at once, and its time is reckoned. Pure.
 */
record ScriptClock(Duration period, Duration patience) {
  static final ScriptClock FIELD = new ScriptClock(Duration.ofMinutes(10), Duration.ofMinutes(5));

  /** How the daemon met the script's question. */
  enum Answer {
    ANSWERS,
    /** Nobody listens: known at once. */
    REFUSED,
    /** It takes the question and says nothing, so the script waits as long as it ever does. */
    SILENT
  }

  /** From the fault, which falls anywhere between two runs, to the script's verdict, on average; empty if it finds nothing wrong. */
  Optional<Duration> found(Answer answer) {
    var wait = period.dividedBy(2);
    return switch (answer) {
      case ANSWERS -> Optional.empty();
      case REFUSED -> Optional.of(wait);
      case SILENT -> Optional.of(wait.plus(patience));
    };
  }

  /**
   * Packets lost until the script acts.
   *
   * @param lost those seen lost in the observed window
   * @param isDown whether traffic was down at its end; then it stays so until the script acts
   */
  static long lostUntil(
      Duration found, Duration window, long lost, boolean isDown, Duration interval, int pings) {
    var unseen = found.minus(window);
    return isDown && !unseen.isNegative() ? lost + pings * unseen.dividedBy(interval) : lost;
  }
}
