package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.kedge.base.api.Lane;
import org.kedge.sim.village.Babeld.Hop;

/**
 * Babel as seen from above: who is trusted after some hellos, dropped after some are missed, and the shortest ways between them.
 * A babeld that does not route keeps what it last knew.
 */
final class Routing {
  private static final Duration HELLO = Duration.ofSeconds(1);
  private static final Duration HOLD = Duration.ofSeconds(4);
  private static final Duration SPREAD = Duration.ofMillis(300);

  private final Lane lane;
  private final Random chance;
  private final List<Machine> machines;
  private boolean converging;

  Routing(Lane lane, Random chance, List<Machine> machines) {
    this.lane = lane;
    this.chance = chance;
    this.machines = machines;
  }

  /** Something about this machine or its links changed. */
  void changed(Machine machine) {
    machine.links().forEach(this::changed);
  }

  void changed(Link link) {
    if (link.trusted && (leftIt(link.one, link) || leftIt(link.other, link))) {
      trust(link, false);
    }
    if (link.isHeard() == link.trusted) {
      link.turning.cancel();
      link.isTurning = false;
    } else if (!link.isTurning) {
      link.isTurning = true;
      var pause = (link.trusted ? HOLD : HELLO).plusMillis(chance.nextInt(1000));
      link.turning = lane.after(pause, "hellos", () -> {
        link.isTurning = false;
        trust(link, link.isHeard());
      });
    }
  }

  /** It routes, and has left this link by itself: no hello need be missed. */
  private static boolean leftIt(Machine machine, Link link) {
    return machine.babeld.routes() && !machine.babeld.speaksOn(link.deviceOf(machine));
  }

  /** Whether all that passes hellos is trusted and every route is told. */
  boolean isSettled(Machine machine) {
    return !converging && machine.links().stream().allMatch(link -> link.trusted == link.isHeard());
  }

  /** A babeld that is about to start is new to its neighbours, who drop what they knew of the old one. */
  void begins(Machine machine) {
    for (var link : machine.links()) {
      link.turning.cancel();
      link.isTurning = false;
      trust(link, false);
    }
    spread();
  }

  private void trust(Link link, boolean trusted) {
    if (link.trusted != trusted) {
      link.trusted = trusted;
      spread();
    }
  }

  private void spread() {
    if (!converging) {
      converging = true;
      lane.after(SPREAD.plusMillis(chance.nextInt(500)), "routes spread", this::converge);
    }
  }

  private void converge() {
    converging = false;
    var distances = new int[machines.size()][];
    for (var to = 0; to < distances.length; to++) {
      distances[to] = hopsTo(machines.get(to));
    }
    for (var machine : machines) {
      if (machine.babeld.routes()) {
        learn(machine, distances);
      }
    }
  }

  private void learn(Machine machine, int[][] distances) {
    var heard = machine.links().stream().filter(link -> link.trusted).toList();
    var ways = new LinkedHashMap<Machine, Hop>();
    for (var to = 0; to < distances.length; to++) {
      if (to == machine.number) {
        continue;
      }
      Hop best = null;
      for (var link : heard) {
        var hops = distances[to][link.peer(machine).number];
        if (hops >= 0 && (best == null || (hops + 1) * Link.COST < best.metric())) {
          best = new Hop(link, (hops + 1) * Link.COST);
        }
      }
      if (best != null) {
        ways.put(machines.get(to), best);
      }
    }
    machine.babeld.learn(heard, ways);
  }

  /** From each machine by its number; negative where none leads. */
  private int[] hopsTo(Machine to) {
    var hops = new int[machines.size()];
    java.util.Arrays.fill(hops, -1);
    hops[to.number] = 0;
    var todo = new ArrayDeque<>(new ArrayList<>(List.of(to)));
    while (!todo.isEmpty()) {
      var at = todo.remove();
      for (var link : at.links()) {
        var peer = link.peer(at);
        if (link.trusted && hops[peer.number] < 0) {
          hops[peer.number] = hops[at.number] + 1;
          todo.add(peer);
        }
      }
    }
    return hops;
  }
}
