package org.kedge.billing.internal.core.pricing;

import org.kedge.billing.api.NeighbourId;

/** A message to be sent; that it is lost is provided for. */
public record Outgoing(NeighbourId to, PriceMessage message) {}
