package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * When, by the clock of the broker, each boot of a node began. What a node says is placed by this and its uptime, so that
 * neither a late delivery nor a step of the node's clock moves it. Immutable.
 *
 * @param beginnings by the name of the boot
 */
record Moments(Map<String, Instant> beginnings) {
  Moments {
    beginnings = Map.copyOf(beginnings);
  }

  /** The moment of something that was received then; the receipt, where the message told no uptime. */
  Instant at(String kernelBoot, Optional<Duration> uptime, Instant receivedAt) {
    var beginning = beginnings.get(kernelBoot);
    return beginning == null || uptime.isEmpty() ? receivedAt : beginning.plus(uptime.get());
  }

  /**
   * What is known of when a boot began.
   *
   * @param byReceipt the earliest that uptime and receipt of one message together say; never too early, for messages only come
   *     late
   * @param byClock as the node's own clock has it; empty unless the node trusts that
   * @param lastUptime the longest that was told
   */
  record Evidence(Instant byReceipt, Optional<Instant> byClock, Duration lastUptime) {
    Evidence and(Evidence other) {
      return new Evidence(
          byReceipt.isBefore(other.byReceipt) ? byReceipt : other.byReceipt,
          other.byClock.or(() -> byClock),
          lastUptime.compareTo(other.lastUptime) > 0 ? lastUptime : other.lastUptime);
    }

    /** @param next beginning of the boot after it, before which this one had ended; empty for the last */
    Instant beginning(Optional<Instant> next) {
      var latest = next.map(end -> end.minus(lastUptime)).orElse(byReceipt);
      if (!byReceipt.isAfter(latest)) {
        return byReceipt;
      }
      // Nothing of that boot was heard while it lasted: all came afterwards.
      return byClock.filter(clock -> !clock.isAfter(latest)).orElse(latest);
    }
  }
}
