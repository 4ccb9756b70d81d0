package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Balance;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;
import org.kedge.billing.internal.core.ledger.Tally;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.sqlite.AgreedFile.Agreed;

/**
 * The ledger in an SQLite database: {@code ledger.db} in its folder, its log beside it, {@code ledger.lock} held while it is open.
 * What a batch booked is synced before {@link #post} answers. Any thread; one waits for the other.
 *
 * <p>Damage is found when the books are opened: each row has a checksum, all of them together a sum and a number, and SQLite checks
 * its pages. What cannot be found is damage within the last transaction of the log, which looks as if power had failed while it was
 * written: then the books are as they were before it. Damaged books are renamed, and new ones begin with what was last agreed
 * with each neighbour, which is also kept beside the database. Lost are: charges and settlements since that agreement, accounts with
 * neighbours that never agreed on anything, the sums of {@code UNKNOWN}, all history, and the ids of what was booked before, so that
 * a settlement from before the agreement would be booked again if it were offered again; and prices promised. Positions of counters
 * are {@link Books#LOST}.
 */
public final class SqliteBooks implements Books {
  /** An hour's writing or so: each page is written back once, however often it was changed meanwhile. */
  static final long LOG_LIMIT = 1 << 20;

  private static final int ROLLED_AT_ONCE = 5000;
  private static final int READ_AT_ONCE = 500;

  private final Path folder;
  private final long logLimit;
  private final FileChannel lock;
  private final AgreedFile agreedFile;
  private final Map<NeighbourId, Agreed> agreedKept;
  private @Nullable Store store;
  private boolean isClosed;
  private boolean agreedUnsaved;
  private Tally tally;
  private Store.Totals totals;
  private int readers;
  private volatile Seen seen;

  /** What others see, as of the last batch. */
  private record Seen(
      Map<Account, Balance> balances,
      Positions positions,
      Map<NeighbourId, SignedStatements> latest,
      Map<NeighbourId, SignedStatements> agreed) {}

  SqliteBooks(
      Path folder,
      long logLimit,
      FileChannel lock,
      Store store,
      Tally tally,
      AgreedFile agreedFile,
      Map<NeighbourId, Agreed> agreedKept) {
    this.folder = folder;
    this.logLimit = logLimit;
    this.lock = lock;
    this.store = store;
    this.tally = tally;
    this.agreedFile = agreedFile;
    this.agreedKept = new HashMap<>(agreedKept);
    totals = store.totals();
    seen = look(store, tally);
  }

  /**
   * Opens the books of a folder, making it where there is none. Blocks while all of them are read and checked.
   *
   * @param folder {@code DATA/billing}
   * @param now wall clock, for the names of files and for what new books begin with
   * @param clockTrusted whether it is believed
   */
  public static Opened open(Path folder, Instant now, boolean clockTrusted) {
    return open(folder, now, clockTrusted, LOG_LIMIT);
  }

  /** @param logLimit bytes of the log from which on it is written back */
  static Opened open(Path folder, Instant now, boolean clockTrusted, long logLimit) {
    return new Opening(folder, now, clockTrusted, logLimit).open();
  }

  @Override
  public synchronized Posted post(Batch batch) {
    return attempt(open -> post(open, batch));
  }

  private Posted post(Store open, Batch batch) throws SQLException, Damage, IOException {
    var fresh = new LinkedHashMap<EntryId, LedgerEntry>();
    for (var entry : batch.entries()) {
      var there = Optional.ofNullable(fresh.get(entry.id()));
      if (there.isEmpty()) {
        there = open.entries.find(entry.id());
      }
      if (there.isEmpty()) {
        fresh.put(entry.id(), entry);
      } else if (!there.get().equals(entry)) {
        return new Posted.Contradicted(entry.id());
      }
    }
    var next = tally.copy();
    for (var entry : fresh.values()) {
      next.add(entry);
    }
    for (var entry : fresh.values()) {
      // Refuses what takes off more than there is.
      next.balance(entry.debit());
      next.balance(entry.credit());
    }
    if (!Entries.fits(next.total())) {
      throw new IllegalArgumentException(
          "The ledger holds up to 9 * 10^27 wei, and this would be " + next.total());
    }
    if (!next.isEven()) {
      throw new IllegalStateException("Debits and credits differ");
    }
    open.begin();
    open.write(new Batch(
        new ArrayList<>(fresh.values()),
        batch.positions(),
        batch.gap(),
        batch.statements(),
        batch.promises()));
    open.commit();
    booked(open, next);
    for (var said : batch.statements()) {
      if (said.outcome() == Outcome.AGREED) {
        agreedKept.put(said.neighbour(), agreed(said));
        agreedUnsaved = true;
      }
    }
    saveAgreed();
    tidy(open);
    return new Posted.Done(fresh.size());
  }

  private Agreed agreed(SignedStatements said) {
    return Agreed.of(said, tally.balance(new Account.Neighbour(said.neighbour())));
  }

  private void booked(Store open, Tally next) {
    tally = next;
    totals = open.totals();
    seen = look(open, next);
  }

  private static Seen look(Store open, Tally tally) {
    return new Seen(
        Map.copyOf(tally.balances()),
        open.counters.positions(),
        open.talks.latest(),
        open.talks.agreed());
  }

  /** What is to stand beside the database. */
  synchronized Map<NeighbourId, Agreed> agreedNow() {
    for (var said : seen.agreed().values()) {
      agreedKept.put(said.neighbour(), agreed(said));
    }
    return agreedKept;
  }

