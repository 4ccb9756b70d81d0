package org.kedge.care.api;

import java.time.Duration;

/** Holds remedies back for a maintainer at work on the node, and hears of what was done without care. A service; any thread. */
public interface CareControl {
  /** The longest pause; nobody is trusted to remember the end of one. */
  Duration PAUSE_MAX = Duration.ofHours(24);

  /**
   * Orders no remedy for this long; faults are still found and told. A remedy under way ends as it would. Replaces a pause that
   * runs.
   *
   * @param length above zero, at most {@link #PAUSE_MAX}, of the time the node runs
   * @param reason for the journal
   * @throws IllegalArgumentException if the length is outside its range
   */
  void pause(Duration length, String reason);

  /** Ends a pause; nothing happens where there is none. */
  void resume(String reason);

  /**
   * Counts against the budget of its effect what disturbed the node without an order of care, such as a reset by the timer: as
   * budgets are for the node, whoever spends them.
   *
   * @param what did it, without blanks, such as {@code timer}
   * @param event a name for this one time, without blanks: the same is counted once, over restarts too
   */
  void count(Effect effect, String what, String event);
}
