package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.kedge.base.api.CommandResult;
import org.kedge.sim.mesh.broker.BrokerProcess;
import org.kedge.sim.mesh.broker.Received;
import org.kedge.sim.mesh.net.BrokerPlace;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshProcess;
import org.kedge.sim.mesh.topology.Topology;
import org.kedge.sim.mesh.topology.TopologyParser;
import org.kedge.sim.schema.MessageCheck;

/** A mesh with a controller on each node, seen as the broker sees it. */
final class MeshRig implements AutoCloseable {
  /** Beyond this something is wrong, however slow the machine. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final Path SIM = Path.of("..").toAbsolutePath().normalize();

  private final Mesh mesh;
  private final BrokerProcess broker;
  private final Map<String, KedgeNode> nodes = new LinkedHashMap<>();
  private final List<Snapshot> heard = new ArrayList<>();
  private final Map<String, String> events = new LinkedHashMap<>();
  private final List<String> strays = new ArrayList<>();
  private final MessageCheck check = MessageCheck.ofThisBuild();
  private final Set<String> problems = new LinkedHashSet<>();

  /** One snapshot and when the broker had it. */
  record Snapshot(long atNanos, String node, JsonObject json) {
    String state() {
      return json.get("state").getAsString();
    }

    boolean isHealthy() {
      return state().equals("healthy");
    }

    List<JsonObject> faults() {
      return json.has("faults")
          ? StreamSupport.stream(json.getAsJsonArray("faults").spliterator(), false)
              .map(fault -> fault.getAsJsonObject())
              .toList()
          : List.of();
    }

    List<String> faultNames() {
      return faults().stream().map(fault -> fault.get("kind").getAsString()).toList();
    }

    long routesInKernel() {
      var babel = json.getAsJsonObject("babel");
      return babel != null && babel.has("routes_kernel_count")
          ? babel.get("routes_kernel_count").getAsLong()
          : 0;
    }
  }

  private MeshRig(Mesh mesh) {
    this.mesh = mesh;
    this.broker = BrokerProcess.start(mesh, new BrokerProcess.Listener() {
      @Override
      public void received(Received message) {
        hear(message);
      }

      @Override
      public void unknown(String line) {
        strays.add(line);
      }
    });
  }

  /** Skips the test, loudly, where namespaces cannot be had. */
  static void assumeMeshesWork() {
    var lacking = new ArrayList<String>();
    if (!"root".equals(System.getProperty("user.name"))) {
      lacking.add("root");
    }
    for (var program :
        List.of("/usr/sbin/babeld", "/usr/sbin/nft", "/usr/bin/unshare", "/usr/bin/ping")) {
      if (!Files.isExecutable(Path.of(program))
          && !Files.isExecutable(Path.of(program.replace("/usr", "")))) {
        lacking.add(program);
      }
    }
    if (!lacking.isEmpty()) {
      System.err.println("SKIPPED: tests on a real mesh need " + String.join(", ", lacking)
          + "; sim/test installs it as root.");
    }
    Assumptions.assumeTrue(lacking.isEmpty(), "needs " + lacking);
  }

  static Topology topology(String name) {
    try {
      var reading = TopologyParser.parse(SIM.resolve("topologies/" + name + ".mesh"));
      return ((TopologyParser.Reading.Read) reading).topology();
    } catch (IOException e) {
      throw new AssertionError("The topology " + name + " cannot be read", e);
    }
  }

  static MeshRig up(Topology topology, BrokerPlace place, Map<String, String> settings)
      throws IOException {
    return up(topology, place, SIM.resolve("node"), node -> settings);
  }

  /**
   * @param program starts a node, as {@code sim/node} does
   * @param settings by a node's name
   */
  static MeshRig up(
      Topology topology,
      BrokerPlace place,
      Path program,
      Function<String, Map<String, String>> settings)
      throws IOException {
    Mesh.sweep();
    var rig = new MeshRig(Mesh.up(topology, new Mesh.Options(place, false)));
    try {
      for (var node : topology.nodes()) {
        rig.nodes.put(
            node.name(),
            KedgeNode.start(
                rig.mesh, node.name(), program, rig.broker.uri(), settings.apply(node.name())));
      }
      return rig;
    } catch (IOException | RuntimeException e) {
      rig.close();
      throw e;
    }
  }