  /** The batch is durable without it: it is tried again after the next one. */
  private void saveAgreed() {
    if (agreedUnsaved) {
      try {
        agreedFile.write(agreedKept);
        agreedUnsaved = false;
      } catch (IOException e) {
        agreedUnsaved = true;
      }
    }
  }

  /** What was booked is durable in the log: a log that cannot be written back now is so after a later batch. */
  private void tidy(Store open) throws Damage {
    try {
      open.tidy();
    } catch (SQLException e) {
      var failure = Failure.of(e);
      abandon();
      if (failure.kind() == Failure.Kind.DAMAGED) {
        throw new Damage(failure.why());
      }
    } catch (IOException e) {
      abandon();
    }
  }

  @Override
  public synchronized Posted rollUp(Instant now, Duration minutesKept, Duration hoursKept) {
    if (readers > 0) {
      // Who reads would miss what goes and not see what comes.
      return new Posted.Done(0);
    }
    return attempt(open -> {
      var gone = new RollUp(open, ROLLED_AT_ONCE).piece(now, minutesKept, hoursKept);
      totals = open.totals();
      seen = look(open, tally);
      open.giveBack();
      tidy(open);
      return new Posted.Done(gone);
    });
  }

  private interface Work {
    Posted on(Store open) throws SQLException, Damage, IOException;
  }

  /** After whatever kept the work from its end the connection is thrown away, and with it all that was not committed. */
  private Posted attempt(Work work) {
    var isDone = false;
    try {
      var posted = work.on(store());
      isDone = true;
      return posted;
    } catch (SQLException e) {
      var failure = Failure.of(e);
      return failure.kind() == Failure.Kind.DAMAGED
          ? new Posted.Damaged(failure.why())
          : new Posted.Stalled(failure.why());
    } catch (IOException e) {
      return new Posted.Stalled(String.valueOf(e.getMessage()));
    } catch (Damage e) {
      return new Posted.Damaged(String.valueOf(e.getMessage()));
    } finally {
      if (!isDone) {
        abandon();
      }
    }
  }

  /** The connection, made anew after a failure. If its last transaction got through nevertheless, all is read again. */
  private Store store() throws SQLException, Damage, IOException {
    if (isClosed) {
      throw new IllegalStateException("The books are closed");
    }
    var open = store;
    if (open == null) {
      try {
        open = Store.open(folder, logLimit, Batch.of(List.of()));
      } catch (Store.Newer e) {
        throw new Damage("another Kedge wrote it meanwhile: " + e.getMessage());
      }
      store = open;
      if (open.isNew()) {
        throw new Damage("it is gone");
      }
      if (!open.totals().equals(totals)) {
        booked(open, open.verify());
      }
    }
    return open;
  }

  private void abandon() {
    var open = store;
    store = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // It is thrown away because it failed; the one made in its place tells what is wrong.
        store = null;
      }
    }
  }

  @Override
  public Map<Account, Balance> balances() {
    return seen.balances();
  }

  @Override
  public Positions positions() {
    return seen.positions();
  }

  @Override
  public Optional<SignedStatements> latest(NeighbourId neighbour) {
    return Optional.ofNullable(seen.latest().get(neighbour));
  }

  @Override
  public Optional<SignedStatements> agreed(NeighbourId neighbour) {
    return Optional.ofNullable(seen.agreed().get(neighbour));
  }

  @Override
  public synchronized List<Slot> history(Instant from, Instant to, Duration step) {
    try {
      return store().history(from, to, step);
    } catch (SQLException | Damage | IOException e) {
      // The next batch meets the same, and says so.
      abandon();
      return List.of();
    }
  }

  /**
   * Reads all entries of a span in the order of time, then the statements and the gaps in it, a few at a time, so that batches are
   * booked meanwhile; those are left out. Blocks as long as the reader does.
   *
   * @param to first second beyond
   * @throws IOException from the reader, or where the database cannot be read now
   */
  public void read(Instant from, Instant to, LedgerReader reader) throws IOException {
    synchronized (this) {
      readers++;
    }
    try {
      var row = Entries.firstRow(from);
      var beyond = Entries.firstRow(to);
      var at = row;
      for (var rows = entries(at, beyond); !rows.isEmpty(); rows = entries(at, beyond)) {
        for (var one : rows) {
          reader.entry(one.entry());
        }
        at = rows.get(rows.size() - 1).number() + 1;
      }
      var behind = 0L;
      for (var said = statements(behind, from, to);
          !said.isEmpty();
          said = statements(behind, from, to)) {
        for (var one : said.entrySet()) {
          reader.statements(one.getValue());
          behind = one.getKey();
        }
      }
      for (var gap : gaps()) {
        if (gap.to().isAfter(from) && gap.from().isBefore(to)) {
          reader.gap(gap);
        }
      }
    } finally {
      synchronized (this) {
        readers--;
      }
    }
  }

  private synchronized List<Entries.Row> entries(long from, long beyond) throws IOException {
    return reading(open -> open.entries.page(from, beyond, READ_AT_ONCE));
  }

  private synchronized Map<Long, SignedStatements> statements(long behind, Instant from, Instant to)
      throws IOException {
    return reading(open -> open.talks.page(behind, from, to, READ_AT_ONCE));
  }

  private synchronized List<Gap> gaps() throws IOException {
    return reading(Store::gaps);
  }

  private interface Query<T> {
    T on(Store open) throws SQLException, Damage;
  }

  private <T> T reading(Query<T> query) throws IOException {
    try {
      return query.on(store());
    } catch (SQLException | Damage e) {
      abandon();
      throw new IOException("The ledger cannot be read now: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    abandon();
    if (!isClosed) {
      isClosed = true;
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException("The lock of the ledger cannot be given back", e);
      }
    }
  }
}
