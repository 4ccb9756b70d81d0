package org.kedge.sim.mesh.net;

import static org.kedge.sim.mesh.net.BrokerPlace.OUT_OF_BAND;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kedge.sim.mesh.topology.HostAddress;
import org.kedge.sim.mesh.topology.Topology;
import org.kedge.sim.mesh.topology.Topology.Link;
import org.kedge.sim.mesh.topology.Topology.Node;

/** What has to be told to {@code ip} for a topology, and to babeld. Pure. */
final class Plan {
  static final String BROKER = "broker";
  static final String BEYOND = "beyond";
  static final HostAddress BEYOND_6 = HostAddress.of("2001:db8:ffff::1");
  static final HostAddress BEYOND_4 = HostAddress.of("192.0.2.1");
  static final HostAddress BROKER_OUT_OF_BAND = HostAddress.of("203.0.113.129");

  private static final HostAddress UPLINK_6 = HostAddress.of("2001:db8:ffff:1::1");
  private static final HostAddress UPLINK_4 = HostAddress.of("203.0.113.1");
  private static final HostAddress UPLINK_FAR_6 = HostAddress.of("2001:db8:ffff:1::2");
  private static final HostAddress UPLINK_FAR_4 = HostAddress.of("203.0.113.2");
  private static final int MANAGEMENT_BASE = 129;
  private static final String NOBODYS_NUMBER = "99";

  /**
   * Lines for one run of {@code ip -batch}.
   *
   * @param place where, or empty for lines that name their namespaces themselves
   */
  record Batch(String place, List<String> lines) {
    Batch {
      lines = List.copyOf(lines);
    }
  }

  private final Topology topology;
  private final BrokerPlace brokerPlace;
  private final Map<String, String> namespaces = new LinkedHashMap<>();

  Plan(Topology topology, BrokerPlace brokerPlace, String id) {
    this.topology = topology;
    this.brokerPlace = brokerPlace;
    topology
        .nodes()
        .forEach(node -> namespaces.put(node.name(), "kedge-" + id + "-" + node.name()));
    if (topology.exit().isPresent()) {
      namespaces.put(BEYOND, "kedge-" + id + "-" + BEYOND);
    }
    if (brokerPlace == OUT_OF_BAND) {
      namespaces.put(BROKER, "kedge-" + id + "-" + BROKER);
    } else if (topology.exit().isEmpty()) {
      throw new IllegalArgumentException(
          "Mesh " + topology.name()
              + " has no exit, so a broker in band has no place; mark a node 'exit' or keep it out of band");
    }
  }

  /** By place: nodes in their order, then beyond and broker if there are any. */
  Map<String, String> namespaces() {
    return Collections.unmodifiableMap(namespaces);
  }

  String namespace(String place) {
    var namespace = namespaces.get(place);
    if (namespace == null) {
      throw new IllegalArgumentException(
          "No place " + place + " in mesh " + topology.name() + "; it has " + places());
    }
    return namespace;
  }

  List<String> places() {
    return List.copyOf(namespaces.keySet());
  }

  String brokerPlaceName() {
    return brokerPlace == OUT_OF_BAND ? BROKER : BEYOND;
  }

  /** In order: all namespaces, all cables, then what each namespace has. */
  List<Batch> batches() {
    var batches = new ArrayList<Batch>();
    batches.add(new Batch("", creation()));
    for (var node : topology.nodes()) {
      var cables = cablesFrom(node);
      if (!cables.isEmpty()) {
        batches.add(new Batch(node.name(), cables));
      }
    }
    for (var place : namespaces.keySet()) {
      batches.add(new Batch(
          place,
          switch (place) {
            case BROKER -> brokerLines();
            case BEYOND -> beyondLines();
            default -> nodeLines(topology.node(place));
          }));
    }
    return batches;
  }

  static String interfaceTo(Node far) {
    return "to" + far.number();
  }

  List<String> interfaces(String node) {
    return topology.linksOf(node).stream()
        .map(link -> interfaceTo(topology.node(link.farEnd(node))))
        .toList();
  }

  /**
   * Announced are this node's own addresses, one by one, and at the exit the way out; never the
   * management network. The kernel keeps the way out as {@code static}; babeld's filters pass over
   * {@code boot}.
   */
  String babeldConfiguration(Node node) {
    var lines = new ArrayList<String>();
    for (var link : topology.linksOf(node.name())) {
      link.rxcost()
          .ifPresent(cost -> lines.add("interface "
              + interfaceTo(topology.node(link.farEnd(node.name()))) + " rxcost " + cost));
    }
    var own = new ArrayList<>(node.addresses());
    if (node.exit()) {
      own.add(UPLINK_6);
      own.add(UPLINK_4);
    }
    own.forEach(address ->
        lines.add("redistribute local ip " + address + " eq " + address.length() + " allow"));
    lines.add("redistribute local deny");
    if (node.exit()) {
      lines.add("redistribute ip ::/0 eq 0 proto 4 allow");
      lines.add("redistribute ip 0.0.0.0/0 eq 0 proto 4 allow");
    }
    return String.join("\n", lines) + "\n";
  }

