package org.kedge.babel.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Uptime;

/** Builds what is seen of a node. Each begins healthy; a test says only what is wrong with it. */
public final class Sights {
  public static final Uptime NOW = Uptime.of(Duration.ofHours(1));
  public static final String EXIT = "2001:db8:4::1";
  public static final String BEYOND = "192.0.2.7";
  private static final Uptime SEEN = Uptime.of(Duration.ofHours(1).minusSeconds(1));
  private static final long PID = 4242;

  private final List<String> interfaces;
  private List<String> speaking = new ArrayList<>();
  private List<String> neighbours = new ArrayList<>();
  private List<String> routes = new ArrayList<>();
  private final Map<String, Sight.Link> links = new LinkedHashMap<>();
  private Optional<ProcessLook> process =
      Optional.of(new ProcessLook.Alive(view(ProcessState.SLEEPING, 7)));
  private String gone = "";
  private OptionalDouble cpu = OptionalDouble.of(0.4);
  private OptionalDouble processorWait = OptionalDouble.of(0.2);
  private OptionalInt clients = OptionalInt.of(1);
  private boolean told = true;
  private int failures;
  private String failure = "";
  private boolean refused;
  private Duration failingFor = Duration.ZERO;
  private Optional<List<KernelRoute>> kernel = Optional.empty();
  private KernelRoutesLook.Unseen kernelUnseen = new KernelRoutesLook.Unseen("");
  private ForwardingView forwarding = new ForwardingView(
      ForwardingView.Switch.ON,
      ForwardingView.Switch.ON,
      Map.of("to2", ForwardingView.Switch.ON),
      new TransitVerdict.Passes());
  private String exitAddress = EXIT;
  private int exitMisses;
  private int beyondMisses;
  private boolean exitEverAnswered = true;

  private Sights(List<String> interfaces) {
    this.interfaces = interfaces;
    for (var name : interfaces) {
      speaking.add(name + " up true ipv6 fe80::1");
      links.put(name, new Sight.Link(true, true));
    }
  }

  /** The end of a line: one link, one neighbour, the exit beyond it. */
  public static Sights line() {
    return new Sights(List.of("to2"))
        .withNeighbours("n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 96 cost 96")
        .withRoutes(
            reachable("2001:db8:2::1/128", "fe80::2", "to2"),
            reachable(EXIT + "/128", "fe80::2", "to2"),
            reachable("198.51.100.2/32", "fe80::2", "to2"));
  }

  /** A corner of a diamond: the exit over either of two links. */
  public static Sights diamond() {
    return new Sights(List.of("to2", "to3"))
        .withNeighbours(
            "n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 96 cost 96",
            "n3 address fe80::3 if to3 reach fffc rxcost 96 txcost 96 cost 96")
        .withRoutes(
            reachable(EXIT + "/128", "fe80::2", "to2"),
            "b prefix " + EXIT + "/128 from ::/0 installed no id 02 metric 288 refmetric 192"
                + " via fe80::3 if to3",
            reachable("2001:db8:2::1/128", "fe80::2", "to2"),
            reachable("2001:db8:3::1/128", "fe80::3", "to3"));
  }

  static String reachable(String prefix, String via, String link) {
    return route(prefix, via, link, 96);
  }

  static String unreachable(String prefix, String via, String link) {
    return route(prefix, via, link, 65535);
  }

  private static String route(String prefix, String via, String link, int metric) {
    return prefix + via + " prefix " + prefix + " from " + anything(prefix)
        + " installed yes id c8:b6:b3:9f:43:23:16:26 metric " + metric + " refmetric 0 via " + via
        + " if " + link;
  }

  private static String anything(String prefix) {
    return prefix.contains(":") ? "::/0" : "0.0.0.0/0";
  }

  static ProcessView view(ProcessState state, long descriptors) {
    return new ProcessView(
        PID,
        state,
        Duration.ofSeconds(3),
        Optional.of(Duration.ofMillis(40)),
        OptionalLong.of(descriptors),
        OptionalLong.of(1024),
        "babeld -I /run/babeld.pid to2");
  }

  // --- what babeld tells ---

  Sights withInterfaces(String... lines) {
    speaking = List.of(lines);
    return this;
  }

  public Sights withNeighbours(String... lines) {
    neighbours = List.of(lines);
    return this;
  }

  Sights withRoutes(String... lines) {
    routes = List.of(lines);
    return this;
  }

  Sights withoutNeighbours() {
    return withNeighbours();
  }

  Sights withoutRoutes() {
    return withRoutes();
  }

  /** babeld has told nothing yet. */
  Sights untold() {
    told = false;
    return this;
  }

  public Sights failing(int times, Duration since, String why) {
    failures = times;
    failingFor = since;
    failure = why;
    return this;
  }

  Sights refusing(int times, Duration since) {
    refused = true;
    return failing(times, since, "connection refused at /run/babeld.sock");
  }

  // --- the node ---

  Sights withProcess(ProcessState state, long descriptors) {
    process = Optional.of(new ProcessLook.Alive(view(state, descriptors)));
    return this;
  }

