package org.kedge.billing.internal.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A table of names and the small numbers that stand for them elsewhere. What a transaction adds is {@link #keep kept} once it is
 * durable; after one that failed this is thrown away and read again.
 */
final class Names implements AutoCloseable {
  private final String table;
  private final Seal seal;
  private final PreparedStatement insert;
  private final PreparedStatement delete;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private final Map<String, Integer> fresh = new HashMap<>();
  private long seals;
  private long rows;

  /** Reads all there are. */
  Names(Connection connection, String table, Seal seal) throws SQLException, Damage {
    this.table = table;
    this.seal = seal;
    insert = connection.prepareStatement(
        "INSERT INTO " + table + " (number, name, seal) VALUES (?, ?, ?)");
    delete = connection.prepareStatement("DELETE FROM " + table);
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT number, name, seal FROM " + table)) {
      while (row.next()) {
        var number = row.getInt(1);
        var name = Rows.text(row, 2);
        var found = row.getLong(3);
        if (found != sealOf(number, name)) {
          throw new Damage("row " + number + " of its table " + table + " fails its checksum");
        }
        numbers.put(name, number);
        names.put(number, name);
        seals += found;
        rows++;
      }
    }
  }

  /** The number of a name, which is added where it is new. */
  int number(String name) throws SQLException {
    var known = find(name);
    if (known.isPresent()) {
      return known.getAsInt();
    }
    var number = numbers.size() + fresh.size() + 1;
    var check = sealOf(number, name);
    insert.setInt(1, number);
    insert.setString(2, name);
    insert.setLong(3, check);
    insert.executeUpdate();
    fresh.put(name, number);
    seals += check;
    rows++;
    return number;
  }

  String name(int number) throws Damage {
    var name = names.get(number);
    if (name == null) {
      name = fresh.entrySet().stream()
          .filter(entry -> entry.getValue() == number)
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseThrow(
              () -> new Damage("its table " + table + " has no row " + number + ", which is used"));
    }
    return name;
  }

  /** Sum of the checksums of all rows. */
  long seals() {
    return seals;
  }

  long rows() {
    return rows;
  }

  /** The number of a name; none is added. */
  OptionalInt find(String name) {
    var known = numbers.get(name);
    if (known == null) {
      known = fresh.get(name);
    }
    return known == null ? OptionalInt.empty() : OptionalInt.of(known);
  }

  /** Takes all of them out of the table. */
  void clear() throws SQLException {
    delete.executeUpdate();
    numbers.clear();
    names.clear();
    fresh.clear();
    seals = 0;
    rows = 0;
  }

  /** What was added is durable. */
  void keep() {
    numbers.putAll(fresh);
    fresh.forEach((name, number) -> names.put(number, name));
    fresh.clear();
  }

  private long sealOf(int number, String name) {
    return seal.of(table).add(number).add(name).value();
  }

  @Override
  public void close() throws SQLException {
    insert.close();
    delete.close();
  }
}
