package org.kedge.billing.internal.core.ledger;

import java.time.Instant;
import org.kedge.base.api.Bytes;

/**
 * A time in which the kernel's counters were lost.
 *
 * @param from when they were last read
 * @param to when they were there again
 * @param atMost bytes the interfaces carried meanwhile that may be among those not booked, layer 2, both directions
 * @param why in plain words
 */
public record Gap(Instant from, Instant to, Bytes atMost, String why) {}
