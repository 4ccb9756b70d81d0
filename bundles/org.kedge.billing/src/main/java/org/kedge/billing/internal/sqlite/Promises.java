package org.kedge.billing.internal.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Promise;
import org.kedge.billing.internal.core.ledger.Promise.Side;
import org.kedge.billing.internal.core.ledger.Promise.Step;
import org.kedge.billing.internal.core.ledger.Promise.Terms;

/** The table of prices that hold: one row for each neighbour, side and destination. */
final class Promises implements AutoCloseable {
  private static final Side[] SIDES = Side.values();

  private final Connection connection;
  private final Names accounts;
  private final Seal seal;
  private final PreparedStatement find;
  private final PreparedStatement put;
  private final PreparedStatement delete;
  private long seals;
  private long rows;

  Promises(Connection connection, Names accounts, Seal seal) throws SQLException, Damage {
    this.connection = connection;
    this.accounts = accounts;
    this.seal = seal;
    var key = " WHERE account = ? AND side = ? AND destination = ?";
    find = connection.prepareStatement("SELECT seal FROM promises" + key);
    put = connection.prepareStatement(
        "INSERT INTO promises (account, side, destination, wei, steps, seal) VALUES (?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (account, side, destination) DO UPDATE SET wei = excluded.wei, steps = excluded.steps,"
            + " seal = excluded.seal");
    delete = connection.prepareStatement("DELETE FROM promises" + key);
    for (var promise : all()) {
      seals += sealOf(promise, promise.holds().orElseThrow());
      rows++;
    }
  }

  /** Reads and checks all there are. */
  List<Promise> all() throws SQLException, Damage {
    var all = new ArrayList<Promise>();
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(
            "SELECT account, side, destination, wei, steps, seal FROM promises")) {
      while (row.next()) {
        var terms = terms(row.getLong(4), Rows.text(row, 5));
        var promise =
            promise(accounts.name(row.getInt(1)), row.getInt(2), Rows.text(row, 3), terms);
        if (row.getLong(6) != sealOf(promise, terms)) {
          throw new Damage("the price of " + promise.destination() + " fails its checksum");
        }
        all.add(promise);
      }
    }
    return all;
  }

  private static Promise promise(String account, int side, String destination, Terms terms)
      throws Damage {
    var prefix = IpPrefix.of(destination);
    if (side < 0 || side >= SIDES.length || prefix.isEmpty()) {
      throw new Damage("a price is of no side or destination: " + side + ", " + destination);
    }
    try {
      if (Account.of(account) instanceof Account.Neighbour neighbour) {
        return new Promise(neighbour.id(), SIDES[side], prefix.get(), Optional.of(terms));
      }
    } catch (IllegalArgumentException e) {
      throw new Damage("there is no account " + account);
    }
    throw new Damage("a price is of no neighbour: " + account);
  }

  private static Terms terms(long wei, String steps) throws Damage {
    try {
      var all = new ArrayList<Step>();
      for (var word : steps.isEmpty() ? new String[0] : steps.split(" ", -1)) {
        var at = word.indexOf('@');
        all.add(new Step(
            new Price(Long.parseLong(word.substring(0, at))),
            new Uptime(Long.parseLong(word.substring(at + 1)))));
      }
      return new Terms(new Price(wei), all);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Damage("a price is none: " + wei + ", then " + steps);
    }
  }

  /** Price and time of each, as {@code 200@36000000000000}, with a blank between two. */
  private static String text(List<Step> steps) {
    return steps.stream()
        .map(step -> step.price().weiPerByte() + "@" + step.at().nanos())
        .collect(Collectors.joining(" "));
  }

  long seals() {
    return seals;
  }

  long rows() {
    return rows;
  }

  void put(Promise promise) throws SQLException, Damage {
    var account = accounts.number(promise.neighbour().value());
    key(find, account, promise);
    try (var row = find.executeQuery()) {
      if (row.next()) {
        seals -= row.getLong(1);
        rows--;
      }
    }
    if (promise.holds().isEmpty()) {
      key(delete, account, promise);
      delete.executeUpdate();
      return;
    }
    var terms = promise.holds().get();
    var check = sealOf(promise, terms);
    key(put, account, promise);
    put.setLong(4, terms.price().weiPerByte());
    put.setString(5, text(terms.steps()));
    put.setLong(6, check);
    put.executeUpdate();
    seals += check;
    rows++;
  }

  private static void key(PreparedStatement statement, int account, Promise promise)
      throws SQLException {
    statement.setInt(1, account);
    statement.setInt(2, promise.side().ordinal());
    statement.setString(3, promise.destination().toString());
  }

  private long sealOf(Promise promise, Terms terms) {
    return seal.of("promises")
        .add(promise.neighbour().value())
        .add(promise.side().ordinal())
        .add(promise.destination().toString())
        .add(terms.price().weiPerByte())
        .add(text(terms.steps()))
        .value();
  }

  @Override
  public void close() throws SQLException {
    find.close();
    put.close();
    delete.close();
  }
}
