package org.kedge.billing.internal.core.pricing;

import org.kedge.billing.api.NeighbourId;

/** Tells who is behind a next hop. */
public interface NextHops {
  /** @param address link-local, as babeld writes it; a neighbour without a key is named by its link */
  NeighbourId who(String interfaceName, String address);
}
