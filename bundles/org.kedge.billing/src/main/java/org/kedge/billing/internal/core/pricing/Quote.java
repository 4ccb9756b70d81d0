package org.kedge.billing.internal.core.pricing;

import org.kedge.base.api.Price;
import org.kedge.billing.internal.core.ledger.Traffic;

/** What a byte costs, and as what kind of traffic it is booked. */
public record Quote(Price price, Traffic traffic) {}
