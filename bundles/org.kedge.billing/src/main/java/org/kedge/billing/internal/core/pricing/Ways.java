package org.kedge.billing.internal.core.pricing;

import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Traffic;

/** Where this node forwards to and what that costs it. */
final class Ways {
  static final IpPrefix DEFAULT_IPV6 = IpPrefix.of("::/0").orElseThrow();
  static final IpPrefix DEFAULT_IPV4 = IpPrefix.of("0.0.0.0/0").orElseThrow();

  /**
   * How a destination is reached.
   *
   * @param nextHop empty where it is this node itself
   * @param price what carrying there is worth now: own fee and what the next hop asks
   * @param coming the same once what the next hop announced holds; {@code price} where there is nothing
   * @param isSure whether the next hop has said what it asks, or has had the time to
   */
  record Way(
      Optional<NeighbourId> nextHop, Traffic traffic, Price price, Price coming, boolean isSure) {
    boolean leadsTo(NeighbourId neighbour) {
      return nextHop.filter(neighbour::equals).isPresent();
    }
  }

  /** A destination and its next hop, empty where it is this node's own. */
  record Leg(IpPrefix destination, Optional<NeighbourId> nextHop) {}

  private final PrefixTable<Way> table = new PrefixTable<>();

  void put(IpPrefix destination, Way way) {
    table.put(destination, way);
  }

  Optional<Way> find(IpPrefix destination) {
    return table.find(destination).map(found -> found.getValue());
  }

  PrefixTable<Way> table() {
    return table;
  }
}
