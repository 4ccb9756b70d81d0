package org.kedge.care.api;

import java.time.Duration;

/** For a maintainer at work on the node: holds remedies back for a while. A service; any thread. */
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
}
