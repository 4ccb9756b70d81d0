package org.kedge.sim.mesh.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.net.Traffic;

/** babeld is well, but what is around it is not: links, routes, firewall, exit, uplink. The broker hears the right fault with the right
 * blame, and nothing else stands at that node. The time it took is printed. */
class MeshZombieTest extends Zombies {
  @Test
  void routes_flushed_behind_its_back_have_diverged() {
    var before =
        rig.run("n2", "ip", "-6", "route", "show", "proto", "babel").lines().toList();
    var before4 =
        rig.run("n2", "ip", "-4", "route", "show", "proto", "babel").lines().toList();
    undo.add(() -> before.forEach(route -> putBack("-6", route)));
    undo.add(() -> before4.forEach(route -> putBack("-4", route)));
    var since = System.nanoTime();

    rig.run("n2", "ip", "-6", "route", "flush", "proto", "babel");
    rig.run("n2", "ip", "-4", "route", "flush", "proto", "babel");

    expect("routes flushed", "n2", since, "ROUTES_DIVERGED", "ours", "not in the kernel");
  }

  private void putBack(String family, String route) {
    var words = new ArrayList<>(List.of("ip", family, "route", "replace"));
    words.addAll(List.of(route.strip().split("\\s+")));
    words.addAll(List.of("proto", "babel"));
    rig.run("n2", words.toArray(String[]::new));
  }

  @Test
  void a_route_left_by_a_dead_babeld_has_diverged() {
    undo.add(
        () -> rig.run("n2", "ip", "-6", "route", "del", "2001:db8:77::1/128", "proto", "babel"));
    var since = System.nanoTime();

    rig.run(
        "n2",
        "ip",
        "-6",
        "route",
        "add",
        "2001:db8:77::1/128",
        "via",
        "fe80::5eff:fe00:302",
        "dev",
        "to3",
        "proto",
        "babel");

    expect(
        "route left behind",
        "n2",
        since,
        "ROUTES_DIVERGED",
        "ours",
        "not babeld's any more",
        "2001:db8:77::1/128");
  }

  @Test
  void an_own_interface_set_down_is_a_link_down() {
    undo.add(() -> rig.run("n1", "ip", "link", "set", "to2", "up"));
    var since = System.nanoTime();

    rig.run("n1", "ip", "link", "set", "to2", "down");

    expect("own interface down", "n1", since, "LINK_DOWN", "ours", "to2 is set down");
  }

  @Test
  void a_far_end_without_power_is_a_link_without_carrier() {
    undo.add(() -> rig.run("n2", "ip", "link", "set", "to1", "up"));
    var since = System.nanoTime();

    rig.run("n2", "ip", "link", "set", "to1", "down");

    expect("carrier lost", "n1", since, "LINK_DOWN", "ours, hardware", "to2 has no carrier");
  }

  @Test
  void babel_blocked_both_ways_loses_the_neighbours() {
    var in = rig.mesh().block("n1", Traffic.of(Traffic.BABEL, Traffic.Direction.IN));
    undo.add(() -> rig.mesh().unblock(in));
    var since = System.nanoTime();

    var out = rig.mesh().block("n1", Traffic.of(Traffic.BABEL, Traffic.Direction.OUT));
    undo.add(() -> rig.mesh().unblock(out));

    expect(
        "UDP 6696 blocked both ways",
        "n1",
        since,
        "NEIGHBOURS_LOST",
        "ours",
        "no neighbour heard",
        "to2");
  }

  @Test
  void babel_blocked_on_the_way_in_loses_the_neighbours() {
    var since = System.nanoTime();

    var in = rig.mesh().block("n1", Traffic.of(Traffic.BABEL, Traffic.Direction.IN));
    undo.add(() -> rig.mesh().unblock(in));

    expect("own input blocked", "n1", since, "NEIGHBOURS_LOST", "ours", "no neighbour heard");
  }

  @Test
  void babel_blocked_on_the_way_out_leaves_neighbours_but_no_routes() {
    var since = System.nanoTime();

    var out = rig.mesh().block("n1", Traffic.of(Traffic.BABEL, Traffic.Direction.OUT));
    undo.add(() -> rig.mesh().unblock(out));

    expect(
        "own output blocked",
        "n1",
        since,
        "NO_ROUTES",
        "ours",
        "neighbours heard: 1",
        "hears this node");
  }

  @Test
  void forwarding_switched_off_is_seen_here_and_the_exit_is_missed_beyond() {
    undo.add(() -> rig.run("n2", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"));
    var since = System.nanoTime();

    rig.run("n2", "sysctl", "-qw", "net.ipv6.conf.all.forwarding=0");

    expect("forwarding off", "n2", since, "FORWARDING_OFF", "ours", "does not forward IPv6");
    expect("... as seen behind it", "n1", since, "EXIT_DEAF", "the exit's", "a node on the way");
  }

  @Test
  void a_firewall_that_drops_transit_is_forwarding_off() {
    undo.add(() -> rig.run("n2", "nft", "delete", "table", "inet", "t"));
    var since = System.nanoTime();

    rig.run(
        "n2",
        "nft",
        "add table inet t; add chain inet t f { type filter hook forward priority 0; policy drop; }");

    expect(
        "forward policy drop",
        "n2",
        since,
        "FORWARDING_OFF",
        "ours",
        "firewall drops transit",
        "inet t");
  }

  @Test
  void an_exit_that_does_not_answer_is_the_exits_fault() {
    var since = System.nanoTime();

    var deaf = rig.mesh()
        .block(
            "n4", Traffic.of("icmpv6 type echo-request", Traffic.Direction.IN).on("to3"));
    undo.add(() -> rig.mesh().unblock(deaf));

    expect("exit deaf", "n1", since, "EXIT_DEAF", "the exit's", "missed 3 tries");
  }

  @Test
  void an_exit_that_withdraws_is_the_exits_fault() throws IOException {
    var exit = rig.node("n4");
    undo.add(() -> {
      exit.stop();
      exit.startAgain();
    });
    var since = System.nanoTime();

    rig.run("n4", "/bin/kill", "-TERM", Long.toString(exit.babeld()));

    expect("exit withdrawn", "n1", since, "EXIT_DEAF", "the exit's", "no route leads to the exit");
    expect("... at the exit itself", "n4", since, "BABEL_DEAD", "ours", "exit code 0");
  }

  @Test
  void an_outage_beyond_the_exit_is_upstreams_fault() {
    undo.add(() -> rig.run("beyond", "nft", "delete", "table", "inet", "t"));
    var since = System.nanoTime();

    rig.run(
        "beyond",
        "nft",
        "add table inet t; add chain inet t i { type filter hook input priority 0; policy drop; }");

    expect("uplink out", "n1", since, "UPLINK_OUT", "upstream", "beyond it missed");
  }
}