  public Sights withProcess(ProcessLook look) {
    process = Optional.of(look);
    return this;
  }

  public Sights withDead(String how) {
    gone = how;
    clients = OptionalInt.empty();
    cpu = OptionalDouble.empty();
    return withProcess(new ProcessLook.Gone());
  }

  Sights withCpu(double percent) {
    cpu = OptionalDouble.of(percent);
    return this;
  }

  Sights withProcessorWait(double percent) {
    processorWait = OptionalDouble.of(percent);
    return this;
  }

  Sights withClients(int count) {
    clients = OptionalInt.of(count);
    return this;
  }

  Sights withLink(String name, boolean up, boolean carrier) {
    links.put(name, new Sight.Link(up, carrier));
    return this;
  }

  Sights withoutLink(String name) {
    links.remove(name);
    return this;
  }

  /** Nothing but the socket was looked at. */
  Sights withoutNode() {
    process = Optional.empty();
    return this;
  }

  /** The kernel has these, whatever babeld tells; else it agrees. */
  Sights withKernel(KernelRoute... kernelRoutes) {
    kernel = Optional.of(List.of(kernelRoutes));
    return this;
  }

  Sights withKernelUnseen(String why) {
    kernelUnseen = new KernelRoutesLook.Unseen(why);
    return this;
  }

  static KernelRoute kernelRoute(String prefix) {
    return new KernelRoute(
        prefix, anything(prefix), Optional.of("fe80::2"), "to2", false, "main", 0);
  }

  Sights withForwarding(ForwardingView view) {
    forwarding = view;
    return this;
  }

  // --- the exit ---

  Sights withExit(String address, int misses) {
    exitAddress = address;
    exitMisses = misses;
    return this;
  }

  public Sights withDeafExit() {
    exitMisses = 3;
    beyondMisses = 3;
    return this;
  }

  Sights withExitMisses(int misses) {
    exitMisses = misses;
    return this;
  }

  Sights withBeyondMisses(int misses) {
    beyondMisses = misses;
    return this;
  }

  Sights withExitNeverHeard() {
    exitEverAnswered = false;
    return this;
  }

  public RoutingTable table() {
    var text = new StringBuilder("BABEL 1.0\nversion babeld-1.12.1\nhost h\nmy-id 1\nok\n");
    speaking.forEach(line -> text.append("add interface ").append(line).append('\n'));
    neighbours.forEach(line -> text.append("add neighbour ").append(line).append('\n'));
    text.append("add xroute 2001:db8:1::1/128-::/0 prefix 2001:db8:1::1/128 from ::/0 metric 0\n");
    routes.forEach(line -> text.append("add route ").append(line).append('\n'));
    var session = Session.of(text.append("ok\n").toString());
    if (session.table.faults().malformed() > 0) {
      throw new AssertionError("The test's table is no dump: " + session.table.faults());
    }
    var all = session.snapshot();
    return new RoutingTable(
        SEEN, all.interfaces(), all.neighbours(), all.exported(), all.routes(), all.statements());
  }

  public Sight sight() {
    var socket = Sight.Socket.UNTRIED;
    if (told) {
      socket = socket.told(table(), true);
    }
    var first = Uptime.of(Duration.ofNanos(NOW.nanos()).minus(failingFor));
    for (var i = 0; i < failures; i++) {
      socket = socket.failed(first, failure, refused);
    }
    var sight = Sight.nothing(interfaces).withSocket(socket);
    if (process.isPresent()) {
      sight = sight.withNode(
          new Sight.Daemon(SEEN, process.get(), gone, cpu, processorWait, clients),
          new Sight.Links(SEEN, links),
          kernel(),
          Optional.of(new Sight.Forwarding(SEEN, forwarding)));
    }
    return sight
        .withExit(answers(exitAddress, exitMisses, exitEverAnswered))
        .withBeyond(answers(BEYOND, beyondMisses, true));
  }

  private Sight.Kernel kernel() {
    if (!kernelUnseen.why().isEmpty()) {
      return Sight.Kernel.after(Optional.empty(), SEEN, kernelUnseen, Optional.empty());
    }
    var seen = kernel.orElseGet(() -> table().routes().stream()
        .filter(Route::carries)
        .map(route -> kernelRoute(route.prefix()))
        .toList());
    var look = new KernelRoutesLook.Seen(seen);
    var comparison =
        told ? Optional.of(RouteComparison.of(table(), seen)) : Optional.<RouteComparison>empty();
    var once = Sight.Kernel.after(Optional.empty(), SEEN, look, comparison);
    return Sight.Kernel.after(Optional.of(once), SEEN, look, comparison);
  }

  private static Sight.Answers answers(String address, int misses, boolean ever) {
    var answers = Sight.Answers.none(SEEN, address);
    if (ever) {
      answers = answers.answered(SEEN, Duration.ofMillis(31));
    }
    for (var i = 0; i < misses; i++) {
      answers = answers.missed(SEEN);
    }
    return answers;
  }
}
