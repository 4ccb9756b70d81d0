package org.kedge.billing.internal.core.pricing;

import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.billing.api.NeighbourId;

/**
 * What holds between this node and a neighbour, to be kept over restarts: otherwise the two would reckon by different prices until
 * all is told again.
 *
 * @param price that holds now; empty where the destination is not offered any more. Rises that are to come are not kept: both sides
 *     tell of them again
 */
public record Promise(
    NeighbourId neighbour, Side side, IpPrefix destination, Optional<Price> price) {
  /** Who promised. */
  public enum Side {
    /** This node. */
    TOLD,
    /** The neighbour. */
    HEARD
  }
}
