package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When an init that respawns starts a process again: at once, but after ten starts within two minutes not for five minutes, as
 * init(8) of System V has it. Not thread-safe.
 */
final class RespawnRule {
  private static final int STARTS = 10;
  private static final Duration WITHIN = Duration.ofMinutes(2);
  private static final Duration REST = Duration.ofMinutes(5);

  private final Deque<Instant> starts = new ArrayDeque<>();

  /** How long to wait from now; the start that follows is counted. */
  Duration next(Instant now) {
    starts.removeIf(start -> Duration.between(start, now).compareTo(WITHIN) >= 0);
    if (starts.size() < STARTS) {
      starts.add(now);
      return Duration.ZERO;
    }
    starts.clear();
    starts.add(now.plus(REST));
    return REST;
  }
}