  private synchronized void hear(Received message) {
    check
        .problems(message.topic(), message.payloadText())
        .forEach(problem -> problems.add(message.topic() + ": " + problem));
    var json = JsonParser.parseString(message.payloadText()).getAsJsonObject();
    if (message.topic().endsWith("/event")) {
      events.put(
          json.get("node").getAsString() + " " + json.get("boot_id").getAsString() + " "
              + json.get("sequence").getAsLong(),
          json.get("event").getAsString());
    }
    if (!message.topic().endsWith("/snapshot")) {
      return;
    }
    heard.add(new Snapshot(System.nanoTime(), json.get("node").getAsString(), json));
  }

  Mesh mesh() {
    return mesh;
  }

  MeshProcess broker() {
    return broker.process();
  }

  /** What a node told of as events, without repeats. */
  synchronized List<String> events(String node) {
    return events.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(node + " "))
        .map(Map.Entry::getValue)
        .toList();
  }

  KedgeNode node(String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  List<String> names() {
    return List.copyOf(nodes.keySet());
  }

  synchronized List<Snapshot> heard() {
    return List.copyOf(heard);
  }

  synchronized Optional<Snapshot> latest(String node) {
    return heard.stream()
        .filter(snapshot -> snapshot.node().equals(node))
        .reduce((one, other) -> other);
  }

  /** The first snapshot of a node, heard after a moment, that is as wanted. */
  Snapshot await(String node, long sinceNanos, String wanted, Predicate<Snapshot> isWanted) {
    Optional<Snapshot>[] found = newSlot();
    Awaitility.await(node + ": " + wanted)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .conditionEvaluationListener(condition -> {
          if (condition.getRemainingTimeInMS() <= 0) {
            System.err.println(node + " was last heard as " + latest(node).map(Snapshot::json)
                + "\n" + node(node).lastWords());
          }
        })
        .until(() -> {
          found[0] = heard().stream()
              .filter(
                  snapshot -> snapshot.node().equals(node) && snapshot.atNanos() - sinceNanos >= 0)
              .filter(isWanted)
              .findFirst();
          return found[0].isPresent();
        });
    return found[0].orElseThrow();
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Optional<Snapshot>[] newSlot() {
    return new Optional[] {Optional.empty()};
  }

  /** Until the latest snapshot of every node is healthy and has this many routes in the kernel. */
  void awaitHealthy(long routes) {
    for (var name : names()) {
      Awaitility.await(name + " is healthy with " + routes + " routes")
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(50))
          .conditionEvaluationListener(condition -> {
            if (condition.getRemainingTimeInMS() <= 0) {
              System.err.println(name + " was last heard as " + latest(name).map(Snapshot::json)
                  + "\n" + node(name).lastWords());
            }
          })
          .until(() -> latest(name)
              .filter(snapshot -> snapshot.isHealthy() && snapshot.routesInKernel() >= routes)
              .isPresent());
    }
  }

  /** Runs a command in a node's namespace; it has to succeed. */
  String run(String node, String... arguments) {
    var result = mesh.exec(node, arguments);
    if (result instanceof CommandResult.Ended ended && ended.succeeded()) {
      return ended.output();
    }
    throw new AssertionError(String.join(" ", arguments) + " on " + node + ": " + result.inWords());
  }

  /** Lines of the broker's process that are none of its own. */
  List<String> strays() {
    return List.copyOf(strays);
  }

  /** Every message the broker heard has to be what its schema says, whatever the test was about. */
  @Override
  public void close() {
    mesh.down();
    synchronized (this) {
      assertThat(problems).as("messages that are not as their schemas say").isEmpty();
    }
  }

  static void waitFor(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(condition);
  }
}
