package org.kedge.billing.internal.sqlite;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.Traffic;

/**
 * The table of entries. The number of a row is the second of its entry and, below, a count within that second: so rows lie in the
 * order of time, new ones are added at the end, and no index by time is needed. An amount is whole gwei (10^9 wei) and the wei that
 * remain, so that SQL adds it up exactly. In ids neighbours are replaced by the numbers of their accounts.
 */
final class Entries implements AutoCloseable {
  /** More than this many in one second do not fit. */
  private static final int COUNT_BITS = 20;

  /** Seconds are counted from here: smaller numbers take less space. */
  private static final long EPOCH = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

  private static final BigInteger GWEI = BigInteger.TEN.pow(9);
  private static final Pattern NEIGHBOUR =
      Pattern.compile("key:[A-Za-z0-9_-]{43}|link:[^\\s/]{1,15}/[0-9a-f.:]{2,45}");
  private static final Pattern NUMBER = Pattern.compile("\u0001([0-9a-z]+)\u0002");
  private static final int RADIX = 36;
  private static final String COLUMNS =
      "row, id, kind, debit, credit, gwei, rest, bytes, note, seal";

  /** Kinds below this are of charges and of agreements on them: the first three reasons. */
  private static final int CHARGES = Reason.AGREED.ordinal() + 1 << 3;

  private static final Reason[] REASONS = Reason.values();
  private static final Traffic[] TRAFFICS = Traffic.values();

  private final Names accounts;
  private final Seal seal;
  private final PreparedStatement find;
  private final PreparedStatement last;
  private final PreparedStatement insert;
  private final PreparedStatement delete;
  private final PreparedStatement page;
  private final PreparedStatement charges;
  private final PreparedStatement oldest;

  /** Before this row there are no charges any more. */
  private long chargesFrom = Long.MIN_VALUE;

  /** An entry where it stands. */
  record Row(long number, LedgerEntry entry, long seal) {}

