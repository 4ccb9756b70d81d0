package org.kedge.sim.mesh.fault;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kedge.sim.mesh.fault.MeshFault.Cure;
import org.kedge.sim.mesh.fault.MeshFault.Maker;
import org.kedge.sim.mesh.fault.MeshFault.Targets;
import org.kedge.sim.mesh.fault.MeshFault.Verdict;

/** All faults that can be made on a mesh. The one place that knows how each is made, for commands and tests alike. */
public final class Faults {
  private static final Targets DEAD = targets(5, 25);
  private static final Targets FROZEN = targets(12, 30);
  private static final Targets SILENT = targets(12);
  private static final Targets BLACK_HOLE = targets(2);

  private static final String OURS = "ours";

  private static final List<MeshFault> ALL = List.of(
      cured(
          "frozen",
          "babeld is stopped (SIGSTOP): its socket takes connections and says nothing.",
          "BABEL_SILENT",
          FROZEN,
          ProcessFaults::freeze),
      cured(
          "dead",
          "babeld is killed; its pid file and socket are gone too.",
          "BABEL_DEAD",
          DEAD,
          ProcessFaults::kill),
      cured(
          "dead-stale-files",
          "babeld is killed and leaves its pid file and socket, which keep the next one from starting.",
          "BABEL_DEAD",
          DEAD,
          ProcessFaults::killLeavingFiles),
      new MeshFault(
          "routes-left-behind",
          "babeld is killed while another node vanishes: the dead one's routes to it stay in the kernel.",
          false,
          Cure.NODE,
          Optional.of(new Verdict("BABEL_DEAD", OURS)),
          Optional.empty(),
          DEAD,
          ProcessFaults::killLeavingRoutes,
          RouteFaults::leftRoute),
      new MeshFault(
          "route-left",
          "a route that no babeld knows lies in the kernel under babel's name.",
          false,
          Cure.NODE,
          Optional.of(new Verdict("ROUTES_DIVERGED", OURS)),
          Optional.empty(),
          Targets.NONE,
          RouteFaults::leave,
          RouteFaults::leftRoute),
      cured(
          "routes-flushed",
          "babel's routes of both families are flushed from the kernel behind babeld's back.",
          "ROUTES_DIVERGED",
          targets(2, 2),
          RouteFaults::flush),
      cured(
          "forwarding-off-v6",
          "the kernel's forwarding of IPv6 is switched off.",
          "FORWARDING_OFF",
          BLACK_HOLE,
          (site, node) -> RouteFaults.forwardingOff(site, node, "net.ipv6.conf.all.forwarding")),
      cured(
          "forwarding-off-v4",
          "the kernel's forwarding of IPv4 is switched off.",
          "FORWARDING_OFF",
          BLACK_HOLE,
          (site, node) -> RouteFaults.forwardingOff(site, node, "net.ipv4.ip_forward")),
      cured(
          "forward-drop",
          "the node's firewall drops what passes through (policy drop in the forward hook).",
          "FORWARDING_OFF",
          BLACK_HOLE,
          TrafficFaults::dropForward),
      cured(
          "descriptors-used-up",
          "babeld has no file descriptor left and one client more knocks.",
          "BABEL_SILENT",
          SILENT,
          ProcessFaults::useUpDescriptors),
      cured(
          "socket-hogged",
          "other programs hold all connections that babeld's socket takes.",
          "BABEL_SILENT",
          SILENT,
          SocketFaults::hog),
      cured(
          "starved",
          "babeld shares a thousandth of a core with a busy loop (cgroup v1).",
          "BABEL_SILENT",
          SILENT,
          LoadFaults::starve),
      cured(
          "interface-taken",
          "babeld is told to let go of all its interfaces.",
          "NO_INTERFACE",
          Targets.NONE,
          SocketFaults::takeInterfaces),
      others(
          "interface-down",
          "one of the node's own interfaces is set down.",
          new Verdict("LINK_DOWN", OURS),
          LinkFaults::setDown),
      others(
          "carrier-lost",
          "the far end of one of the node's links loses power.",
          new Verdict("LINK_DOWN", "ours, hardware"),
          LinkFaults::loseCarrier),
      others(
          "babel-blocked",
          "Babel's packets (UDP 6696) are dropped at the node, both ways.",
          new Verdict("NEIGHBOURS_LOST", OURS),
          (site, node) -> TrafficFaults.blockBabel(site, node, List.of("input", "output"))),
      others(
          "babel-blocked-in",
          "Babel's packets (UDP 6696) are dropped at the node on their way in.",
          new Verdict("NEIGHBOURS_LOST", OURS),
          (site, node) -> TrafficFaults.blockBabel(site, node, List.of("input"))),
      others(
          "babel-blocked-out",
          "Babel's packets (UDP 6696) are dropped at the node on their way out.",
          new Verdict("NO_ROUTES", OURS),
          (site, node) -> TrafficFaults.blockBabel(site, node, List.of("output"))),
      harmless(
          "mass-withdrawal",
          "the node withdraws all its further addresses at once (needs a node that announces some).",
          RouteFaults::withdrawAll),
      harmless("niced", "babeld runs at nice 19 beside four busy loops a core.", LoadFaults::crowd),
      atExit(
          "exit-deaf",
          "the exit answers no echo request from the mesh.",
          Cure.OTHERS,
          Optional.empty(),
          new Verdict("EXIT_DEAF", "the exit's"),
          TrafficFaults::deafenExit),
      atExit(
          "exit-withdrawn",
          "the exit's babeld ends in good order (SIGTERM) and withdraws its routes.",
          Cure.NODE,
          Optional.of(new Verdict("BABEL_DEAD", OURS)),
          new Verdict("EXIT_DEAF", "the exit's"),
          ProcessFaults::terminate),
      atExit(
          "uplink-out",
          "nothing beyond the exit answers.",
          Cure.OTHERS,
          Optional.empty(),
          new Verdict("UPLINK_OUT", "upstream"),
          TrafficFaults::cutUplink));

