package org.kedge.sim.mesh.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.sim.mesh.topology.HostAddress;
import org.kedge.sim.mesh.topology.Topology;

/**
 * A mesh of network namespaces on this machine: routers, cables, the internet beyond the exit and a
 * place for the broker, all inside namespaces of their own. babeld is not started; that is the nodes'
 * work. Needs root. Any thread.
 *
 * <p>A <em>place</em> is a node's name, {@code beyond} or {@code broker}. What the machine refuses is a
 * {@link MeshFailure}.
 */
public final class Mesh implements AutoCloseable {
  private static final Duration EXEC_LIMIT = Duration.ofSeconds(10);

  /**
   * How a mesh is brought up.
   *
   * @param detached whether it stays when this process ends; nothing but {@code down} removes it then
   */
  public record Options(BrokerPlace broker, boolean detached) {
    public static final Options OUT_OF_BAND = new Options(BrokerPlace.OUT_OF_BAND, false);
    public static final Options IN_BAND = new Options(BrokerPlace.IN_BAND, false);
  }

  /** A fault made by {@link #block}, lifted once or with the mesh. */
  public record Blockade(String node, String table, Traffic traffic) {}

  private final Topology topology;
  private final Options options;
  private final Plan plan;
  private final MeshRecord record;
  private final Tools tools;
  private final AtomicInteger blockades = new AtomicInteger();

  private Mesh(Topology topology, Options options, Plan plan, MeshRecord record, Tools tools) {
    this.topology = topology;
    this.options = options;
    this.plan = plan;
    this.record = record;
    this.tools = tools;
  }

  public static Mesh up(Topology topology, Options options) {
    return up(topology, options, new ProcessCommandRunner());
  }

