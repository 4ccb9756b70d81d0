package org.kedge.billing.internal.core.metering;

import org.kedge.base.api.Bytes;

/**
 * Counters were lost since they were last booked.
 *
 * @param atMost bytes the interfaces carried since (layer 2, both directions) that may be among those not booked; after a reboot those
 *     before it are not among them, since nobody knows them
 * @param why in plain words without a full stop
 */
public record Gapped(Cause cause, Bytes atMost, String why) {
  /** What became of the counters. */
  public enum Cause {
    /** The node was off. No fault. */
    REBOOTED,
    /** The table is another one: somebody removed it. */
    TABLE_REMOVED,
    /** In the same table counters are gone or smaller than they were: somebody flushed a set. */
    COUNTERS_RESET
  }
}
