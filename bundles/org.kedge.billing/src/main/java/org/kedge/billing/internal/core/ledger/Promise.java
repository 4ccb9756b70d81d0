package org.kedge.billing.internal.core.ledger;

import java.util.List;
import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;

/**
 * What holds between this node and a neighbour, to be kept over restarts: otherwise the two would reckon by different prices until
 * all is told again.
 *
 * @param holds empty where the destination is not offered any more
 */
public record Promise(
    NeighbourId neighbour, Side side, IpPrefix destination, Optional<Terms> holds) {
  /** Who promised. */
  public enum Side {
    /** This node. */
    TOLD,
    /** The neighbour. */
    HEARD
  }

  /**
   * What is asked.
   *
   * @param price that holds now
   * @param steps other prices to come, the nearest first; two at most
   */
  public record Terms(Price price, List<Step> steps) {
    public Terms {
      steps = List.copyOf(steps);
    }
  }

  /** @param at in the boot in which it is kept */
  public record Step(Price price, Uptime at) {}
}
