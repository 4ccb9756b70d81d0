package org.kedge.sim.mesh.run;

import org.junit.jupiter.api.Test;

/** babeld is well, but what is around it is not: links, routes, firewall, exit, uplink. The broker hears the right fault with the right
 * blame, and nothing else stands at that node. The time it took is printed. */
class MeshZombieTest extends Zombies {
  @Test
  void routes_flushed_behind_its_back_have_diverged() {
    make("routes-flushed", "n2", "not in the kernel");
  }

  @Test
  void a_route_left_by_a_dead_babeld_has_diverged() {
    make("route-left", "n2", "not babeld's any more", "2001:db8:77::1/128");
  }

  @Test
  void an_own_interface_set_down_is_a_link_down() {
    make("interface-down", "n1", "to2 is set down");
  }

  @Test
  void a_far_end_without_power_is_a_link_without_carrier() {
    make("carrier-lost", "n1", "to2 has no carrier");
  }

  @Test
  void babel_blocked_both_ways_loses_the_neighbours() {
    make("babel-blocked", "n1", "no neighbour heard", "to2");
  }

  @Test
  void babel_blocked_on_the_way_in_loses_the_neighbours() {
    make("babel-blocked-in", "n1", "no neighbour heard");
  }

  @Test
  void babel_blocked_on_the_way_out_leaves_neighbours_but_no_routes() {
    make("babel-blocked-out", "n1", "neighbours heard: 1", "hears this node");
  }

  @Test
  void forwarding_switched_off_is_seen_here_and_the_exit_is_missed_beyond() {
    var since = System.nanoTime();

    make("forwarding-off-v6", "n2", "does not forward IPv6");

    expect("... as seen behind it", "n1", since, "EXIT_DEAF", "the exit's", "a node on the way");
  }

  @Test
  void forwarding_of_the_older_family_switched_off_is_seen_too() {
    make("forwarding-off-v4", "n2", "does not forward IPv4");
  }

  @Test
  void a_firewall_that_drops_transit_is_forwarding_off() {
    make("forward-drop", "n2", "firewall drops transit", "inet kedge_break");
  }

  @Test
  void an_exit_that_does_not_answer_is_the_exits_fault() {
    var since = System.nanoTime();

    make("exit-deaf", "n4");

    expect("... as seen behind it", "n1", since, "EXIT_DEAF", "the exit's", "missed 3 tries");
  }

  @Test
  void an_exit_that_withdraws_is_the_exits_fault() {
    var exit = rig.node("n4");
    undo.add(() -> {
      exit.stop();
      exit.startAgain();
    });
    var since = System.nanoTime();

    make("exit-withdrawn", "n4", "exit code 0");

    expect(
        "... as seen behind it",
        "n1",
        since,
        "EXIT_DEAF",
        "the exit's",
        "no route leads to the exit");
  }

  @Test
  void an_outage_beyond_the_exit_is_upstreams_fault() {
    var since = System.nanoTime();

    make("uplink-out", "n4");

    expect("... as seen behind it", "n1", since, "UPLINK_OUT", "upstream", "beyond it missed");
  }
}
