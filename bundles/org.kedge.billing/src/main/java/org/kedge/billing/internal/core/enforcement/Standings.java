package org.kedge.billing.internal.core.enforcement;

import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;

/** Judges neighbours: the one place where it is decided who is slowed. One thread. */
public final class Standings {
  public Standings(BillingRules rules) {}

  public void rules(BillingRules changed) {
    throw new UnsupportedOperationException();
  }

  public Judgement judge(NeighbourId neighbour, Facts facts, Uptime now) {
    throw new UnsupportedOperationException();
  }
}
