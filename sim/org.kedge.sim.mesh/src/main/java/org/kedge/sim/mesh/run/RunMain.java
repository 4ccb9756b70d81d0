package org.kedge.sim.mesh.run;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.kedge.sim.mesh.broker.BrokerProcess;
import org.kedge.sim.mesh.broker.Received;
import org.kedge.sim.mesh.console.ConsolePage;
import org.kedge.sim.mesh.console.ConsoleTable;
import org.kedge.sim.mesh.console.FleetPlan;
import org.kedge.sim.mesh.console.FleetState;
import org.kedge.sim.mesh.console.FleetView;
import org.kedge.sim.mesh.net.BrokerPlace;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.topology.Topology;
import org.kedge.sim.mesh.topology.TopologyParser;
import org.kedge.sim.mesh.zombie.CareLog;
import org.kedge.sim.mesh.zombie.Tour;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** Brings up a mesh with a controller on each node and a broker, and shows what the broker hears. */
@Command(
    name = "sim/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Brings up a mesh of network namespaces, in each a real babeld and its own Kedge, and a broker they report to.",
      "Shows a live table here and pages in the browser; both know only what the broker received. Needs root."
    },
    footer = {
      "",
      "Exit codes: 0 every node reported healthy at the end (with --break: all faults cured), 1 not so,"
          + " 2 bad arguments or topology."
    })
public final class RunMain implements Callable<Integer> {
  private static final Duration REDRAW = Duration.ofMillis(500);

  /** A minute, as in the field, is long for somebody who watches. */
  private static final Map<String, String> LIVELY =
      Map.of("org.kedge.telemetry/snapshot.seconds", "5");