  Entries(Connection connection, Names accounts, Seal seal) throws SQLException {
    this.accounts = accounts;
    this.seal = seal;
    find = connection.prepareStatement("SELECT " + COLUMNS + " FROM entries WHERE id = ?");
    last = connection.prepareStatement("SELECT max(row) FROM entries WHERE row >= ? AND row < ?");
    insert = connection.prepareStatement(
        "INSERT INTO entries (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    delete = connection.prepareStatement("DELETE FROM entries WHERE row = ?");
    charges = connection.prepareStatement(
        "SELECT " + COLUMNS + " FROM entries WHERE row >= ? AND row < ? AND kind < " + CHARGES
            + " ORDER BY row LIMIT ?");
    oldest = connection.prepareStatement("SELECT " + COLUMNS + " FROM entries WHERE row < ?"
        + " AND (debit <> ? AND credit <> ?) ORDER BY row LIMIT ?");
    page = connection.prepareStatement(
        "SELECT " + COLUMNS + " FROM entries WHERE row >= ? AND row < ? ORDER BY row LIMIT ?");
  }

  /** The first number of a row that an entry of this second or a later one can have. */
  static long firstRow(Instant second) {
    return Math.multiplyExact(second.getEpochSecond() - EPOCH, 1L << COUNT_BITS);
  }

  /** How many numbers of rows so many seconds have. */
  static long rows(long seconds) {
    return Math.multiplyExact(seconds, 1L << COUNT_BITS);
  }

  static Instant second(long row) {
    return Instant.ofEpochSecond((row >> COUNT_BITS) + EPOCH);
  }

  Optional<LedgerEntry> find(EntryId id) throws SQLException, Damage {
    var stored = shortened(id.text());
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    find.setString(1, stored.get());
    try (var row = find.executeQuery()) {
      return row.next() ? Optional.of(read(row).entry()) : Optional.empty();
    }
  }

  /** Adds one, whose id is not there yet. @return its checksum */
  long insert(LedgerEntry entry) throws SQLException {
    var debit = accounts.number(entry.debit().name());
    var credit = accounts.number(entry.credit().name());
    var id = numbered(entry.id().text());
    var row = freeRow(entry.at());
    var kind = kind(entry);
    var parts = entry.amount().amount().divideAndRemainder(GWEI);
    var gwei = parts[0].longValueExact();
    var rest = parts[1].longValueExact();
    var bytes = entry.bytes().count();
    var check = seal(row, id, kind, debit, credit, gwei, rest, bytes, entry.note());
    insert.setLong(1, row);
    insert.setString(2, id);
    insert.setInt(3, kind);
    insert.setInt(4, debit);
    insert.setInt(5, credit);
    insert.setLong(6, gwei);
    insert.setLong(7, rest);
    insert.setLong(8, bytes);
    if (entry.note().isEmpty()) {
      insert.setNull(9, Types.VARCHAR);
    } else {
      insert.setString(9, entry.note());
    }
    insert.setLong(10, check);
    insert.executeUpdate();
    chargesFrom = Math.min(chargesFrom, row);
    return check;
  }

  void delete(Row row) throws SQLException {
    delete.setLong(1, row.number());
    if (delete.executeUpdate() != 1) {
      throw new IllegalStateException("Row " + row.number() + " is not there to be taken away");
    }
  }

  /** At most so many rows from a number on and before another, in order. */
  List<Row> page(long from, long before, int limit) throws SQLException, Damage {
    page.setLong(1, from);
    page.setLong(2, before);
    page.setInt(3, limit);
    return rows(page);
  }

  private List<Row> rows(PreparedStatement query) throws SQLException, Damage {
    var rows = new ArrayList<Row>();
    try (var row = query.executeQuery()) {
      while (row.next()) {
        rows.add(read(row));
      }
    }
    return rows;
  }

  static BigInteger wei(long gwei, long rest) {
    return BigInteger.valueOf(gwei).multiply(GWEI).add(BigInteger.valueOf(rest));
  }

  /** The first charges before a time and agreements on them, at most so many. */
  List<Row> charges(Instant before, int limit) throws SQLException, Damage {
    charges.setLong(1, chargesFrom);
    charges.setLong(2, firstRow(before));
    charges.setInt(3, limit);
    var rows = rows(charges);
    // Not to search through all hours that were made of charges for those that still are.
    chargesFrom =
        rows.isEmpty() ? Math.max(chargesFrom, firstRow(before)) : rows.get(0).number();
    return rows;
  }

  /** The first entries before a time but settlements, at most so many. */
  List<Row> oldest(Instant before, int limit) throws SQLException, Damage {
    var settled = accounts.find(Account.Own.SETTLED.name()).orElse(0);
    oldest.setLong(1, firstRow(before));
    oldest.setInt(2, settled);
    oldest.setInt(3, settled);
    oldest.setInt(4, limit);
    return rows(oldest);
  }

  /** Whether SQL can add up amounts as large as this. */
  static boolean fits(Wei amount) {
    return amount.amount().divide(GWEI).bitLength() < Long.SIZE;
  }

  private Row read(ResultSet row) throws SQLException, Damage {
    var number = row.getLong(1);
    var id = Rows.text(row, 2);
    var kind = row.getInt(3);
    var debit = row.getInt(4);
    var credit = row.getInt(5);
    var gwei = row.getLong(6);
    var rest = row.getLong(7);
    var bytes = row.getLong(8);
    var text = row.getString(9);
    var note = text == null ? "" : text;
    var check = row.getLong(10);
    if (check != seal(number, id, kind, debit, credit, gwei, rest, bytes, note)) {
      throw new Damage(
          "the entry of " + second(number) + " in row " + number + " fails its checksum");
    }
    try {
      return new Row(
          number,
          new LedgerEntry(
              new EntryId(named(id)),
              REASONS[kind >> 3],
              Account.of(accounts.name(debit)),
              Account.of(accounts.name(credit)),
              new Wei(wei(gwei, rest)),
              new Bytes(bytes),
              (kind >> 1 & 3) == 0 ? Optional.empty() : Optional.of(TRAFFICS[(kind >> 1 & 3) - 1]),
              second(number),
              (kind & 1) == 1,
              note),
          check);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new Damage("the entry in row " + number + " is none: " + e.getMessage());
    }
  }

  private static int kind(LedgerEntry entry) {
    return entry.reason().ordinal() << 3
        | entry.traffic().map(traffic -> traffic.ordinal() + 1).orElse(0) << 1
        | (entry.clockTrusted() ? 1 : 0);
  }

  private long freeRow(Instant at) throws SQLException {
    var first = firstRow(at);
    var beyond = first + (1L << COUNT_BITS);
    last.setLong(1, first);
    last.setLong(2, beyond);
    try (var row = last.executeQuery()) {
      var taken = row.getLong(1);
      var free = row.wasNull() ? first : taken + 1;
      if (free == beyond) {
        throw new IllegalArgumentException("More entries at " + at + " than fit into a second");
      }
      return free;
    }
  }

  private long seal(
      long row,
      String id,
      int kind,
      int debit,
      int credit,
      long gwei,
      long rest,
      long bytes,
      String note) {
    return seal.of("entries")
        .add(row)
        .add(id)
        .add(kind)
        .add(debit)
        .add(credit)
        .add(gwei)
        .add(rest)
        .add(bytes)
        .add(note)
        .value();
  }

  /** Empty where a neighbour in it has no number yet: then no entry has this id. */
  private Optional<String> shortened(String id) {
    var found = NEIGHBOUR.matcher(id);
    var text = new StringBuilder();
    while (found.find()) {
      var number = accounts.find(found.group());
      if (number.isEmpty()) {
        return Optional.empty();
      }
      found.appendReplacement(text, mark(number.getAsInt()));
    }
    return Optional.of(found.appendTail(text).toString());
  }

  private String numbered(String id) throws SQLException {
    var found = NEIGHBOUR.matcher(id);
    var text = new StringBuilder();
    while (found.find()) {
      found.appendReplacement(text, mark(accounts.number(found.group())));
    }
    return found.appendTail(text).toString();
  }

  private String named(String id) throws Damage {
    if (id.indexOf('\u0001') < 0) {
      return id;
    }
    var found = NUMBER.matcher(id);
    var text = new StringBuilder();
    while (found.find()) {
      var name = accounts.name(Integer.parseInt(found.group(1), RADIX));
      found.appendReplacement(text, Matcher.quoteReplacement(name));
    }
    return found.appendTail(text).toString();
  }

  private static String mark(int number) {
    return '\u0001' + Integer.toString(number, RADIX) + '\u0002';
  }

  @Override
  public void close() throws SQLException {
    find.close();
    last.close();
    insert.close();
    delete.close();
    page.close();
    charges.close();
    oldest.close();
  }
}
