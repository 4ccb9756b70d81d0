package org.kedge.billing.internal.nft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.internal.command.ProcessCommandRunner;

/**
 * A node with two neighbours on one Ethernet link, {@code mesh0}, in network namespaces named after this process and removed with it. IPv4
 * goes by IPv6 next hops, as babeld's routes do. The right neighbour also has addresses beyond the mesh.
 */
public final class MeshLink implements AutoCloseable {
  static final String NODE_MAC = "02:00:5e:00:00:01";
  static final String LEFT_MAC = "02:00:5e:00:00:11";
  static final String RIGHT_MAC = "02:00:5e:00:00:12";

  static final String NODE6 = "2001:db8:1::1";
  static final String NODE4 = "198.51.100.1";
  static final String LEFT6 = "2001:db8:2::1";
  static final String LEFT4 = "198.51.100.2";
  static final String RIGHT6 = "2001:db8:3::1";
  static final String RIGHT4 = "198.51.100.3";
  /** The neighbours' too, by which they reach each other without the node. */
  static final String LEFT_DIRECT6 = "2001:db8:4::2";

  static final String RIGHT_DIRECT6 = "2001:db8:4::3";
  static final String TUNNEL_NODE6 = "2001:db8:5::1";
  static final String TUNNEL_LEFT6 = "2001:db8:5::2";
  /** Beyond the mesh. */
  static final String TUNNEL_NODE4 = "192.0.2.1";

  static final String TUNNEL_LEFT4 = "192.0.2.2";
  static final String BEYOND6 = "2001:dead::9";
  static final String BEYOND4 = "203.0.113.9";

  private static final CommandRunner SYSTEM = new ProcessCommandRunner();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  final String node = name("node");
  final String left = name("left");
  final String right = name("right");
  private final String link = name("link");
  private final List<String> made = new ArrayList<>();

  private MeshLink() {}

  /** Skips the test, and says so, where it cannot be had. */
  static MeshLink make(String... programs) {
    require(programs);
    var mesh = new MeshLink();
    if (!mesh.add(mesh.node)) {
      skip("needs root and 'ip netns'");
    }
    try {
      mesh.build();
    } catch (AssertionError e) {
      mesh.close();
      throw e;
    }
    return mesh;
  }

  /** Skips the test, and says so, where a program is not there. */
  static void require(String... programs) {
    for (var program : programs) {
      if (List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
          .noneMatch(folder -> Files.isExecutable(Path.of(folder, program)))) {
        skip("needs " + program);
      }
    }
  }

  private static void skip(String why) {
    var message = "NOT TESTED AGAINST THE REAL KERNEL: " + why;
    System.err.println("**** " + message);
    Assumptions.abort(message);
  }

  private static String name(String part) {
    return "kxm-" + part + "-" + ProcessHandle.current().pid();
  }

  private boolean add(String namespace) {
    var added = succeeds("ip netns add " + namespace);
    if (added) {
      made.add(namespace);
    }
    return added;
  }

