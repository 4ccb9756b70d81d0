package org.kedge.billing.internal.sqlite;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;

/** The table of statements: one row for each neighbour and number. */
final class Talks implements AutoCloseable {
  private static final String COLUMNS =
      "row, account, number, at, outcome, ours, theirs, evidence, seal";
  private static final Outcome[] OUTCOMES = Outcome.values();

  private final Names accounts;
  private final Seal seal;
  private final PreparedStatement find;
  private final PreparedStatement put;
  private final PreparedStatement page;
  private final PreparedStatement old;
  private final PreparedStatement delete;
  private final Map<NeighbourId, SignedStatements> latest = new HashMap<>();
  private final Map<NeighbourId, SignedStatements> agreed = new HashMap<>();
  private long seals;
  private long rows;

  private record Row(long number, SignedStatements statements, long seal) {}

  Talks(Connection connection, Names accounts, Seal seal) throws SQLException, Damage {
    this.accounts = accounts;
    this.seal = seal;
    find = connection.prepareStatement(
        "SELECT " + COLUMNS + " FROM statements WHERE account = ? AND number = ?");
    put = connection.prepareStatement(
        "INSERT INTO statements (" + COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (row) DO UPDATE SET at = excluded.at, outcome = excluded.outcome,"
            + " ours = excluded.ours, theirs = excluded.theirs, evidence = excluded.evidence, seal = excluded.seal");
    page = connection.prepareStatement("SELECT " + COLUMNS
        + " FROM statements WHERE row > ? AND at >= ? AND at < ? ORDER BY row LIMIT ?");
    old = connection.prepareStatement("SELECT " + COLUMNS
        + " FROM statements WHERE at < ? AND (outcome <> " + Outcome.DISPUTED.ordinal()
        + " OR at < ?) LIMIT ?");
    delete = connection.prepareStatement("DELETE FROM statements WHERE row = ?");
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT " + COLUMNS + " FROM statements ORDER BY row")) {
      while (row.next()) {
        var read = read(row);
        remember(read.statements());
        seals += read.seal();
        rows++;
      }
    }
  }

  Optional<SignedStatements> latest(NeighbourId neighbour) {
    return Optional.ofNullable(latest.get(neighbour));
  }

  Map<NeighbourId, SignedStatements> latest() {
    return Map.copyOf(latest);
  }

  Map<NeighbourId, SignedStatements> agreed() {
    return Map.copyOf(agreed);
  }

  long seals() {
    return seals;
  }

  long rows() {
    return rows;
  }

  /** Writes what both sides said, in the place of what they had said under the same number. @return whether that is another thing */
  boolean put(SignedStatements said) throws SQLException, Damage {
    var account = accounts.number(said.neighbour().value());
    var before = find(account, said.ours().number());
    if (before.map(Row::statements).equals(Optional.of(said))) {
      return false;
    }
    var number = before.isPresent() ? before.get().number() : freeRow();
    var at = said.ours().at().getEpochSecond();
    var ours = text(said.ours());
    var theirs = said.theirs().map(Talks::text).orElse("");
    var check = seal(
        number, account, said.ours().number(), at, said.outcome(), ours, theirs, said.evidence());
    put.setLong(1, number);
    put.setInt(2, account);
    put.setLong(3, said.ours().number());
    put.setLong(4, at);
    put.setInt(5, said.outcome().ordinal());
    put.setString(6, ours);
    if (theirs.isEmpty()) {
      put.setNull(7, Types.VARCHAR);
    } else {
      put.setString(7, theirs);
    }
    put.setString(8, said.evidence());
    put.setLong(9, check);
    put.executeUpdate();
    seals += check - before.map(Row::seal).orElse(0L);
    rows += before.isPresent() ? 0 : 1;
    remember(said);
    return true;
  }

  private long freeRow = 1;

  private long freeRow() {
    return freeRow++;
  }

  private Optional<Row> find(int account, long number) throws SQLException, Damage {
    find.setInt(1, account);
    find.setLong(2, number);
    try (var row = find.executeQuery()) {
      return row.next() ? Optional.of(read(row)) : Optional.empty();
    }
  }

  private void remember(SignedStatements said) {
    latest.merge(
        said.neighbour(),
        said,
        (before, now) -> now.ours().number() < before.ours().number() ? before : now);
    if (said.outcome() == Outcome.AGREED) {
      agreed.merge(
          said.neighbour(),
          said,
          (before, now) -> now.ours().number() < before.ours().number() ? before : now);
    }
  }

  /** What was said in a span, at most so many from behind a row on; the map tells the row of each. */
  Map<Long, SignedStatements> page(long behind, Instant from, Instant to, int limit)
      throws SQLException, Damage {
    page.setLong(1, behind);
    page.setLong(2, from.getEpochSecond());
    page.setLong(3, to.getEpochSecond());
    page.setInt(4, limit);
    var found = new LinkedHashMap<Long, SignedStatements>();
    for (var row : rows(page)) {
      found.put(row.number(), row.statements());
    }
    return found;
  }

  /**
   * Takes away what is older than {@code kept}, but what is disputed only when older than {@code disputedKept}, and never the latest
   * and the latest agreed of each neighbour.
   *
   * @return how many, at most about {@code limit}
   */
  int forget(Instant kept, Instant disputedKept, int limit) throws SQLException, Damage {
    old.setLong(1, kept.getEpochSecond());
    old.setLong(2, disputedKept.getEpochSecond());
    old.setInt(3, limit + latest.size() + agreed.size());
    var gone = 0;
    for (var row : rows(old)) {
      var neighbour = row.statements().neighbour();
      if (!row.statements().equals(latest.get(neighbour))
          && !row.statements().equals(agreed.get(neighbour))) {
        delete.setLong(1, row.number());
        delete.executeUpdate();
        seals -= row.seal();
        rows--;
        gone++;
      }
    }
    return gone;
  }

  private List<Row> rows(PreparedStatement query) throws SQLException, Damage {
    var found = new ArrayList<Row>();
    try (var row = query.executeQuery()) {
      while (row.next()) {
        found.add(read(row));
      }
    }
    return found;
  }

  private Row read(ResultSet row) throws SQLException, Damage {
    var number = row.getLong(1);
    var account = row.getInt(2);
    var count = row.getLong(3);
    var at = row.getLong(4);
    var outcome = OUTCOMES[Math.floorMod(row.getInt(5), OUTCOMES.length)];
    var ours = Rows.text(row, 6);
    var said = row.getString(7);
    var theirs = said == null ? "" : said;
    var evidence = Rows.text(row, 8);
    var check = row.getLong(9);
    if (check != seal(number, account, count, at, outcome, ours, theirs, evidence)) {
      throw new Damage("the statement in row " + number + " fails its checksum");
    }
    freeRow = Math.max(freeRow, number + 1);
    return new Row(
        number,
        new SignedStatements(
            new NeighbourId(accounts.name(account)),
            statement(ours),
            theirs.isEmpty() ? Optional.empty() : Optional.of(statement(theirs)),
            outcome,
            evidence),
        check);
  }

  private long seal(
      long row,
      int account,
      long number,
      long at,
      Outcome outcome,
      String ours,
      String theirs,
      String evidence) {
    return seal.of("statements")
        .add(row)
        .add(account)
        .add(number)
        .add(at)
        .add(outcome.ordinal())
        .add(ours)
        .add(theirs)
        .add(evidence)
        .value();
  }

  /** On one line: number, carried, earned, handed, owed, at. */
  static String text(Statement statement) {
    return statement.number() + " " + statement.carried().count() + " "
        + statement.earned().amount() + " " + statement.handed().count() + " "
        + statement.owed().amount() + " " + statement.at();
  }

  static Statement statement(String text) throws Damage {
    var words = text.split(" ", -1);
    try {
      return new Statement(
          Long.parseLong(words[0]),
          new Bytes(Long.parseLong(words[1])),
          new Wei(new BigInteger(words[2])),
          new Bytes(Long.parseLong(words[3])),
          new Wei(new BigInteger(words[4])),
          Instant.parse(words[5]));
    } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
      throw new Damage("'" + text + "' is no statement");
    }
  }

  @Override
  public void close() throws SQLException {
    find.close();
    put.close();
    page.close();
    old.close();
    delete.close();
  }
}
