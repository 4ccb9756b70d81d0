package org.kedge.billing.internal.core.routes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.neighbour.LinkAddress;

/**
 * What babeld told lately. While it restarts, its table is empty and the kernel goes on forwarding by the routes it has: so what
 * vanishes is held for a while, and bytes are booked by the price, the class and the neighbour they had. One thread.
 */
public final class RouteMemory {
  private static final Duration HELD = Duration.ofMinutes(10);

  private final Map<String, Held<Route>> routes = new LinkedHashMap<>();
  private final Map<String, Held<ExportedRoute>> exported = new LinkedHashMap<>();
  private final Map<LinkAddress, Held<Neighbour>> neighbours = new LinkedHashMap<>();
  private final Map<String, Held<BabelInterface>> interfaces = new LinkedHashMap<>();
  private Optional<Uptime> last = Optional.empty();
  private Sight sight = new Sight(Map.of(), Set.of(), List.of(), Set.of());

  private record Held<T>(T told, Uptime at) {}

  private record Hop(String via, String interfaceName) {}

  private record Sight(
      Map<String, Hop> hops,
      Set<String> exported,
      List<BabelInterface> interfaces,
      Set<LinkAddress> neighbours) {}

  /** Takes what babeld tells now; whether next hops, own prefixes, interfaces or far ends are others than before. */
  public boolean see(RoutingTable table) {
    if (last.filter(table.at()::equals).isPresent()) {
      return false;
    }
    var now = table.at();
    last = Optional.of(now);
    for (var route : table.routes()) {
      // Source-specific routes have no price of their own: the route for any source speaks for its
      // prefix.
      if (route.carries()
          && IpPrefix.of(route.source()).filter(IpPrefix::isDefault).isPresent()) {
        routes.put(route.prefix(), new Held<>(route, now));
      }
    }
    table.exported().forEach(own -> exported.put(own.prefix(), new Held<>(own, now)));
    table.interfaces().forEach(one -> interfaces.put(one.name(), new Held<>(one, now)));
    for (var neighbour : table.distinctNeighbours()) {
      if (neighbour.isHeard()
          && LinkAddress.isValid(neighbour.interfaceName(), neighbour.address())) {
        neighbours.put(
            new LinkAddress(neighbour.interfaceName(), neighbour.address()),
            new Held<>(neighbour, now));
      }
    }
    for (Map<?, ? extends Held<?>> held : List.of(routes, exported, neighbours, interfaces)) {
      held.values().removeIf(one -> now.since(one.at()).compareTo(HELD) > 0);
    }
    var seen = sight();
    var isOther = !seen.equals(sight);
    sight = seen;
    return isOther;
  }

  private Sight sight() {
    var hops = new HashMap<String, Hop>();
    routes.forEach((prefix, held) ->
        hops.put(prefix, new Hop(held.told().via(), held.told().interfaceName())));
    return new Sight(hops, Set.copyOf(exported.keySet()), told(interfaces), heard());
  }

  private static <T> List<T> told(Map<?, Held<T>> held) {
    return held.values().stream().map(Held::told).toList();
  }

  /** Empty before babeld's first word. */
  public Optional<RoutingTable> table() {
    return last.map(at -> new RoutingTable(
        at, told(interfaces), told(neighbours), told(exported), told(routes), Map.of()));
  }

  /** Far ends that babeld hears. */
  public Set<LinkAddress> heard() {
    return new LinkedHashSet<>(neighbours.keySet());
  }

  public List<String> interfaces() {
    return List.copyOf(interfaces.keySet());
  }

  /** Prefixes of the mesh, those of this node among them, without default routes; sorted. */
  public List<IpPrefix> mesh() {
    var all = new LinkedHashSet<IpPrefix>();
    routes.keySet().forEach(prefix -> IpPrefix.of(prefix).ifPresent(all::add));
    exported.keySet().forEach(prefix -> IpPrefix.of(prefix).ifPresent(all::add));
    all.removeIf(IpPrefix::isDefault);
    var sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(IpPrefix::toString));
    return sorted;
  }
}
