package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.kedge.base.api.Bytes;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Tally;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * One connection to the database, and its tables. After a transaction that was not committed it is thrown away: what it remembers of
 * the tables is then not what stands there.
 */
final class Store implements AutoCloseable {
  static final String FILE = "ledger.db";
  static final String LOG = FILE + "-wal";

  /** Told apart by these from a header in which a bit turned. */
  private static final int VERSION = 1;

  private static final int APPLICATION = 0x4b656400;

  /** Small pages: a charge touches the ends of a few tables, and each page it touches goes whole into the log. */
  private static final int PAGE_BYTES = 1024;

  private static final int PAGE_ROWS = 1000;

  /** Of a database with fewer free pages than one in so many, none are given back: they are soon used again. */
  private static final int FREE_PART = 4;

  private static final int VACUUM_PAGES = 500;

  private final Path log;
  private final Connection connection;
  private final long logLimit;
  private final boolean isNew;
  private final Seal seal = new Seal();
  final Names accounts;
  final Entries entries;
  final Counters counters;
  final Talks talks;
  final Promises promises;
  private final PreparedStatement gapFind;
  private final PreparedStatement gapPut;
  private final PreparedStatement totalsPut;
  private Totals totals;
  private long gapRows;
  private long gapSeals;
  private long entryRows;
  private long entrySeals;

  /** Number of rows in all tables, and the sum of their checksums: shows rows that are missing, or are older than others. */
  record Totals(long rows, long seals) {}

  /** A newer Kedge wrote this database. */
  static final class Newer extends Exception {
    Newer(int version) {
      super("it has version " + version + ", and this Kedge knows up to " + VERSION);
    }
  }

  /**
   * Opens what is there, or makes it where there is nothing.
   *
   * @param logLimit bytes of the log from which on it is written back
   * @param first what a new database is made with, in one transaction
   */
  static Store open(Path folder, long logLimit, Batch first)
      throws SQLException, Damage, Newer, IOException {
    var damage = WalLook.damage(folder.resolve(LOG));
    if (damage.isPresent()) {
      throw new Damage(damage.get());
    }
    var connection = connect(folder.resolve(FILE));
    try {
      var isNew = prepare(connection, logLimit, folder.resolve(LOG), first);
      var store = new Store(folder.resolve(LOG), connection, logLimit, isNew);
      // What a failed transaction left in the log is gone before anything is written behind it.
      store.checkpoint();
      return store;
    } catch (SQLException | Damage | Newer | RuntimeException e) {
      closeAfter(connection, e);
      throw e;
    }
  }

  /** Opens one that is there without a look at its log, to read what can be read. */
  static Store openAsItIs(Path folder) throws SQLException, Damage, Newer {
    var connection = connect(folder.resolve(FILE));
    try {
      if (prepare(connection, 0, folder.resolve(LOG), Batch.of(List.of()))) {
        throw new Damage("it is empty");
      }
      return new Store(folder.resolve(LOG), connection, 0, false);
    } catch (SQLException | Damage | Newer | RuntimeException e) {
      closeAfter(connection, e);
      throw e;
    }
  }