  @Option(
      names = "--topology",
      paramLabel = "FILE",
      description =
          "what to bring up (default: sim/topologies/diamond.mesh; others stand beside it)")
  private Optional<Path> topologyFile = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "end after N seconds (default: at Ctrl-C)")
  private Optional<Integer> seconds = Optional.empty();

  @Option(
      names = "--broker",
      paramLabel = "PLACE",
      defaultValue = "out-of-band",
      description =
          "out-of-band: on a management network of its own (default); in-band: behind the exit, as in the field")
  private String broker = "out-of-band";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8480",
      description = "port of the pages on 127.0.0.1; 0: any (default: ${DEFAULT-VALUE})")
  private int port = 8480;

  @Option(
      names = "--plain",
      description = "a line for each change instead of a table drawn in place")
  private boolean plain;

  @Option(
      names = "--break",
      description =
          "a short tour by itself: makes the worst five faults, one after the other, and tells how each is found and cured")
  private boolean tour;

  private final CountDownLatch told = new CountDownLatch(1);

  public static void main(String... arguments) {
    var command = new CommandLine(new RunMain());
    command.setExecutionExceptionHandler((failure, line, parsed) -> {
      if (failure instanceof MeshFailure || failure instanceof IOException) {
        System.err.println("sim/run: " + failure.getMessage());
        return 1;
      }
      throw failure;
    });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var sim = Path.of(System.getProperty("kedge.sim", "sim"));
    var place = place();
    if (place.isEmpty()
        || seconds.filter(limit -> limit < 1).isPresent()
        || port < 0
        || port > 65535) {
      System.err.println(
          "sim/run: --broker takes out-of-band or in-band, --seconds 1 or more, --port 0 to 65535.");
      return 2;
    }
    var file = topologyFile.orElse(sim.resolve("topologies/diamond.mesh"));
    if (!Files.isReadable(file)) {
      System.err.println("sim/run: the topology " + file + " is not there or cannot be read.");
      return 2;
    }
    var reading = TopologyParser.parse(file);
    if (reading instanceof TopologyParser.Reading.Rejected rejected) {
      System.err.println("sim/run: " + rejected.inWords(file.toString()));
      return 2;
    }
    var topology = ((TopologyParser.Reading.Read) reading).topology();
    if (tour && Tour.transit(topology).isEmpty()) {
      System.err.println(
          "sim/run: --break needs a topology with an exit and a node that others go through.");
      return 2;
    }
    Signal.handle(new Signal("INT"), signal -> told.countDown());
    Signal.handle(new Signal("TERM"), signal -> told.countDown());
    Mesh.sweep()
        .forEach(old -> say("Removed mesh " + old.id() + ", which a run that is gone had left."));
    return show(topology, place.get(), sim.resolve("node"));
  }

  private Optional<BrokerPlace> place() {
    return switch (broker.toLowerCase(Locale.ROOT)) {
      case "out-of-band" -> Optional.of(BrokerPlace.OUT_OF_BAND);
      case "in-band" -> Optional.of(BrokerPlace.IN_BAND);
      default -> Optional.empty();
    };
  }

  private int show(Topology topology, BrokerPlace place, Path program)
      throws IOException, InterruptedException {
    var fleet = new FleetState(plan(topology));
    // The page first: a port that is taken is told before anything is brought up.
    try (var page = openPage(fleet)) {
      say("Bringing up mesh " + topology.name() + ": " + topology.nodes().size() + " nodes, "
          + topology.links().size() + " links ...");
      return show(topology, place, program, fleet, page);
    }
  }

  private ConsolePage openPage(FleetState fleet) throws IOException {
    try {
      return ConsolePage.open(port, fleet, InstantSource.system());
    } catch (BindException e) {
      throw new MeshFailure(
          "port " + port
              + " on 127.0.0.1 is taken, perhaps by another sim/run; give the pages another with --port N, or --port 0",
          e);
    }
  }

  private int show(
      Topology topology, BrokerPlace place, Path program, FleetState fleet, ConsolePage page)
      throws IOException, InterruptedException {
    var strays = new ArrayList<String>();
    var log = new CareLog();
    try (var mesh = Mesh.up(topology, new Mesh.Options(place, false));
        var running = BrokerProcess.start(
            mesh, new Ear(fleet, strays, tour ? Optional.of(log) : Optional.empty()))) {
      say("Broker " + running.uri() + ", " + broker + ". Starting "
          + topology.nodes().size() + " controllers ...");
      var unused = running.process().exit().thenAccept(code -> {
        synchronized (fleet) {
          fleet.loseBroker(Instant.now(), "the broker's process ended with exit code " + code);
        }
      });
      var nodes = new ArrayList<KedgeNode>();
      for (var node : topology.nodes()) {
        nodes.add(KedgeNode.start(mesh, node.name(), program, running.uri(), LIVELY));
      }
      say("Logs: " + mesh.runFolder(nodes.get(0).name()).resolveSibling("NODE/kedge.log"));
      say("Pages: " + page.address() + "   (Ctrl-C ends it all"
          + seconds.map(limit -> ", or " + limit + " s").orElse("") + ")");
      if (tour) {
        var isCured = new Tour(topology, mesh.site(), log, told, RunMain::say).run();
        say("Ending: controllers, babelds, broker and namespaces are removed ...");
        return isCured ? 0 : 1;
      }
      var view = watch(fleet);
      var ended = nodes.stream().filter(node -> !node.process().isAlive()).toList();
      ended.forEach(node -> say("The controller of " + node.name()
          + " has ended by itself; the last it said:\n" + node.lastWords()));
      say("Ending: controllers, babelds, broker and namespaces are removed ...");
      return verdict(view, nodes.size(), strays) && ended.isEmpty() ? 0 : 1;
    }
  }

  private static FleetPlan plan(Topology topology) {
    var farEnds = new HashMap<FleetPlan.Port, String>();
    for (var link : topology.links()) {
      farEnds.put(
          new FleetPlan.Port(link.from(), "to" + topology.node(link.to()).number()), link.to());
      farEnds.put(
          new FleetPlan.Port(link.to(), "to" + topology.node(link.from()).number()), link.from());
    }
    return new FleetPlan(
        topology.nodes().stream().map(Topology.Node::name).toList(),
        topology.links().stream()
            .map(link -> new FleetPlan.Link(link.from(), link.to()))
            .toList(),
        topology.exit().map(Topology.Node::name),
        farEnds);
  }

  private record Ear(FleetState fleet, List<String> strays, Optional<CareLog> log)
      implements BrokerProcess.Listener {
    @Override
    public void received(Received message) {
      // The end of the broker is heard on another thread.
      synchronized (fleet) {
        fleet.hear(message.at(), message.topic(), message.payload());
      }
      log.ifPresent(one -> one.received(message));
    }

    @Override
    public void unknown(String line) {
      synchronized (strays) {
        strays.add(line);
      }
    }
  }

  /** Draws until told to stop or the time is over; the last view is the verdict's. */
  private FleetView watch(FleetState fleet) throws InterruptedException {
    var isTerminal = Boolean.getBoolean("kedge.terminal") && !plain;
    var table = isTerminal
        ? ConsoleTable.live(Integer.getInteger("kedge.columns", ConsoleTable.WIDTH_DEFAULT))
        : ConsoleTable.plain();
    var end = seconds.map(limit -> System.nanoTime() + TimeUnit.SECONDS.toNanos(limit));
    while (true) {
      var view = fleet.view(Instant.now());
      System.out.print(table.render(view));
      System.out.flush();
      if (told.await(REDRAW.toMillis(), TimeUnit.MILLISECONDS)
          || end.filter(limit -> System.nanoTime() - limit >= 0).isPresent()) {
        return fleet.view(Instant.now());
      }
    }
  }

  /** Whether every node was healthy at the end; says so. */
  private static boolean verdict(FleetView view, int nodes, List<String> strays) {
    synchronized (strays) {
      strays.forEach(line -> say("broker: " + line));
    }
    say(view.sentence());
    var healthy = view.nodes().stream()
        .filter(node -> node.state() == FleetView.NodeState.HEALTHY)
        .count();
    return healthy == view.nodes().size()
        && healthy >= nodes
        && view.brokerLost().isEmpty();
  }

  private static void say(String words) {
    System.out.println(words);
  }
}
