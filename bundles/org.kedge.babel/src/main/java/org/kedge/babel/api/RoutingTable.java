package org.kedge.babel.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kedge.base.api.Uptime;

/**
 * All that babeld told at one moment; immutable.
 *
 * @param at when the last line of it was read
 * @param neighbours one per line of the dump: after an interface was given back, the same address and interface may stand twice
 * @param statements lines of forks that are no object, such as {@code local fee}, as they came
 */
public record RoutingTable(
    Uptime at,
    List<BabelInterface> interfaces,
    List<Neighbour> neighbours,
    List<ExportedRoute> exported,
    List<Route> routes,
    Map<String, String> statements) {
  public RoutingTable {
    interfaces = List.copyOf(interfaces);
    neighbours = List.copyOf(neighbours);
    exported = List.copyOf(exported);
    routes = List.copyOf(routes);
    statements = Extra.inOrder(statements);
  }

  private record Link(String address, String interfaceName) {}

  /** Each neighbour once: of two lines with one address and interface the one with the lower cost, so not the decaying one. */
  public List<Neighbour> distinctNeighbours() {
    var best = new LinkedHashMap<Link, Neighbour>();
    for (var neighbour : neighbours) {
      best.merge(
          new Link(neighbour.address(), neighbour.interfaceName()),
          neighbour,
          (one, other) -> other.cost() < one.cost() ? other : one);
    }
    return new ArrayList<>(best.values());
  }
}
