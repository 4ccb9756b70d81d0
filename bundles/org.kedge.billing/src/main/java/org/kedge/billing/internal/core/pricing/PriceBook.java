package org.kedge.billing.internal.core.pricing;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.metering.Target;

/** What this node asks of its neighbours, and what they ask of it. One thread. */
public final class PriceBook {
  public PriceBook(BillingRules rules) {}

  /** New rules; dearer fees are announced like every rise. */
  public void rules(BillingRules changed) {
    throw new UnsupportedOperationException();
  }

  /** The routes as they are now. @param own addresses of this node */
  public void routes(RoutingTable table, Collection<IpPrefix> own, NextHops nextHops) {
    throw new UnsupportedOperationException();
  }

  /** A session began: all is told anew. */
  public void met(NeighbourId neighbour, Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** The session is over: nothing is sent until it is met again; what both told each other still holds. */
  public void lost(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  public void heard(NeighbourId from, PriceMessage message, Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** Messages to be sent now. Called about once a second, and soon after something was heard. */
  public List<Outgoing> tick(Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** All bytes up to now have been charged: rises that are due hold from here on. */
  public void charged(Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** What this node charges {@code from} for a byte handed to it. */
  public Quote charge(NeighbourId from, Target target) {
    throw new UnsupportedOperationException();
  }

  /** What {@code by} asks for a byte handed to it. */
  public Quote ask(NeighbourId by, Target target) {
    throw new UnsupportedOperationException();
  }

  /** The most that is charged, over all destinations; empty while there is no route. */
  public Optional<Price> charges(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** The most that it asks, over the routes that lead through it. */
  public Optional<Price> asks(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** Whether it has acknowledged all prices at least once. */
  public boolean isTold(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** Why prices between the two cannot be relied on now, in plain words without a full stop. */
  public Optional<String> stale(NeighbourId neighbour, Uptime now) {
    throw new UnsupportedOperationException();
  }
}
