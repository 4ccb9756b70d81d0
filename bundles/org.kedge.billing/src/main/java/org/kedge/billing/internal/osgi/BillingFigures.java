package org.kedge.billing.internal.osgi;

import java.util.List;
import org.kedge.base.api.Figures;
import org.kedge.billing.api.NeighbourAccount;

/** What the health snapshot tells of billing, and the status page with it. */
final class BillingFigures {
  /** So many neighbours are told of, those with the most bytes; a snapshot goes over a slow line each minute. */
  static final int NEIGHBOURS_MAX = 32;

  private BillingFigures() {}

  /** Section {@code billing}. Pure; any thread. */
  static Figures of(BillingState state, List<NeighbourAccount> accounts) {
    throw new UnsupportedOperationException("Not yet: " + state + accounts);
  }
}
