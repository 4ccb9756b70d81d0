package org.kedge.babel.internal.core;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

/** The kinds of fault that can be seen around babeld, causes before consequences. */
public final class BabelFaults {
  /** Three looks of 5 s. */
  private static final Duration FRESH = Duration.ofSeconds(16);

  /** An exit that is missed makes the node look at its own links and routes first: long enough for that. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** No neighbour and no route may as well be the fault of those at the far end. */
  private static final Set<String> FADING = Set.of("NEIGHBOURS_LOST", "NO_ROUTES");

  public static final FaultKind LINK_DOWN = kind(
      "LINK_DOWN",
      Layer.LINK,
      Duration.ofSeconds(2),
      Set.of(),
      "Check the cable, the radio and the power at both ends of the link.");
  public static final FaultKind BABEL_DEAD = kind(
      "BABEL_DEAD",
      Layer.BABEL,
      Duration.ZERO,
      Set.of(),
      "If Kedge cannot start it: read its last words, and see that the program is there and its configuration right.");
  public static final FaultKind BABEL_SILENT = kind(
      "BABEL_SILENT",
      Layer.BABEL,
      Duration.ZERO,
      Set.of("BABEL_DEAD"),
      "If Kedge's restart does not help: look at its state, its descriptors and the processor in the evidence.");
  public static final FaultKind NO_INTERFACE = kind(
      "NO_INTERFACE",
      Layer.BABEL,
      Duration.ofSeconds(2),
      Set.of("BABEL_DEAD", "BABEL_SILENT"),
      "Check the names in the setting 'interfaces', or give babeld its interfaces back.");
  public static final FaultKind NEIGHBOURS_LOST = kind(
      "NEIGHBOURS_LOST",
      Layer.BABEL,
      Duration.ofSeconds(2),
      Set.of("BABEL_DEAD", "BABEL_SILENT", "NO_INTERFACE"),
      "Check that UDP port 6696 passes the firewall here, and that the neighbours are up.");
  public static final FaultKind NO_ROUTES = kind(
      "NO_ROUTES",
      Layer.BABEL,
      Duration.ofSeconds(3),
      Set.of("BABEL_DEAD", "BABEL_SILENT", "NO_INTERFACE", "NEIGHBOURS_LOST"),
      "Check that the neighbours hear this node (cost below 65535) and have routes themselves.");
  public static final FaultKind ROUTES_DIVERGED = kind(
      "ROUTES_DIVERGED",
      Layer.BABEL,
      Duration.ZERO,
      Set.of("BABEL_DEAD", "BABEL_SILENT"),
      "Find what else changes routes here; 'ip route show proto babel' against babeld's dump shows which.");
  public static final FaultKind FORWARDING_OFF = kind(
      "FORWARDING_OFF",
      Layer.BABEL,
      Duration.ZERO,
      Set.of(),
      "Set net.ipv6.conf.all.forwarding=1 and net.ipv4.ip_forward=1, and accept transit between the mesh interfaces in the"
          + " firewall.");
  public static final FaultKind EXIT_DEAF = kind(
      "EXIT_DEAF",
      Layer.EXIT,
      LOOK,
      Set.of(
          "BABEL_DEAD",
          "BABEL_SILENT",
          "NO_INTERFACE",
          "NEIGHBOURS_LOST",
          "NO_ROUTES",
          "ROUTES_DIVERGED"),
      "Call whoever runs the exit; nothing on this node mends it.");
  public static final FaultKind UPLINK_OUT = kind(
      "UPLINK_OUT",
      Layer.UPLINK,
      LOOK,
      Set.of("EXIT_DEAF"),
      "Call the provider behind the exit; nothing on this node mends it.");

  public static final List<FaultKind> ALL = List.of(
      LINK_DOWN,
      BABEL_DEAD,
      BABEL_SILENT,
      NO_INTERFACE,
      NEIGHBOURS_LOST,
      NO_ROUTES,
      ROUTES_DIVERGED,
      FORWARDING_OFF,
      EXIT_DEAF,
      UPLINK_OUT);

  private BabelFaults() {}

  private static FaultKind kind(
      String name, Layer layer, Duration patience, Set<String> causes, String advice) {
    return new FaultKind(name, layer, patience, FRESH, causes, FADING.contains(name), advice);
  }
}
