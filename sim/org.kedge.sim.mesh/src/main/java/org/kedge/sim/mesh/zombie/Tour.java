package org.kedge.sim.mesh.zombie;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.kedge.sim.mesh.fault.Faults;
import org.kedge.sim.mesh.fault.Made;
import org.kedge.sim.mesh.fault.MeshFault;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.Site;
import org.kedge.sim.mesh.topology.Topology;

/** Makes the worst five faults one after the other at a node that others go through, and tells in plain lines what was seen. One thread. */
public final class Tour {
  private static final List<String> STOPS = List.of(
      "routes-flushed", "frozen", "dead-stale-files", "forward-drop", "descriptors-used-up");

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration CURE_LIMIT = Duration.ofSeconds(90);
  private static final Duration STEADY = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Topology topology;
  private final Site site;
  private final CareLog log;
  private final CountDownLatch told;
  private final Consumer<String> out;

  /**
   * A tour of a mesh with a controller on each node.
   *
   * @param log hears what the broker receives
   * @param told counted down by who wants the tour to end early
   * @param out takes each line
   */
  public Tour(
      Topology topology, Site site, CareLog log, CountDownLatch told, Consumer<String> out) {
    this.topology = topology;
    this.site = site;
    this.log = log;
    this.told = told;
    this.out = out;
  }

  /** Where it would break something: the first node on which others depend; empty if the topology has none, or no exit. */
  public static Optional<String> transit(Topology topology) {
    return topology.exit().isEmpty()
        ? Optional.empty()
        : topology.nodes().stream()
            .skip(1)
            .filter(node -> !node.exit() && topology.linksOf(node.name()).size() > 1)
            .map(Topology.Node::name)
            .findFirst();
  }

  /** What became of one fault. */
  private record Stop(
      MeshFault fault, Optional<Duration> found, Optional<Duration> cured, int lost, int sent) {
    String inWords() {
      return String.format(
          Locale.ROOT,
          "  %-20s %-24s %-28s %d of %d packets lost",
          fault.name(),
          found.map(span -> "found after " + ZombieTable.seconds(span)).orElse("not found"),
          cured.map(span -> "healthy again after " + ZombieTable.seconds(span)).orElse("NOT CURED"),
          lost,
          sent);
    }
  }

  /** Makes it. Returns whether all faults were found and cured. */
  public boolean run() throws IOException, InterruptedException {
    var node = transit(topology).orElseThrow();
    var near = topology.nodes().get(0).name();
    var exit = topology.exit().orElseThrow().name();
    out.accept("Waiting until all nodes are healthy ...");
    if (!waitFor(START_LIMIT, this::areAllHealthy)) {
      out.accept("Not all nodes became healthy within " + START_LIMIT.toMinutes() + " min.");
      return false;
    }
    out.accept("A tour of the worst five, each made for real at " + node + ", with pings from "
        + near + " to the exit " + exit + " in both families.");
    var stops = new ArrayList<Stop>();
    try (var pings = Pings.start(site, near, exit)) {
      for (var name : STOPS) {
        if (!waitFor(CURE_LIMIT, () -> areAllHealthy() && pings.isSteady(Instant.now(), STEADY))) {
          out.accept("The mesh does not come to rest; the tour ends here.");
          break;
        }
        stops.add(stop(Faults.find(name).orElseThrow(), node, pings, stops.size() + 1));
      }
    }
    out.accept("");
    out.accept("Summary:");
    stops.forEach(stop -> out.accept(stop.inWords()));
    var cured = stops.stream().filter(stop -> stop.cured().isPresent()).count();
    out.accept(cured + " of " + STOPS.size() + " cured.");
    return cured == STOPS.size();
  }

  private Stop stop(MeshFault fault, String node, Pings pings, int number)
      throws IOException, InterruptedException {
    out.accept("");
    out.accept(number + " of " + STOPS.size() + ": " + fault.name() + ". " + fault.sentence());
    var journal = log.lastEntry(node);
    var made = fault.make(site, node);
    try {
      tell(made.at(), made.at(), made.words());
      return watch(fault, node, pings, made, journal);
    } finally {
      takeBack(made);
    }
  }

  private Stop watch(MeshFault fault, String node, Pings pings, Made made, long journal)
      throws InterruptedException {
    var found = new ArrayList<CareLog.Finding>();
    var told = new ArrayList<Long>();
    BooleanSupplier isCured = () -> {
      if (found.isEmpty()) {
        log.found(node, made.at(), journal, fault.here())
            .filter(finding -> fault.here().equals(Optional.of(finding.verdict())))
            .ifPresent(finding -> {
              found.add(finding);
              tell(
                  made.at(),
                  finding.at(),
                  node + " tells " + finding.verdict().kind() + ", blamed "
                      + finding.verdict().blame() + ".");
            });
      }
      for (var entry : log.entries(node, journal)) {
        if (!told.contains(entry.number())) {
          told.add(entry.number());
          tell(made.at(), entry.at(), node + " wrote: " + entry.words());
        }
      }
      return !found.isEmpty()
          && log.isHealthySince(node, found.get(0).at())
          && pings.isSteady(Instant.now(), STEADY);
    };
    var cured = waitFor(CURE_LIMIT, isCured)
        ? log.healthyAgain(node, found.get(0).at()).map(at -> Duration.between(made.at(), at))
        : Optional.<Duration>empty();
    var seen = pings.between(made.at(), Instant.now().minus(Pings.INTERVAL.multipliedBy(4)));
    out.accept(cured
        .map(span -> "   " + node + " is healthy again after " + ZombieTable.seconds(span) + "; "
            + (seen.lost() == 0
                ? "no packet of " + seen.sent() + " was lost."
                : seen.lost() + " of " + seen.sent()
                    + " packets were lost; they flow steadily since "
                    + ZombieTable.seconds(seen.again().orElseThrow()) + " after the fault."))
        .orElse("   Not cured within " + CURE_LIMIT.toSeconds() + " s; taking it back."));
    return new Stop(
        fault,
        found.stream().findFirst().map(finding -> Duration.between(made.at(), finding.at())),
        cured,
        seen.lost(),
        seen.sent());
  }

  private void tell(Instant from, Instant at, String words) {
    out.accept(String.format(
        Locale.ROOT, "%8s  %s", ZombieTable.seconds(Duration.between(from, at)), words));
  }

  private void takeBack(Made made) throws IOException {
    try {
      made.undo().run();
    } catch (MeshFailure e) {
      out.accept("Could not take it back: " + e.getMessage());
    }
  }

  private boolean areAllHealthy() {
    return site.nodes().stream().allMatch(node -> log.isHealthy(node, 1));
  }

  /** Whether it came true in time; not so, too, if the tour is to end. */
  private boolean waitFor(Duration limit, BooleanSupplier condition) throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0 || told.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }
}
