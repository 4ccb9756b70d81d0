package org.kedge.sim.mesh.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.Site;

/** What can happen to the kernel's routes and to its forwarding. */
final class RouteFaults {
  /** Of a node that is no more. */
  private static final String VANISHED_6 = "2001:db8:77::1/128";

  private static final String VANISHED_4 = "198.51.100.77/32";
  private static final Pattern NEXT_HOP = Pattern.compile("via (\\S+) dev (to\\d+)");
  private static final Pattern ADDRESS = Pattern.compile("inet6? (\\S+)");

  private RouteFaults() {}

  static Made leave(Site site, String node) {
    var hop = NEXT_HOP.matcher(site.run(node, "ip", "-6", "route", "show", "proto", "babel"));
    if (!hop.find()) {
      throw new MeshFailure(node + " has no route of babel; wait until it has");
    }
    var at = Instant.now();
    site.ipBatch(
        node,
        List.of(
            "route add " + VANISHED_6 + " via " + hop.group(1) + " dev " + hop.group(2)
                + " proto babel",
            "route add " + VANISHED_4 + " via inet6 " + hop.group(1) + " dev " + hop.group(2)
                + " proto babel onlink"));
    return new Made(
        at,
        "Left routes of babel to " + VANISHED_6 + " and " + VANISHED_4 + " in the kernel of " + node
            + ", which no babeld knows.",
        () -> {
          // Swept meanwhile, if all went well.
          site.exec(node, "ip", "-6", "route", "del", VANISHED_6, "proto", "babel");
          site.exec(node, "ip", "-4", "route", "del", VANISHED_4, "proto", "babel");
        });
  }

  static Optional<String> leftRoute(Site site, String node) {
    var left = site.run(node, "ip", "-6", "route", "show", VANISHED_6)
        + site.run(node, "ip", "-4", "route", "show", VANISHED_4);
    return left.isBlank()
        ? Optional.empty()
        : Optional.of("a route to a vanished node stays in the kernel");
  }

  static Made flush(Site site, String node) {
    var before6 = routes(site, node, "-6");
    var before4 = routes(site, node, "-4");
    var at = Instant.now();
    site.run(node, "ip", "-6", "route", "flush", "proto", "babel");
    site.run(node, "ip", "-4", "route", "flush", "proto", "babel");
    return new Made(
        at,
        "Flushed " + (before6.size() + before4.size()) + " routes of babel at " + node + ".",
        () -> {
          before6.forEach(route -> putBack(site, node, "-6", route));
          before4.forEach(route -> putBack(site, node, "-4", route));
        });
  }

  private static List<String> routes(Site site, String node, String family) {
    return site.run(node, "ip", family, "route", "show", "proto", "babel")
        .lines()
        .map(String::strip)
        .toList();
  }

  private static void putBack(Site site, String node, String family, String route) {
    var words = new ArrayList<>(List.of("ip", family, "route", "add"));
    words.addAll(List.of(route.split("\\s+")));
    words.addAll(List.of("proto", "babel"));
    // There already, or no more of use: babeld knows better by now.
    site.exec(node, words.toArray(String[]::new));
  }

  static Made forwardingOff(Site site, String node, String key) {
    var at = Instant.now();
    site.run(node, "sysctl", "-qw", key + "=0");
    return new Made(
        at,
        "Set " + key + " = 0 at " + node + ".",
        () -> site.run(node, "sysctl", "-qw", key + "=1"));
  }

  static Made withdrawAll(Site site, String node) {
    var number = site.nodes().indexOf(node) + 1;
    var own = List.of("2001:db8:" + number + "::1/128", "198.51.100." + number + "/32");
    var further = ADDRESS
        .matcher(site.run(node, "ip", "-o", "addr", "show", "dev", "lo", "scope", "global"))
        .results()
        .map(found -> found.group(1))
        .filter(address -> !own.contains(address))
        .toList();
    if (further.isEmpty()) {
      throw new MeshFailure(
          node + " announces nothing beyond its own two addresses; give it some with"
              + " lines 'address " + node + " ADDRESS/LENGTH' in the topology");
    }
    var at = Instant.now();
    site.ipBatch(
        node, further.stream().map(address -> "addr del " + address + " dev lo").toList());
    return new Made(
        at,
        "Withdrew " + further.size() + " addresses that " + node + " had announced.",
        () -> site.ipBatch(
            node,
            further.stream()
                .map(address -> "addr replace " + address + " dev lo")
                .toList()));
  }
}