  static Connection connect(Path file) throws SQLException {
    // Not by DriverManager, which would hold on to this class, and hand out another one's driver.
    return new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), new Properties());
  }

  /** @return whether it was made */
  private static boolean prepare(Connection connection, long logLimit, Path log, Batch first)
      throws SQLException, Damage, Newer {
    run(connection, "PRAGMA busy_timeout = 0");
    run(connection, "PRAGMA locking_mode = EXCLUSIVE");
    var version = (int) number(connection, "PRAGMA user_version");
    if (version != 0) {
      var application = (int) number(connection, "PRAGMA application_id");
      if (application != APPLICATION + version) {
        throw new Damage("its head does not fit together");
      }
      if (version > VERSION) {
        throw new Newer(version);
      }
    }
    if (version == 0) {
      run(connection, "PRAGMA page_size = " + PAGE_BYTES);
      run(connection, "PRAGMA auto_vacuum = INCREMENTAL");
    }
    run(connection, "PRAGMA journal_mode = WAL");
    run(connection, "PRAGMA synchronous = FULL");
    run(connection, "PRAGMA wal_autocheckpoint = 0");
    run(connection, "PRAGMA foreign_keys = ON");
    run(connection, "PRAGMA temp_store = MEMORY");
    run(connection, "PRAGMA cell_size_check = ON");
    if (version == 0) {
      if (number(connection, "SELECT count(*) FROM sqlite_schema") != 0) {
        throw new Damage("its head does not fit together");
      }
      create(connection, logLimit, log, first);
    }
    return version == 0;
  }

  private static void create(Connection connection, long logLimit, Path log, Batch first)
      throws SQLException, Damage {
    run(connection, "BEGIN IMMEDIATE");
    for (var table : List.of(
        "accounts (number INTEGER PRIMARY KEY, name TEXT NOT NULL, seal INTEGER NOT NULL)",
        "entries (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,"
            + " debit INTEGER NOT NULL REFERENCES accounts, credit INTEGER NOT NULL REFERENCES accounts,"
            + " gwei INTEGER NOT NULL, rest INTEGER NOT NULL, bytes INTEGER NOT NULL, note TEXT, seal INTEGER NOT NULL)",
        "counters (number INTEGER PRIMARY KEY, name TEXT NOT NULL, seal INTEGER NOT NULL)",
        "positions (counter INTEGER PRIMARY KEY, packets INTEGER NOT NULL, bytes INTEGER NOT NULL,"
            + " seal INTEGER NOT NULL)",
        "statements (row INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts,"
            + " number INTEGER NOT NULL, at INTEGER NOT NULL, outcome INTEGER NOT NULL, ours TEXT NOT NULL, theirs TEXT,"
            + " evidence TEXT NOT NULL, seal INTEGER NOT NULL, UNIQUE (account, number))",
        "promises (account INTEGER NOT NULL REFERENCES accounts, side INTEGER NOT NULL, destination TEXT NOT NULL,"
            + " wei INTEGER NOT NULL, steps TEXT NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (account, side, destination)) WITHOUT ROWID",
        "gaps (row INTEGER PRIMARY KEY, since TEXT NOT NULL, until TEXT NOT NULL, bytes INTEGER NOT NULL,"
            + " why TEXT NOT NULL, seal INTEGER NOT NULL)",
        "totals (one INTEGER PRIMARY KEY, rows INTEGER NOT NULL, seals INTEGER NOT NULL)")) {
      run(connection, "CREATE TABLE " + table);
    }
    run(connection, "INSERT INTO totals (one, rows, seals) VALUES (1, 0, 0)");
    var store = new Store(log, connection, logLimit, true);
    store.write(first);
    store.putTotals();
    store.closeStatements();
    run(connection, "PRAGMA application_id = " + (APPLICATION + VERSION));
    run(connection, "PRAGMA user_version = " + VERSION);
    run(connection, "COMMIT");
  }

  private Store(Path log, Connection connection, long logLimit, boolean isNew)
      throws SQLException, Damage {
    this.isNew = isNew;
    this.log = log;
    this.connection = connection;
    this.logLimit = logLimit;
    accounts = new Names(connection, "accounts", seal);
    entries = new Entries(connection, accounts, seal);
    counters = new Counters(connection, seal);
    talks = new Talks(connection, accounts, seal);
    promises = new Promises(connection, accounts, seal);
    gapFind = connection.prepareStatement(
        "SELECT count(*) FROM gaps WHERE since = ? AND until = ? AND bytes = ? AND why = ?");
    gapPut = connection.prepareStatement(
        "INSERT INTO gaps (row, since, until, bytes, why, seal) VALUES (?, ?, ?, ?, ?, ?)");
    totalsPut = connection.prepareStatement("UPDATE totals SET rows = ?, seals = ? WHERE one = 1");
    readGaps();
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT rows, seals FROM totals WHERE one = 1")) {
      if (!row.next()) {
        throw new Damage("its totals are missing");
      }
      totals = new Totals(row.getLong(1), row.getLong(2));
    }
    // Until they are read one by one: what the totals leave to them.
    var others = others();
    entryRows = totals.rows() - others.rows();
    entrySeals = totals.seals() - others.seals();
  }

  private Totals others() {
    return new Totals(
        accounts.rows() + counters.rows() + talks.rows() + promises.rows() + gapRows,
        accounts.seals() + counters.seals() + talks.seals() + promises.seals() + gapSeals);
  }

  /** Whether there was none before. */
  boolean isNew() {
    return isNew;
  }

  Totals totals() {
    return totals;
  }

  /** Reads and checks all there is; takes seconds for a million entries. @return the sums of all entries */
  Tally verify() throws SQLException, Damage {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA integrity_check(1)")) {
      var word = row.next() ? Rows.text(row, 1) : "nothing";
      if (!word.equals("ok")) {
        throw new Damage("SQLite's own check says: " + word.replaceAll("\\s+", " "));
      }
    }
    var tally = new Tally();
    var rows = 0L;
    var seals = 0L;
    var from = Long.MIN_VALUE;
    for (var page = page(from); !page.isEmpty(); page = page(from)) {
      for (var row : page) {
        tally.add(row.entry());
        seals += row.seal();
        rows++;
      }
      from = page.get(page.size() - 1).number() + 1;
    }
    if (rows != entryRows || seals != entrySeals) {
      throw new Damage("it holds " + rows + " entries where " + entryRows
          + " were booked, or others than those");
    }
    checkSums(tally);
    return tally;
  }

  private List<Entries.Row> page(long from) throws SQLException, Damage {
    return entries.page(from, Long.MAX_VALUE, PAGE_ROWS);
  }

  /** Once more, added up by SQL. */
  private void checkSums(Tally tally) throws SQLException, Damage {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT sum(gwei), sum(rest) FROM entries")) {
      row.next();
      var sum = Entries.wei(row.getLong(1), row.getLong(2));
      if (!tally.isEven() || !tally.total().amount().equals(sum)) {
        throw new Damage("debits and credits differ: " + tally.total() + " against " + sum);
      }
    }
  }

  void begin() throws SQLException {
    run(connection, "BEGIN IMMEDIATE");
  }

  /** Writes all of a batch, whose entries are not there yet. */
  void write(Batch batch) throws SQLException, Damage {
    for (var entry : batch.entries()) {
      insert(entry);
    }
    if (batch.positions().isPresent()) {
      counters.put(batch.positions().get());
    }
    if (batch.gap().isPresent()) {
      put(batch.gap().get());
    }
    for (var said : batch.statements()) {
      talks.put(said);
    }
    for (var promise : batch.promises()) {
      promises.put(promise);
    }
  }

  void insert(LedgerEntry entry) throws SQLException {
    entrySeals += entries.insert(entry);
    entryRows++;
  }

  void delete(Entries.Row row) throws SQLException {
    entries.delete(row);
    entrySeals -= row.seal();
    entryRows--;
  }

  /** Writes a gap that is not there yet. */
  private void put(Gap gap) throws SQLException {
    gapFind.setString(1, gap.from().toString());
    gapFind.setString(2, gap.to().toString());
    gapFind.setLong(3, gap.atMost().count());
    gapFind.setString(4, gap.why());
    try (var row = gapFind.executeQuery()) {
      if (row.next() && row.getInt(1) > 0) {
        return;
      }
    }
    var check = sealOf(gapRows + 1, gap);
    gapPut.setLong(1, gapRows + 1);
    gapPut.setString(2, gap.from().toString());
    gapPut.setString(3, gap.to().toString());
    gapPut.setLong(4, gap.atMost().count());
    gapPut.setString(5, gap.why());
    gapPut.setLong(6, check);
    gapPut.executeUpdate();
    gapRows++;
    gapSeals += check;
  }

  /** Durable when this returns. */
  void commit() throws SQLException {
    var now = putTotals();
    run(connection, "COMMIT");
    totals = now;
    accounts.keep();
    counters.keep();
  }

  /** Ends a transaction that wrote nothing. */
  void rollback() throws SQLException {
    run(connection, "ROLLBACK");
  }

  private Totals putTotals() throws SQLException {
    var others = others();
    var now = new Totals(entryRows + others.rows(), entrySeals + others.seals());
    totalsPut.setLong(1, now.rows());
    totalsPut.setLong(2, now.seals());
    totalsPut.executeUpdate();
    return now;
  }

  /** Writes the log back into the database where it is long. */
  void tidy() throws SQLException, IOException {
    if (Files.exists(log) && Files.size(log) > logLimit) {
      checkpoint();
    }
  }

  /** Gives free pages back to the file system, a bounded number, where there are many. */
  void giveBack() throws SQLException {
    var free = number(connection, "PRAGMA freelist_count");
    if (free * FREE_PART > number(connection, "PRAGMA page_count")) {
      run(connection, "PRAGMA incremental_vacuum(" + VACUUM_PAGES + ")");
    }
  }

  private void checkpoint() throws SQLException {
    // Cut to nothing, not begun anew: see WalLook.
    if (number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
      throw new IllegalStateException("A statement is still open while the log is written back");
    }
  }

  List<Gap> gaps() throws SQLException, Damage {
    var gaps = new ArrayList<Gap>();
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(
            "SELECT row, since, until, bytes, why, seal FROM gaps ORDER BY row")) {
      while (row.next()) {
        var gap = new Gap(
            Instant.parse(Rows.text(row, 2)),
            Instant.parse(Rows.text(row, 3)),
            new Bytes(row.getLong(4)),
            Rows.text(row, 5));
        if (row.getLong(6) != sealOf(row.getLong(1), gap)) {
          throw new Damage("the gap in row " + row.getLong(1) + " fails its checksum");
        }
        gaps.add(gap);
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new Damage("a gap is none: " + e.getMessage());
    }
    return gaps;
  }

  private void readGaps() throws SQLException, Damage {
    var number = 0L;
    for (var gap : gaps()) {
      gapSeals += sealOf(++number, gap);
    }
    gapRows = number;
  }

  private long sealOf(long row, Gap gap) {
    return seal.of("gaps")
        .add(row)
        .add(gap.from().toString())
        .add(gap.to().toString())
        .add(gap.atMost().count())
        .add(gap.why())
        .value();
  }

  /** Bytes carried for and handed to neighbours, by slots of time. */
  List<Books.Slot> history(Instant from, Instant to, Duration step) throws SQLException, Damage {
    var slots = new TreeMap<Instant, Map<NeighbourId, long[]>>();
    var width = Math.max(1, step.toSeconds());
    try (var query = connection.prepareStatement(
        "SELECT (row - ?) / ?, debit, credit, sum(bytes) FROM entries WHERE row >= ? AND row < ? AND bytes > 0"
            + " GROUP BY 1, 2, 3")) {
      query.setLong(1, Entries.firstRow(from));
      query.setLong(2, Entries.rows(width));
      query.setLong(3, Entries.firstRow(from));
      query.setLong(4, Entries.firstRow(to));
      try (var row = query.executeQuery()) {
        while (row.next()) {
          var slot = slots.computeIfAbsent(
              from.truncatedTo(ChronoUnit.SECONDS).plusSeconds(row.getLong(1) * width),
              at -> new TreeMap<>());
          var debit = Account.of(accounts.name(row.getInt(2)));
          var credit = Account.of(accounts.name(row.getInt(3)));
          if (debit instanceof Account.Neighbour neighbour) {
            slot.computeIfAbsent(neighbour.id(), id -> new long[2])[0] += row.getLong(4);
          } else if (credit instanceof Account.Neighbour neighbour) {
            slot.computeIfAbsent(neighbour.id(), id -> new long[2])[1] += row.getLong(4);
          }
        }
      }
    }
    var history = new ArrayList<Books.Slot>();
    slots.forEach((at, slot) -> slot.forEach(
        (neighbour, bytes) -> history.add(new Books.Slot(at, neighbour, bytes[0], bytes[1]))));
    return history;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private static void closeAfter(Connection connection, Exception cause) {
    try {
      connection.close();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** What is open in a transaction is undone; the log is written back where that can be done. */
  @Override
  public void close() throws SQLException {
    try (connection) {
      closeStatements();
    }
  }

  private void closeStatements() throws SQLException {
    entries.close();
    counters.close();
    talks.close();
    promises.close();
    accounts.close();
    gapFind.close();
    gapPut.close();
    totalsPut.close();
  }
}
