package org.kedge.sim.mesh.fault;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.net.Site;

/** What a firewall can do to traffic; each fault in a table of its own. */
final class TrafficFaults {
  private TrafficFaults() {}

  static Made dropForward(Site site, String node) {
    return table(
        site,
        node,
        "chain forward { type filter hook forward priority 0; policy drop; };",
        "Made the firewall of " + node + " drop what passes through.");
  }

  static Made blockBabel(Site site, String node, List<String> hooks) {
    return table(
        site,
        node,
        hooks.stream()
            .map(hook -> "chain " + hook + " { type filter hook " + hook
                + " priority 0; policy accept; udp dport 6696 counter drop; }; ")
            .collect(Collectors.joining()),
        "Dropped UDP 6696 at " + node + ": " + String.join(" and ", hooks) + ".");
  }

  static Made deafenExit(Site site, String node) {
    return table(
        site,
        node,
        "chain input { type filter hook input priority 0; policy accept; iifname { "
            + String.join(", ", site.babeldInterfaces(node))
            + " } icmpv6 type echo-request counter drop; };",
        "Made " + node + " answer no echo request from the mesh.");
  }

  static Made cutUplink(Site site, String node) {
    return table(
        site,
        "beyond",
        "chain input { type filter hook input priority 0; policy drop; };",
        "Made everything beyond " + node + " deaf.");
  }

  private static Made table(Site site, String place, String chains, String words) {
    // Its own, so that two faults at one place do not take each other back.
    var name = "kedge_break_" + Long.toHexString(System.nanoTime());
    var at = Instant.now();
    site.run(place, "nft", "table inet " + name + " { " + chains + " }");
    return new Made(at, words, () -> site.exec(place, "nft", "delete", "table", "inet", name));
  }
}
