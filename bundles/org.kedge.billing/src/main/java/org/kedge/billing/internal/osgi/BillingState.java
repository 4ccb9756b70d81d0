package org.kedge.billing.internal.osgi;

import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.Bytes;

/**
 * Billing as a whole, as it stands; immutable.
 *
 * @param trouble why it is not {@link Stage#OK}, or what a person should know beside; in plain words, without a full stop
 * @param booked entries of the ledger that were booked since Kedge started
 * @param held entries that wait in memory for the ledger
 * @param heldFor since the oldest of them waits; none while none waits
 * @param unknown booked to stations that nobody knows, both directions
 * @param gaps that the interfaces carried while there were no counters, at most, since Kedge started
 * @param ownKey of this node, as {@code NeighbourId} writes it at its neighbours; empty until it is read or made
 */
record BillingState(
    Stage stage,
    Optional<String> trouble,
    long booked,
    long held,
    Duration heldFor,
    Bytes unknown,
    Bytes gaps,
    Optional<String> ownKey) {

  /** How far billing comes. */
  enum Stage {
    /** Counted and booked. */
    OK,
    /** Counted, and not yet booked: the ledger is not open yet. */
    COUNTING,
    /** Counted, and held in memory: the ledger cannot be written. */
    STALLED,
    /** The ledger was damaged and set aside; counted, and booked in a new one. */
    DAMAGED,
    /** Nothing is counted: there are no counters, or nothing to count. */
    CLOSED
  }
}
