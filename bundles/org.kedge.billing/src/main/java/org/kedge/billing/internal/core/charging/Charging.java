package org.kedge.billing.internal.core.charging;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.pricing.PriceBook;

/** Makes entries of what was counted. One thread. */
public final class Charging {
  public Charging(BillingRules rules, PriceBook prices) {}

  public void rules(BillingRules changed) {
    throw new UnsupportedOperationException();
  }

  /**
   * Entries for all that was counted, and for what was unknown before and is not any more.
   *
   * @param tick names this charge for ever; letters, digits and {@code . _ : / -}, at most 60
   * @param now when the counters were read
   * @param at for people
   */
  public List<LedgerEntry> charge(
      String tick,
      Counted counted,
      Function<Station, Optional<NeighbourId>> who,
      Uptime now,
      Instant at,
      boolean clockTrusted) {
    throw new UnsupportedOperationException();
  }
}
