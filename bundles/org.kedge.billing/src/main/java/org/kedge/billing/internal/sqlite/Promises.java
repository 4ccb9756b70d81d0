package org.kedge.billing.internal.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.pricing.Promise;
import org.kedge.billing.internal.core.pricing.Promise.Side;

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
        "INSERT INTO promises (account, side, destination, wei, seal) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (account, side, destination) DO UPDATE SET wei = excluded.wei, seal = excluded.seal");
    delete = connection.prepareStatement("DELETE FROM promises" + key);
    for (var promise : all()) {
      seals += sealOf(promise);
      rows++;
    }
  }

  /** Reads and checks all there are. */
  List<Promise> all() throws SQLException, Damage {
    var all = new ArrayList<Promise>();
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery("SELECT account, side, destination, wei, seal FROM promises")) {
      while (row.next()) {
        var promise =
            promise(accounts.name(row.getInt(1)), row.getInt(2), Rows.text(row, 3), row.getLong(4));
        if (row.getLong(5) != sealOf(promise)) {
          throw new Damage("the price of " + promise.destination() + " fails its checksum");
        }
        all.add(promise);
      }
    }
    return all;
  }

  private static Promise promise(String account, int side, String destination, long wei)
      throws Damage {
    try {
      if (Account.of(account) instanceof Account.Neighbour neighbour) {
        return new Promise(
            neighbour.id(),
            SIDES[side],
            IpPrefix.of(destination).orElseThrow(IllegalArgumentException::new),
            Optional.of(new Price(wei)));
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Damage("a price is none: " + destination + " for " + wei);
    }
    throw new Damage("a price is of no neighbour: " + account);
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
    if (promise.price().isEmpty()) {
      key(delete, account, promise);
      delete.executeUpdate();
      return;
    }
    var check = sealOf(promise);
    key(put, account, promise);
    put.setLong(4, promise.price().get().weiPerByte());
    put.setLong(5, check);
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

  /** Over the name of the account, not its number. */
  private long sealOf(Promise promise) {
    return seal.of("promises")
        .add(promise.neighbour().value())
        .add(promise.side().ordinal())
        .add(promise.destination().toString())
        .add(promise.price().map(Price::weiPerByte).orElse(0L))
        .value();
  }

  @Override
  public void close() throws SQLException {
    find.close();
    put.close();
    delete.close();
  }
}