  /** All of it or, with a {@link MeshFailure}, nothing of it. */
  public static Mesh up(Topology topology, Options options, CommandRunner runner) {
    var tools = new Tools(runner);
    var record = MeshRecord.reserve(
        MeshRecord.ROOT,
        topology.name(),
        options.detached(),
        id -> List.copyOf(new Plan(topology, options.broker(), id).namespaces().values()));
    var mesh = new Mesh(
        topology, options, new Plan(topology, options.broker(), record.id()), record, tools);
    try {
      mesh.make();
      return mesh;
    } catch (RuntimeException e) {
      try {
        mesh.down();
      } catch (MeshFailure more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private void make() {
    try {
      var commands = Files.createDirectory(record.folder().resolve("commands"));
      for (var place : plan.places()) {
        Files.createDirectories(runFolder(place));
      }
      var number = 0;
      for (var batch : plan.batches()) {
        var inside = !batch.place().isEmpty();
        tools.batch(
            commands.resolve(String.format("%03d", ++number)),
            inside ? List.of("ip", "-n", namespace(batch.place())) : List.of("ip"),
            batch.lines());
      }
    } catch (IOException e) {
      throw new MeshFailure("Cannot use " + record.folder() + ": " + e, e);
    }
  }

  /** Ends everything that runs in it and removes it. May be called again. */
  public void down() {
    new Takedown(tools).remove(record);
  }

  @Override
  public void close() {
    down();
  }

  /** As {@link #down()} for a mesh of another process, living or not. */
  public static void down(MeshRecord record) {
    new Takedown(new Tools(new ProcessCommandRunner())).remove(record);
  }

  /** All meshes on this machine. */
  public static List<MeshRecord> list() {
    return MeshRecord.all(MeshRecord.ROOT);
  }

  /**
   * Removes meshes whose owner is gone; never those of a living one, and never a detached one.
   *
   * @return the ones removed
   */
  public static List<MeshRecord> sweep() {
    var orphans = list().stream().filter(each -> !each.isWanted()).toList();
    orphans.forEach(Mesh::down);
    MeshRecord.clearHalfMade(MeshRecord.ROOT);
    return orphans;
  }

  public Topology topology() {
    return topology;
  }

  public Options options() {
    return options;
  }

  /** Unique on this machine while the mesh is there. */
  public String id() {
    return record.id();
  }

  /** For who wants to break something in it. */
  public Site site() {
    return new Site(record, tools);
  }

  /** Nodes in their order, then {@code beyond} with an exit and {@code broker} out of band. */
  public List<String> places() {
    return plan.places();
  }

  /** The name {@code ip netns} knows it by. */
  public String namespace(String place) {
    return plan.namespace(place);
  }

  /** Where a place keeps its sockets and files; there from the start, gone with the mesh. Short enough for sockets. */
  public Path runFolder(String place) {
    return record.folder().resolve("run").resolve(place);
  }

  /** {@code broker}, or {@code beyond} in band. */
  public String brokerPlace() {
    return plan.brokerPlaceName();
  }

  /** Where the nodes find the broker: 203.0.113.129, in band 192.0.2.1. */
  public InetAddress brokerAddress() {
    return options.broker() == BrokerPlace.OUT_OF_BAND
        ? Plan.BROKER_OUT_OF_BAND.address()
        : Plan.BEYOND_4.address();
  }

  /** The exit node's own address, {@code 2001:db8:N::1}. */
  public InetAddress exitAddress() {
    return topology
        .exit()
        .orElseThrow(() -> new IllegalStateException("Mesh " + topology.name() + " has no exit"))
        .address6()
        .address();
  }

  /** An address in the internet that answers, 2001:db8:ffff::1; through the mesh and the exit only. */
  public InetAddress beyondAddress() {
    return Plan.BEYOND_6.address();
  }

  /** The same in IPv4, 192.0.2.1. */
  public InetAddress beyondAddress4() {
    return Plan.BEYOND_4.address();
  }

  /** Interfaces towards other nodes, which babeld is to use. */
  public List<String> babeldInterfaces(String node) {
    return plan.interfaces(topology.node(node).name());
  }

  /** Lines for babeld's configuration file: what this node announces, and link costs that are not the default. */
  public String babeldConfiguration(String node) {
    return plan.babeldConfiguration(topology.node(node));
  }

  /** What an interface between two nodes is called, at {@code node}. */
  public String interfaceTowards(String node, String far) {
    return Plan.interfaceTo(topology.node(plan.linkBetween(node, far).farEnd(node)));
  }

  /** Runs to its end in a place, at most 10 s. */
  public CommandResult exec(String place, String... arguments) {
    return exec(place, EXEC_LIMIT, arguments);
  }

  public CommandResult exec(String place, Duration limit, String... arguments) {
    return tools.run(limit, inside(place, List.of(arguments)));
  }

  /** Starts a program; its output and errors go to the end of {@code output}. */
  public MeshProcess start(
      String place, List<String> arguments, Map<String, String> environment, Path output) {
    var builder = builder(place, arguments, environment)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    return start(place, arguments, builder);
  }

  /** Starts a program; each line of its output and errors is handed over, on threads of their own. */
  public MeshProcess start(
      String place,
      List<String> arguments,
      Map<String, String> environment,
      Consumer<String> output,
      Consumer<String> errors) {
    return start(place, arguments, builder(place, arguments, environment), output, errors);
  }

  static MeshProcess start(
      String place,
      List<String> arguments,
      ProcessBuilder builder,
      Consumer<String> output,
      Consumer<String> errors) {
    var process = begin(place, arguments, builder);
    var started = new MeshProcess(place, arguments, process);
    pump(process.getInputStream(), output, started + ", output");
    pump(process.getErrorStream(), errors, started + ", errors");
    return started;
  }

  private MeshProcess start(String place, List<String> arguments, ProcessBuilder builder) {
    return new MeshProcess(place, arguments, begin(place, arguments, builder));
  }

  private ProcessBuilder builder(
      String place, List<String> arguments, Map<String, String> environment) {
    // A host name of its own, as babeld tells it in its greeting. Each step becomes the next: one
    // process.
    var whole = new ArrayList<>(inside(
        place,
        List.of("unshare", "-u", "--", "sh", "-c", "hostname \"$0\" && exec \"$@\"", place)));
    whole.addAll(arguments);
    var builder = new ProcessBuilder(whole);
    builder.environment().putAll(environment);
    return builder;
  }

  static Process begin(String place, List<String> arguments, ProcessBuilder builder) {
    try {
      var process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new MeshFailure(
          "Cannot start '" + String.join(" ", arguments) + "' in " + place + ": " + e.getMessage(),
          e);
    }
  }

  private static void pump(InputStream stream, Consumer<String> lines, String name) {
    var thread = new Thread(
        () -> {
          try (var reader =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
              lines.accept(line);
            }
          } catch (IOException e) {
            // The pipe of a killed program closes under its reader; what it said was handed over.
            return;
          }
        },
        name);
    thread.setDaemon(true);
    thread.start();
  }

  private List<String> inside(String place, List<String> arguments) {
    var whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace(place)));
    whole.addAll(arguments);
    return whole;
  }