  private Faults() {}

  /** All, in the order in which they are told. */
  public static List<MeshFault> all() {
    return ALL;
  }

  public static Optional<MeshFault> find(String name) {
    return ALL.stream().filter(fault -> fault.name().equals(name)).findFirst();
  }

  private static MeshFault cured(
      String name, String sentence, String kind, Targets targets, Maker maker) {
    return new MeshFault(
        name,
        sentence,
        false,
        Cure.NODE,
        Optional.of(new Verdict(kind, OURS)),
        Optional.empty(),
        targets,
        maker,
        Faults::nothing);
  }

  private static MeshFault others(String name, String sentence, Verdict here, Maker maker) {
    return new MeshFault(
        name,
        sentence,
        false,
        Cure.OTHERS,
        Optional.of(here),
        Optional.empty(),
        Targets.NONE,
        maker,
        Faults::nothing);
  }

  private static MeshFault harmless(String name, String sentence, Maker maker) {
    return new MeshFault(
        name,
        sentence,
        false,
        Cure.NOBODY,
        Optional.empty(),
        Optional.empty(),
        Targets.NONE,
        maker,
        Faults::nothing);
  }

  private static MeshFault atExit(
      String name,
      String sentence,
      Cure cure,
      Optional<Verdict> here,
      Verdict elsewhere,
      Maker maker) {
    return new MeshFault(
        name,
        sentence,
        true,
        cure,
        here,
        Optional.of(elsewhere),
        Targets.NONE,
        maker,
        Faults::nothing);
  }

  private static Optional<String> nothing(Object site, String node) {
    return Optional.empty();
  }

  private static Targets targets(long smallSeconds, long defaultSeconds) {
    return new Targets(
        Optional.of(Duration.ofSeconds(smallSeconds)),
        Optional.of(Duration.ofSeconds(defaultSeconds)));
  }

  private static Targets targets(long smallSeconds) {
    return new Targets(Optional.of(Duration.ofSeconds(smallSeconds)), Optional.empty());
  }
}