  private List<String> creation() {
    var lines = new ArrayList<String>();
    namespaces.values().forEach(namespace -> lines.add("netns add " + namespace));
    namespaces.forEach((place, namespace) -> {
      // Beyond does not forward: what it gets for nobody ends there and does not come back to the
      // exit.
      var forwarding = place.equals(BEYOND) || place.equals(BROKER) ? 0 : 1;
      lines.add("netns exec " + namespace + " sysctl -qw"
          + " net.ipv4.ip_forward=" + forwarding
          + " net.ipv6.conf.all.forwarding=" + forwarding
          + " net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0"
          + " net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
    });
    return lines;
  }

  /** Both ends are made inside their namespaces, so the machine itself never sees them. */
  private List<String> cablesFrom(Node node) {
    var lines = new ArrayList<String>();
    for (var link : topology.links()) {
      if (link.from().equals(node.name())) {
        var far = topology.node(link.to());
        lines.add(cable(
            interfaceTo(far),
            mac(digits(node), digits(far)),
            interfaceTo(node),
            namespace(far.name()),
            mac(digits(far), digits(node))));
      }
    }
    if (node.exit()) {
      lines.add(cable(
          "out0",
          mac(digits(node), NOBODYS_NUMBER),
          "mesh0",
          namespace(BEYOND),
          mac(NOBODYS_NUMBER, digits(node))));
    }
    if (brokerPlace == OUT_OF_BAND) {
      lines.add(cable(
          "mgmt0",
          mac(digits(node), "00"),
          "node" + node.number(),
          namespace(BROKER),
          mac("00", digits(node))));
    }
    return lines;
  }

  private static String cable(
      String near, String nearMac, String far, String farNamespace, String farMac) {
    return "link add " + near + " address " + nearMac + " type veth peer name " + far + " netns "
        + farNamespace + " address " + farMac;
  }

  /** Link-local addresses follow from the MAC: node 1 towards node 2 is {@code fe80::5eff:fe00:102}. */
  private static String mac(String own, String far) {
    return "02:00:5e:00:" + own + ":" + far;
  }

  private static String digits(Node node) {
    return String.format("%02d", node.number());
  }

  private List<String> nodeLines(Node node) {
    var lines = new ArrayList<String>();
    lines.add("link set lo up");
    node.addresses().forEach(address -> lines.add("addr add " + address + " dev lo"));
    interfaces(node.name()).forEach(each -> lines.add("link set " + each + " up"));
    if (brokerPlace == OUT_OF_BAND) {
      lines.add("link set mgmt0 up");
      lines.add("addr add " + management(node).text() + "/25 dev mgmt0");
    }
    if (node.exit()) {
      lines.add("link set out0 up");
      lines.add("addr add " + UPLINK_6.text() + "/64 dev out0");
      lines.add("addr add " + UPLINK_4.text() + "/30 dev out0");
      lines.add("route add 0.0.0.0/0 via " + UPLINK_FAR_4.text() + " dev out0 proto static");
      lines.add("route add ::/0 via " + UPLINK_FAR_6.text() + " dev out0 proto static");
    }
    return lines;
  }

  private static List<String> beyondLines() {
    return List.of(
        "link set lo up",
        "addr add " + BEYOND_6 + " dev lo",
        "addr add " + BEYOND_4 + " dev lo",
        "link set mesh0 up",
        "addr add " + UPLINK_FAR_6.text() + "/64 dev mesh0",
        "addr add " + UPLINK_FAR_4.text() + "/30 dev mesh0",
        "route add 0.0.0.0/0 via " + UPLINK_4.text() + " dev mesh0 proto static",
        "route add ::/0 via " + UPLINK_6.text() + " dev mesh0 proto static");
  }

  private List<String> brokerLines() {
    var lines = new ArrayList<String>();
    lines.add("link set lo up");
    lines.add("link add mgmt type bridge");
    lines.add("addr add " + BROKER_OUT_OF_BAND.text() + "/25 dev mgmt");
    for (var node : topology.nodes()) {
      lines.add("link set node" + node.number() + " master mgmt");
      lines.add("link set node" + node.number() + " up");
    }
    lines.add("link set mgmt up");
    return lines;
  }

  static HostAddress management(Node node) {
    return HostAddress.of("203.0.113." + (MANAGEMENT_BASE + node.number()));
  }

  Link linkBetween(String one, String other) {
    return topology.linksOf(one).stream()
        .filter(link -> link.farEnd(one).equals(other))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No link between " + one + " and " + other
            + " in mesh " + topology.name() + "; " + one + " has " + topology.linksOf(one)));
  }
}