  /** Sets the interface at {@code node} down; the far end loses its carrier. */
  public void linkDown(String node, String far) {
    setLink(node, far, "down");
  }

  /** Sets the interface at {@code node} up again. */
  public void linkUp(String node, String far) {
    setLink(node, far, "up");
  }

  private void setLink(String node, String far, String state) {
    var unused =
        tools.must("ip", "-n", namespace(node), "link", "set", interfaceTowards(node, far), state);
  }

  /** Drops this traffic at a node until {@link #unblock}. Several at once are fine. */
  public Blockade block(String node, Traffic traffic) {
    var table = "kedge_sim_" + blockades.incrementAndGet();
    var unused = tools.must("ip", "netns", "exec", namespace(node), "nft", traffic.asTable(table));
    return new Blockade(node, table, traffic);
  }

  public void unblock(Blockade blockade) {
    var unused = tools.must(
        "ip",
        "netns",
        "exec",
        namespace(blockade.node()),
        "nft",
        "delete",
        "table",
        "inet",
        blockade.table());
  }

  /** A table for people: places, their namespaces, links and addresses. */
  public String inWords() {
    var lines = new ArrayList<String>();
    lines.add("Mesh " + id() + ", folder " + record.folder());
    lines.add("");
    lines.add(
        String.format("%-8s %-32s %-18s %s", "place", "namespace", "interfaces", "addresses"));
    for (var place : places()) {
      var node =
          topology.nodes().stream().filter(each -> each.name().equals(place)).findFirst();
      var interfaces = new ArrayList<String>();
      var addresses = new ArrayList<String>();
      node.ifPresent(each -> {
        interfaces.addAll(babeldInterfaces(place));
        addresses.addAll(each.addresses().stream().map(HostAddress::text).toList());
        if (each.exit()) {
          interfaces.add("out0");
        }
        if (options.broker() == BrokerPlace.OUT_OF_BAND) {
          interfaces.add("mgmt0");
          addresses.add(Plan.management(each).text());
        }
      });
      if (place.equals(Plan.BEYOND)) {
        interfaces.add("mesh0");
        addresses.addAll(List.of(Plan.BEYOND_6.text(), Plan.BEYOND_4.text()));
      }
      if (place.equals(Plan.BROKER)) {
        interfaces.add("mgmt");
        addresses.add(Plan.BROKER_OUT_OF_BAND.text());
      }
      lines.add(String.format(
          "%-8s %-32s %-18s %s",
          place, namespace(place), String.join(" ", interfaces), String.join(" ", addresses)));
    }
    lines.add("");
    for (var link : topology.links()) {
      var cost = link.rxcost().isPresent() ? ", cost " + link.rxcost().getAsInt() : "";
      lines.add("link " + link + cost);
    }
    lines.add(
        "broker in " + brokerPlace() + ", for the nodes at " + brokerAddress().getHostAddress());
    return String.join("\n", lines);
  }
}
