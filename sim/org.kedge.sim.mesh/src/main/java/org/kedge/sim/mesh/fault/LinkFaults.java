package org.kedge.sim.mesh.fault;

import java.time.Instant;
import org.kedge.sim.mesh.net.Site;

/** What can happen to a link; always to the first one of the node. */
final class LinkFaults {
  private LinkFaults() {}

  static Made setDown(Site site, String node) {
    return down(site, node, site.babeldInterfaces(node).get(0));
  }

  static Made loseCarrier(Site site, String node) {
    var far = site.farEnd(site.babeldInterfaces(node).get(0));
    return down(site, far, site.interfaceTowards(node));
  }

  private static Made down(Site site, String place, String name) {
    var at = Instant.now();
    site.run(place, "ip", "link", "set", name, "down");
    return new Made(
        at,
        "Set " + name + " down at " + place + ".",
        () -> site.run(place, "ip", "link", "set", name, "up"));
  }
}
