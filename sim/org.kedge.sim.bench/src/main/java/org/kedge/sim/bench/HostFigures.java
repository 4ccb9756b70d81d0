package org.kedge.sim.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.sim.mesh.broker.BrokerProcess;
import org.kedge.sim.mesh.broker.Received;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.run.KedgeNode;
import org.kedge.sim.mesh.topology.TopologyParser;

/**
 * Measures a whole controller on a node of a diamond with babeld's default intervals and Kedge's default settings: from its start
 * to its first snapshot at the broker, then its memory and its use of the processor while nothing happens.
 */
public final class HostFigures {
  private static final Duration SETTLE = Duration.ofSeconds(45);
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(60);

  /** The kernel counts processor time in steps of 10 ms. */
  private static final double TICK_SECONDS = 0.01;

  private static final Pattern USED =
      Pattern.compile("(?:def new generation|tenured generation) .*?used (\\d+)K");

  private HostFigures() {}

  public static void main(String... arguments) throws IOException, InterruptedException {
    var sim = Path.of(System.getProperty("kedge.sim", "sim"));
    var topology = ((TopologyParser.Reading.Read)
            TopologyParser.parse(sim.resolve("topologies/diamond-default-intervals.mesh")))
        .topology();
    var first = new ConcurrentHashMap<String, Long>();
    var measured = "n1";
    var heard = new CountDownLatch(topology.nodes().size());
    try (var mesh = Mesh.up(topology, Mesh.Options.OUT_OF_BAND);
        var broker = BrokerProcess.start(mesh, new FirstHeard(first, heard))) {
      // The measured one first and alone, so that the others' starts are not in its figure.
      var start = System.nanoTime();
      var node = KedgeNode.start(mesh, measured, sim.resolve("node"), broker.uri(), Map.of());
      while (!first.containsKey(measured) && System.nanoTime() - start < FIRST_LIMIT.toNanos()) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      print(
          "start to first snapshot at the broker",
          (first.getOrDefault(measured, Long.MAX_VALUE) - start) / 1e9,
          "s",
          3);
      for (var other : topology.nodes()) {
        if (!other.name().equals(measured)) {
          KedgeNode.start(mesh, other.name(), sim.resolve("node"), broker.uri(), Map.of());
        }
      }
      if (!heard.await(FIRST_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("Only " + first.keySet() + " were heard");
      }
      TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
      var pid = node.runtime();
      var before = processorSeconds(pid);
      TimeUnit.NANOSECONDS.sleep(IDLE.toNanos());
      print(
          "idle processor use",
          (processorSeconds(pid) - before) / IDLE.toSeconds() * 100,
          "% of a core",
          1);
      print("resident memory", resident(pid), "MiB", 110);
      tell("jcmd", Long.toString(pid), "GC.run");
      print(
          "heap in use after collection",
          heapUsed(tell("jcmd", Long.toString(pid), "GC.heap_info")),
          "MiB",
          24);
    }
  }

  private record FirstHeard(Map<String, Long> first, CountDownLatch heard)
      implements BrokerProcess.Listener {
    @Override
    public void received(Received message) {
      var node = message.topic().replaceAll("[^/]*/([^/]*)/.*", "$1");
      if (first.putIfAbsent(node, System.nanoTime()) == null) {
        heard.countDown();
      }
    }

    @Override
    public void unknown(String line) {
      System.err.println("broker: " + line);
    }
  }

  private static void print(String what, double figure, String unit, int target) {
    System.out.printf(Locale.ROOT, "host: %s %.2f %s (target < %d)%n", what, figure, unit, target);
  }

  static double processorSeconds(long pid) throws IOException {
    var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_SECONDS;
  }

  private static double resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .sum();
  }

  private static String tell(String... command) {
    var result = new ProcessCommandRunner().run(Command.of(Duration.ofSeconds(20), command));
    if (result instanceof CommandResult.Ended ended && ended.succeeded()) {
      return ended.output();
    }
    throw new IllegalStateException(String.join(" ", command) + ": " + result.inWords());
  }

  private static double heapUsed(String heapInfo) {
    return USED.matcher(heapInfo)
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum()
        / 1024.0;
  }
}
