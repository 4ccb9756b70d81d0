package org.kedge.billing.internal.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;

/**
 * The table of positions of counters: of each up to where it is booked, under the number of its name. One life of the counters at a
 * time: those of another generation go.
 */
final class Counters implements AutoCloseable {
  private static final String GENERATION = "generation ";
  private static final String LINK = "link ";

  private final Names names;
  private final Seal seal;
  private final Connection connection;
  private final PreparedStatement put;
  private final Map<Integer, Long> sealOf = new HashMap<>();
  private final Map<MeterKey, Count> counts = new HashMap<>();
  private final Map<String, Long> links = new HashMap<>();
  private String generation = "";
  private long seals;

  Counters(Connection connection, Seal seal) throws SQLException, Damage {
    this.connection = connection;
    this.seal = seal;
    names = new Names(connection, "counters", seal);
    put = connection.prepareStatement(
        "INSERT INTO positions (counter, packets, bytes, seal) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (counter) DO UPDATE SET packets = excluded.packets, bytes = excluded.bytes, seal = excluded.seal");
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT counter, packets, bytes, seal FROM positions")) {
      while (row.next()) {
        var counter = row.getInt(1);
        var packets = row.getLong(2);
        var bytes = row.getLong(3);
        if (row.getLong(4) != sealOf(counter, packets, bytes)) {
          throw new Damage("the position of counter " + counter + " fails its checksum");
        }
        sealOf.put(counter, row.getLong(4));
        seals += row.getLong(4);
        remember(names.name(counter), packets, bytes);
      }
    }
  }

  Positions positions() {
    return new Positions(generation, counts, links);
  }

  long seals() {
    return seals + names.seals();
  }

  long rows() {
    return sealOf.size() + names.rows();
  }

  /** Writes what moved. */
  void put(Positions moved) throws SQLException {
    if (!moved.generation().equals(generation)) {
      begin(moved.generation());
    }
    for (var count : moved.counts().entrySet()) {
      if (!count.getValue().equals(counts.get(count.getKey()))) {
        put(name(count.getKey()), count.getValue().packets(), count.getValue().bytes());
        counts.put(count.getKey(), count.getValue());
      }
    }
    for (var link : moved.links().entrySet()) {
      if (!link.getValue().equals(links.get(link.getKey()))) {
        put(LINK + link.getKey(), 0, link.getValue());
        links.put(link.getKey(), link.getValue());
      }
    }
  }

  void keep() {
    names.keep();
  }

  private void begin(String next) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM positions");
    }
    names.clear();
    sealOf.clear();
    counts.clear();
    links.clear();
    seals = 0;
    generation = next;
    put(GENERATION + next, 0, 0);
  }

  private void put(String name, long packets, long bytes) throws SQLException {
    var counter = names.number(name);
    var check = sealOf(counter, packets, bytes);
    put.setInt(1, counter);
    put.setLong(2, packets);
    put.setLong(3, bytes);
    put.setLong(4, check);
    put.executeUpdate();
    var before = sealOf.put(counter, check);
    seals += check - (before == null ? 0 : before);
  }

  private void remember(String name, long packets, long bytes) throws Damage {
    if (name.startsWith(GENERATION)) {
      generation = name.substring(GENERATION.length());
    } else if (name.startsWith(LINK)) {
      links.put(name.substring(LINK.length()), bytes);
    } else {
      counts.put(
          key(name).orElseThrow(() -> new Damage("there is no counter '" + name + "'")),
          new Count(packets, bytes));
    }
  }

  private static String name(MeterKey key) {
    var target = key.target();
    var where = target instanceof Target.Mesh mesh
        ? mesh.address().toString()
        : target instanceof Target.Any ? "any" : "elsewhere";
    // No name of an interface holds white space.
    return key.direction().name().toLowerCase(Locale.ROOT) + " " + key.station().interfaceName()
        + " " + key.station().mac() + " " + where;
  }

  private static Optional<MeterKey> key(String name) {
    var words = name.split(" ", -1);
    if (words.length != 4) {
      return Optional.empty();
    }
    var station = new Station(words[1], words[2]);
    var direction = words[0].equals("in") ? Direction.IN : Direction.OUT;
    return target(words[3]).map(target -> new MeterKey(direction, station, target));
  }

  private static Optional<Target> target(String word) {
    return switch (word) {
      case "any" -> Optional.of(new Target.Any());
      case "elsewhere" -> Optional.of(new Target.Elsewhere());
      default -> IpPrefix.of(word).filter(IpPrefix::isAddress).map(Target.Mesh::new);
    };
  }

  private long sealOf(int counter, long packets, long bytes) {
    return seal.of("positions").add(counter).add(packets).add(bytes).value();
  }

  @Override
  public void close() throws SQLException {
    put.close();
    names.close();
  }
}
