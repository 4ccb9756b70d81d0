package org.kedge.billing.internal.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;

/** One set of counters: what its name is, what its elements are named by, and what they stand for. */
record CounterSet(Kind kind, Direction direction, Of of) {
  /** What its counters tell apart besides the station. */
  enum Of {
    ANY("any"),
    ELSEWHERE("elsewhere"),
    MESH6("mesh6"),
    MESH4("mesh4");

    private final String word;

    Of(String word) {
      this.word = word;
    }

    boolean isByTarget() {
      return this == MESH6 || this == MESH4;
    }
  }

  /** In the order in which they are made, and so listed: all of {@link Of#ANY} first, see {@code Meter}. */
  static List<CounterSet> all() {
    var all = new ArrayList<CounterSet>();
    for (var of : Of.values()) {
      for (var kind : Kind.values()) {
        for (var direction : Direction.values()) {
          all.add(new CounterSet(kind, direction, of));
        }
      }
    }
    return all;
  }

  String name() {
    return (kind == Kind.ETHERNET ? "ether" : "bare") + (direction == Direction.IN ? "-in" : "-out")
        + "-" + of.word;
  }

  int size(Sizes sizes) {
    return of.isByTarget() ? sizes.targets() : sizes.stations();
  }

  List<String> type() {
    var type = new ArrayList<>(List.of("ifname"));
    if (kind == Kind.ETHERNET) {
      type.add("ether_addr");
    }
    if (of.isByTarget()) {
      type.add(of == Of.MESH6 ? "ipv6_addr" : "ipv4_addr");
    }
    return type;
  }

  /** @return empty where the parts are not of this set's type */
  Optional<MeterKey> key(List<String> parts) {
    if (parts.size() != type().size()) {
      return Optional.empty();
    }
    var station = new Station(parts.get(0), kind == Kind.ETHERNET ? parts.get(1) : "");
    return target(parts.get(parts.size() - 1))
        .map(target -> new MeterKey(direction, station, target));
  }

  private Optional<Target> target(String last) {
    return switch (of) {
      case ANY -> Optional.of(new Target.Any());
      case ELSEWHERE -> Optional.of(new Target.Elsewhere());
      case MESH6, MESH4 -> IpPrefix.of(last).filter(IpPrefix::isAddress).map(Target.Mesh::new);
    };
  }
}
