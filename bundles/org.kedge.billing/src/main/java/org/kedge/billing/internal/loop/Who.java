package org.kedge.billing.internal.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.billing.internal.kernel.NeighbourMacs;

/**
 * Tells who is behind an address or a station: by its key where it was met on the neighbour channel, else by its link where babeld
 * hears it. This lane only.
 */
final class Who {
  private final Supplier<Map<LinkAddress, NeighbourId>> met;
  private Set<LinkAddress> heard = Set.of();
  private final Map<Station, LinkAddress> stations = new HashMap<>();

  /** @param met who was met at which address */
  Who(Supplier<Map<LinkAddress, NeighbourId>> met) {
    this.met = met;
  }

  void heard(Set<LinkAddress> now) {
    heard = Set.copyOf(now);
  }

  /** What the kernel knows of stations; one that it forgot stays who it was, until another answers to its address. */
  void seen(NeighbourMacs.Look look) {
    if (look instanceof NeighbourMacs.Look.Seen seen) {
      for (var address : heard) {
        var mac = seen.macs().get(address);
        if (mac != null) {
          stations.values().removeIf(address::equals);
          stations.put(new Station(address.interfaceName(), mac), address);
        }
      }
    }
  }

  NeighbourId who(String interfaceName, String address) {
    var known = LinkAddress.isValid(interfaceName, address)
        ? met.get().get(new LinkAddress(interfaceName, address))
        : null;
    return known == null ? NeighbourId.ofLink(interfaceName, address) : known;
  }

  /** Empty where babeld hears nobody there; on a link without addresses, where it hears more than one. */
  Optional<NeighbourId> who(Station station) {
    if (station.mac().isEmpty()) {
      var there = heard.stream()
          .filter(address -> address.interfaceName().equals(station.interfaceName()))
          .toList();
      return there.size() == 1
          ? Optional.of(who(station.interfaceName(), there.get(0).address()))
          : Optional.empty();
    }
    return Optional.ofNullable(stations.get(station))
        .map(address -> who(address.interfaceName(), address.address()));
  }

  /** Links of each neighbour that babeld hears now. */
  Map<NeighbourId, List<LinkAddress>> links() {
    var links = new TreeMap<NeighbourId, List<LinkAddress>>();
    heard.stream()
        .sorted()
        .forEach(address -> links
            .computeIfAbsent(
                who(address.interfaceName(), address.address()), id -> new ArrayList<>())
            .add(address));
    return links;
  }

  /**
   * Stations behind which this neighbour is.
   *
   * @param bare links on which stations have no address
   */
  List<Station> stations(NeighbourId neighbour, List<String> bare) {
    return Stream.concat(
            stations.keySet().stream(), bare.stream().map(name -> new Station(name, "")))
        .filter(station -> who(station).filter(neighbour::equals).isPresent())
        .toList();
  }
}
