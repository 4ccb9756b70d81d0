package org.kedge.watchdog.internal.keeper;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the node is guarded; immutable.
 *
 * @param held the timer in hand
 * @param unguarded why there is none; empty while one is held
 * @param isWanted whether there should be one: not where none is there or none was asked for
 * @param pets since Kedge started
 * @param slowestPet the longest that one pet took
 * @param unpetted why petting has ended, on purpose; empty while it goes on
 */
public record Guard(
    Optional<Holding> held,
    String unguarded,
    boolean isWanted,
    long pets,
    Duration slowestPet,
    Optional<String> unpetted) {
  /** @param device as settings name it */
  public record Holding(
      String device,
      String identity,
      Duration timeout,
      Optional<Duration> pretimeout,
      List<String> caveats) {}
}
