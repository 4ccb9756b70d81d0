package org.kedge.sim.mesh.topology;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A mesh as somebody drew it. Read by {@link TopologyParser}, which vouches for it: names are known
 * and used once, there are 1 to 64 nodes and at most one exit.
 *
 * @param babeldOptions for every babeld of the mesh; empty for babeld's defaults
 * @param nodes in the order of their numbers, from 1
 */
public record Topology(
    String name, List<String> babeldOptions, List<Node> nodes, List<Link> links) {
  public static final int NODES_MOST = 64;

  public Topology {
    babeldOptions = List.copyOf(babeldOptions);
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
    if (nodes.isEmpty() || nodes.size() > NODES_MOST) {
      throw new IllegalArgumentException(
          "A mesh has 1 to " + NODES_MOST + " nodes, but had " + nodes.size());
    }
  }

  /**
   * A router.
   *
   * @param number from 1, by order of appearance; addresses, MACs and interface names follow from it
   * @param exit whether it leads to the internet
   * @param extra further addresses it announces
   */
  public record Node(int number, String name, boolean exit, List<HostAddress> extra) {
    public Node {
      extra = List.copyOf(extra);
      if (number < 1 || number > NODES_MOST) {
        throw new IllegalArgumentException(
            "A node's number is 1 to " + NODES_MOST + ", but was " + number);
      }
    }

    /** Decimal digits stand in the address as they are: node 12 is {@code 2001:db8:12::1}. */
    public HostAddress address6() {
      return HostAddress.of("2001:db8:" + number + "::1");
    }

    public HostAddress address4() {
      return HostAddress.of("198.51.100." + number);
    }

    /** All addresses on its loopback, all announced. */
    public List<HostAddress> addresses() {
      return Stream.concat(Stream.of(address6(), address4()), extra.stream()).toList();
    }
  }

  /**
   * A cable between two nodes.
   *
   * @param rxcost what both ends tell babeld; empty for babeld's default, 96
   */
  public record Link(String from, String to, OptionalInt rxcost) {
    public boolean touches(String node) {
      return from.equals(node) || to.equals(node);
    }

    /** The node at the far end, seen from {@code node}. */
    public String farEnd(String node) {
      return from.equals(node) ? to : from;
    }

    @Override
    public String toString() {
      return from + " - " + to;
    }
  }

  public Node node(String name) {
    return nodes.stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("No node " + name + " in mesh " + this.name
            + "; it has " + String.join(", ", nodes.stream().map(Node::name).toList())));
  }

  public Optional<Node> exit() {
    return nodes.stream().filter(Node::exit).findFirst();
  }

  public List<Link> linksOf(String node) {
    return links.stream().filter(link -> link.touches(node)).toList();
  }
}
