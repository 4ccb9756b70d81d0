package org.kedge.billing.internal.sqlite;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Balance;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.metering.Positions;

/** The ledger in an SQLite database. */
public final class SqliteBooks implements Books {
  private SqliteBooks() {}

  /**
   * Opens the books of a folder, making it where there is none; blocks while all of them are checked.
   *
   * @param folder {@code DATA/billing}
   * @param now wall clock, for the names of files and for what new books begin with
   * @param clockTrusted whether it is believed
   */
  public static Opened open(Path folder, Instant now, boolean clockTrusted) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Posted post(Batch batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<Account, Balance> balances() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Positions positions() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<SignedStatements> latest(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<SignedStatements> agreed(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Slot> history(Instant from, Instant to, Duration step) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Posted rollUp(Instant now, Duration minutesKept, Duration hoursKept) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
