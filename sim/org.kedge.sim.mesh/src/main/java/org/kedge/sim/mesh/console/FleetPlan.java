package org.kedge.sim.mesh.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the console expects to hear of, taken from the topology.
 *
 * @param nodes names, in the order in which they are shown
 * @param exit name of the node that leads out of the mesh, if one does
 * @param farEnds which node is at the far end of an interface; a neighbour is matched to its link by this
 */
public record FleetPlan(
    List<String> nodes, List<Link> links, Optional<String> exit, Map<Port, String> farEnds) {
  public FleetPlan {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
    farEnds = Map.copyOf(farEnds);
    for (var link : links) {
      if (!nodes.contains(link.one()) || !nodes.contains(link.other())) {
        throw new IllegalArgumentException(
            "Both ends of a link are nodes of the plan, but the link was " + link);
      }
    }
    if (exit.isPresent() && !nodes.contains(exit.get())) {
      throw new IllegalArgumentException(
          "The exit is a node of the plan, but was '" + exit.get() + "'");
    }
  }

  /** Two nodes that ought to be neighbours. */
  public record Link(String one, String other) {}

  /** One end of a link: an interface of a node. */
  public record Port(String node, String interfaceName) {}

  Optional<String> farEnd(String node, String interfaceName) {
    return Optional.ofNullable(farEnds.get(new Port(node, interfaceName)));
  }

  /** By interface, the nodes at the far ends of this node's links. */
  Map<String, String> farEnds(String node) {
    return farEnds.entrySet().stream()
        .filter(end -> end.getKey().node().equals(node))
        .collect(Collectors.toMap(end -> end.getKey().interfaceName(), Map.Entry::getValue));
  }

  int linksCount(String node) {
    return (int) links.stream()
        .filter(link -> link.one().equals(node) || link.other().equals(node))
        .count();
  }
}
