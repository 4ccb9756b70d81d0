package org.kedge.billing.internal.core.ledger;

import java.util.List;
import java.util.Optional;
import org.kedge.billing.internal.core.metering.Positions;

/**
 * What is booked in one transaction: all of it or nothing. Offered a second time it changes nothing.
 *
 * @param positions counters that moved, and up to where these entries book them; empty where no counter is concerned
 * @param promises prices that hold after this; of each destination once
 */
public record Batch(
    List<LedgerEntry> entries,
    Optional<Positions> positions,
    Optional<Gap> gap,
    List<SignedStatements> statements,
    List<Promise> promises) {
  public Batch {
    entries = List.copyOf(entries);
    statements = List.copyOf(statements);
    promises = List.copyOf(promises);
  }

  /** Without a change of prices. */
  public Batch(
      List<LedgerEntry> entries,
      Optional<Positions> positions,
      Optional<Gap> gap,
      List<SignedStatements> statements) {
    this(entries, positions, gap, statements, List.of());
  }

  public static Batch of(List<LedgerEntry> entries) {
    return new Batch(entries, Optional.empty(), Optional.empty(), List.of());
  }
}