  private void build() {
    for (var namespace : List.of(left, right, link)) {
      if (!add(namespace)) {
        throw new AssertionError("no namespace " + namespace);
      }
    }
    run("ip -n " + link + " link add name br0 type bridge mcast_snooping 0");
    run("ip -n " + link + " link set br0 up");
    for (var namespace : List.of(node, left, right)) {
      in(
          namespace,
          "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0"
              + " net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1"
              + " net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0"
              + " net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
      run("ip -n " + namespace + " link set lo up");
    }
    attach(node, NODE_MAC, "port1", NODE6, NODE4);
    attach(left, LEFT_MAC, "port2", LEFT6, LEFT4);
    attach(right, RIGHT_MAC, "port3", RIGHT6, RIGHT4);
    run("ip -n " + left + " addr add " + LEFT_DIRECT6 + "/128 dev lo");
    for (var address : List.of(BEYOND6, RIGHT_DIRECT6, "2001:db8:3::2", "2001:db8:3::3")) {
      run("ip -n " + right + " addr add " + address + "/128 dev lo");
    }
    run("ip -n " + right + " addr add " + BEYOND4 + "/32 dev lo");
    routes();
  }

  private void attach(String namespace, String mac, String port, String ip6, String ip4) {
    plug(namespace, mac, port);
    run("ip -n " + namespace + " addr add " + ip6 + "/128 dev lo");
    run("ip -n " + namespace + " addr add " + ip4 + "/32 dev lo");
  }

  private void plug(String namespace, String mac, String port) {
    run("ip link add name mesh0 address " + mac + " netns " + namespace + " type veth peer name "
        + port + " netns " + link);
    run("ip -n " + link + " link set " + port + " master br0 up");
    run("ip -n " + namespace + " link set mesh0 up");
  }

  private void routes() {
    for (var address : List.of(LEFT6, LEFT4)) {
      route(node, address, LEFT_MAC);
    }
    for (var address : List.of("2001:db8:3::/48", RIGHT4, BEYOND6, BEYOND4)) {
      route(node, address, RIGHT_MAC);
    }
    route(left, RIGHT_DIRECT6, RIGHT_MAC);
    route(right, LEFT_DIRECT6, LEFT_MAC);
    // The neighbours reach each other, and what is beyond, through the node.
    for (var address : List.of(NODE6, NODE4, "2001:db8:3::/48", RIGHT4, BEYOND6, BEYOND4)) {
      route(left, address, NODE_MAC);
    }
    for (var address : List.of(NODE6, NODE4, LEFT6, LEFT4)) {
      route(right, address, NODE_MAC);
    }
  }

  private void route(String namespace, String address, String mac) {
    var via = (address.contains(":") ? " via " : " via inet6 ") + linkLocal(mac);
    run("ip -n " + namespace + " route replace " + address + via + " dev mesh0 onlink");
  }

  /** The address the kernel makes of a MAC. */
  static String linkLocal(String mac) {
    return "fe80::5eff:fe00:" + mac.substring(mac.length() - 2).replaceFirst("^0", "");
  }

  /** Whether all ports of the link see all frames, and the node listens to them. */
  void asAHub(boolean is) {
    run("ip -n " + link + " link set br0 type bridge ageing_time " + (is ? "0" : "30000"));
    run("ip -n " + node + " link set mesh0 promisc " + (is ? "on" : "off"));
    if (is) {
      run("ip netns exec " + link + " bridge fdb flush dev br0");
    }
  }

  /** A tunnel without MAC addresses between the node and the left neighbour; its packets travel between link-local addresses. */
  Ends tunnel(String name) {
    var ends = new ArrayList<Process>();
    Ends close = () -> ends.forEach(Process::destroyForcibly);
    try {
      ends.add(tunnelEnd(node, name, LEFT_MAC));
      ends.add(tunnelEnd(left, name, NODE_MAC));
      for (var namespace : List.of(node, left)) {
        Awaitility.await()
            .until(() -> succeeds("ip -n " + namespace + " link show " + name + " up"));
      }
      address(node, name, TUNNEL_NODE6, TUNNEL_LEFT6);
      address(node, name, TUNNEL_NODE4, TUNNEL_LEFT4);
      address(left, name, TUNNEL_LEFT6, TUNNEL_NODE6);
      address(left, name, TUNNEL_LEFT4, TUNNEL_NODE4);
      return close;
    } catch (IOException | RuntimeException | AssertionError e) {
      close.close();
      throw new AssertionError("no tunnel", e);
    }
  }

  /** What carries a tunnel, until it is closed. */
  interface Ends extends AutoCloseable {
    @Override
    void close();
  }

  private static Process tunnelEnd(String namespace, String name, String mac) throws IOException {
    return new ProcessBuilder(List.of(
            "ip",
            "netns",
            "exec",
            namespace,
            "socat",
            "TUN,tun-type=tun,tun-name=" + name + ",iff-up",
            "UDP6-DATAGRAM:[" + linkLocal(mac) + "%mesh0]:9000,bind=[::]:9000"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void address(String namespace, String device, String own, String peer) {
    run("ip -n " + namespace + " addr add " + own + " peer " + peer + " dev " + device);
  }

  /** Takes the node's interface away. */
  void unplug() {
    run("ip -n " + node + " link del mesh0");
  }

  /** Gives it another one of the same name. */
  void plugAgain() {
    plug(node, NODE_MAC, "port1");
    routes();
  }

  /** Echoes of so many octets of payload, each way, all answered. */
  void ping(String from, String source, String to, int count, int payload) {
    in(
        from,
        "ping -q -n -i 0.002 -W 2 -c " + count + " -s " + payload + " -I " + source + " " + to);
  }

  /** What nft says of the node's ruleset or a part of it; empty where it fails. */
  String nft(String words) {
    var result =
        SYSTEM.run(Command.of(LIMIT, ("ip netns exec " + node + " nft " + words).split(" ")));
    return result instanceof CommandResult.Ended ended && ended.succeeded() ? ended.output() : "";
  }

  void load(String ruleset) {
    var result = SYSTEM.run(
        Command.of(LIMIT, ("ip netns exec " + node + " nft -f -").split(" ")).withInput(ruleset));
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      throw new AssertionError(ruleset + ": " + result.inWords());
    }
  }

  /** Runs words split at blanks; they must succeed. */
  CommandResult in(String namespace, String words) {
    return run("ip netns exec " + namespace + " " + words);
  }

  /** Like {@link #in}, but may fail; what it printed. */
  String attempt(String namespace, String words) {
    var result =
        SYSTEM.run(Command.of(LIMIT, ("ip netns exec " + namespace + " " + words).split(" ")));
    return result instanceof CommandResult.Ended ended ? ended.output() : "";
  }

  CommandResult run(String words) {
    var result = SYSTEM.run(Command.of(LIMIT, words.split(" ")));
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      throw new AssertionError(words + ": " + result.inWords());
    }
    return result;
  }

  private static boolean succeeds(String words) {
    return SYSTEM.run(Command.of(LIMIT, words.split(" "))) instanceof CommandResult.Ended ended
        && ended.succeeded();
  }

  /** Runs what it is given inside a namespace. */
  public CommandRunner runnerIn(String namespace) {
    return command -> {
      var words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      words.addAll(command.arguments());
      return SYSTEM.run(
          new Command(words, command.limit(), command.outputLimit(), command.input()));
    };
  }

  @Override
  public void close() {
    made.forEach(namespace -> SYSTEM.run(Command.of(LIMIT, "ip", "netns", "delete", namespace)));
  }
}
