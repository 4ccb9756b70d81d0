package org.kedge.sim.mesh.zombie;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.kedge.sim.mesh.broker.BrokerProcess;
import org.kedge.sim.mesh.fault.Made;
import org.kedge.sim.mesh.fault.MeshFault;
import org.kedge.sim.mesh.fault.MeshFault.Cure;
import org.kedge.sim.mesh.net.BrokerPlace;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.Site;
import org.kedge.sim.mesh.run.KedgeNode;
import org.kedge.sim.mesh.topology.HostAddress;
import org.kedge.sim.mesh.topology.Topology;

/**
 * Makes one fault on a fresh line of four, under one keeper, and watches. Traffic goes from n1 to n4 through n2, where the fault is
 * made; a fault of the exit is made at n4.
 */
final class CaseRunner {
  private static final String TRANSIT = "n2";
  private static final String NEAR = "n1";
  private static final String NEXT_TO_EXIT = "n3";
  private static final String EXIT = "n4";

  /** Three other nodes in both families, and the exit's default routes besides. */
  private static final int ROUTES = 6;

  private static final int WITHDRAWN = 200;
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final Duration STEADY_BEFORE = Duration.ofSeconds(2);
  private static final Duration STEADY_AFTER = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(50);

  /** So long the last answers may take. */
  private static final Duration LAST_ANSWERS = Duration.ofMillis(300);

  private static final Map<String, String> SETTINGS =
      Map.of("org.kedge.telemetry/snapshot.seconds", "5");

  private final Path nodeProgram;

  /** @param nodeProgram {@code sim/node} */
  CaseRunner(Path nodeProgram) {
    this.nodeProgram = nodeProgram;
  }

  /** Where a fault is made here. */
  static String node(MeshFault fault) {
    return fault.atExitOnly() ? EXIT : TRANSIT;
  }

  /** Where traffic goes: past a deaf exit, whose silence is the fault itself, it is the one before it. */
  private static String far(MeshFault fault) {
    return fault.atExitOnly() && fault.cure() == Cure.OTHERS ? NEXT_TO_EXIT : EXIT;
  }

  private static Topology line(Intervals intervals, MeshFault fault) {
    var further = fault.name().equals("mass-withdrawal")
        ? IntStream.rangeClosed(1, WITHDRAWN)
            .mapToObj(i -> HostAddress.of("2001:db8:1000::" + Integer.toHexString(i)))
            .toList()
        : List.<HostAddress>of();
    return new Topology(
        "zombie-" + intervals.word(),
        intervals.babeldOptions(),
        List.of(
            new Topology.Node(1, NEAR, false, List.of()),
            new Topology.Node(2, TRANSIT, false, further),
            new Topology.Node(3, NEXT_TO_EXIT, false, List.of()),
            new Topology.Node(4, EXIT, true, List.of())),
        List.of(
            new Topology.Link(NEAR, TRANSIT, OptionalInt.empty()),
            new Topology.Link(TRANSIT, NEXT_TO_EXIT, OptionalInt.empty()),
            new Topology.Link(NEXT_TO_EXIT, EXIT, OptionalInt.empty())));
  }

  /** Under Kedge, as every node of the field has it. */
  Outcome kedge(MeshFault fault, Intervals intervals) throws IOException {
    var log = new CareLog();
    try (var mesh =
            Mesh.up(line(intervals, fault), new Mesh.Options(BrokerPlace.OUT_OF_BAND, false));
        var broker = BrokerProcess.start(mesh, log)) {
      for (var node : mesh.site().nodes()) {
        var unused = KedgeNode.start(mesh, node, nodeProgram, broker.uri(), SETTINGS);
      }
      waitFor(
          "all nodes are healthy",
          () -> mesh.site().nodes().stream().allMatch(node -> log.isHealthy(node, ROUTES)));
      try (var pings = Pings.start(mesh.site(), NEAR, far(fault))) {
        awaitTraffic(pings);
        return kedge(fault, intervals, mesh.site(), log, pings);
      }
    }
  }

  private static Outcome kedge(
      MeshFault fault, Intervals intervals, Site site, CareLog log, Pings pings)
      throws IOException {
    var node = node(fault);
    var teller = fault.here().isPresent() || fault.elsewhere().isEmpty() ? node : NEAR;
    var expected = Verdicts.expected(fault);
    var journal = log.lastEntry(node);
    var tellersJournal = log.lastEntry(teller);
    var babelds = new HashSet<Long>();
    site.babeldIfAny(node).ifPresent(babelds::add);
    var made = fault.make(site, node);
    try {
      var end = made.at().plus(intervals.window());
      var before = babelds.size();
      while (Instant.now().isBefore(end)) {
        site.babeldIfAny(node).ifPresent(babelds::add);
        if (fault.cure() == Cure.NODE
            && isOver(made, log, teller, tellersJournal, node, journal, pings)) {
          break;
        }
        pause(LOOK);
      }
      var until = Instant.now();
      pause(LAST_ANSWERS);
      var seen = pings.between(made.at(), until);
      var found = log.found(teller, made.at(), tellersJournal, expected);
      return new Outcome(
          found.map(finding -> Duration.between(made.at(), finding.at())),
          found.map(finding -> Verdicts.inWords(finding.verdict())),
          seen.again(),
          seen.lost(),
          helped(log.entries(node, journal)),
          babelds.size() - before,
          fault.remains().look(site, node),
          Optional.empty(),
          journal(made.at(), log.entries(node, journal)));
    } finally {
      takeBack(made);
    }
  }

  /** Found, mended, told so, and traffic flows for a while: no need to watch on. */
  private static boolean isOver(
      Made made,
      CareLog log,
      String teller,
      long tellersJournal,
      String node,
      long journal,
      Pings pings) {
    var entries = log.entries(node, journal);
    var isSettled = entries.stream().noneMatch(entry -> entry.kind().equals("ordered"))
        || entries.stream().anyMatch(entry -> entry.kind().equals("helped"));
    return isSettled
        && log.found(teller, made.at(), tellersJournal, Optional.empty())
            .filter(finding -> log.isHealthySince(teller, finding.at()))
            .isPresent()
        && pings.isSteady(Instant.now(), STEADY_AFTER);
  }

  private static List<String> journal(Instant from, List<CareLog.Entry> entries) {
    return entries.stream()
        .map(
            entry -> ZombieTable.seconds(Duration.between(from, entry.at())) + "  " + entry.words())
        .toList();
  }

  private static List<String> helped(List<CareLog.Entry> entries) {
    return entries.stream()
        .filter(entry -> entry.kind().equals("helped") && !entry.remedy().isBlank())
        .map(CareLog.Entry::remedy)
        .distinct()
        .toList();
  }

  /** Under an init that starts babeld again when it ends. */
  Outcome respawn(MeshFault fault, Intervals intervals) throws IOException {
    return Objects.requireNonNull(
        plain(fault, intervals, true, Set.of(KeeperKind.RESPAWN)).get(KeeperKind.RESPAWN));
  }

  /** Without any keeper, and then, on its own clock, what the script does about what it finds. */
  Map<KeeperKind, Outcome> nothingAndScript(
      MeshFault fault, Intervals intervals, Set<KeeperKind> wanted) throws IOException {
    return plain(fault, intervals, false, wanted);
  }

  private static Map<KeeperKind, Outcome> plain(
      MeshFault fault, Intervals intervals, boolean respawns, Set<KeeperKind> wanted)
      throws IOException {
    var node = node(fault);
    var outcomes = new EnumMap<KeeperKind, Outcome>(KeeperKind.class);
    try (var mesh =
            Mesh.up(line(intervals, fault), new Mesh.Options(BrokerPlace.OUT_OF_BAND, false));
        var babelds = PlainBabelds.start(mesh, respawns);
        var pings = Pings.start(mesh.site(), NEAR, far(fault))) {
      var site = mesh.site();
      awaitTraffic(pings);
      var startsBefore = babelds.starts(node);
      var made = fault.make(site, node);
      try {
        pause(Duration.between(Instant.now(), made.at().plus(intervals.window())));
        var until = Instant.now();
        pause(LAST_ANSWERS);
        var seen = pings.between(made.at(), until);
        var starts = babelds.starts(node) - startsBefore;
        var remains = fault.remains().look(site, node);
        if (respawns) {
          outcomes.put(
              KeeperKind.RESPAWN,
              new Outcome(
                  babelds.firstEnd(node).map(end -> Duration.between(made.at(), end)),
                  Optional.empty(),
                  seen.again(),
                  seen.lost(),
                  List.of(),
                  starts,
                  remains,
                  Optional.empty(),
                  List.of()));
          return outcomes;
        }
        var alone = new Outcome(
            Optional.empty(),
            Optional.empty(),
            seen.again(),
            seen.lost(),
            List.of(),
            starts,
            remains,
            Optional.empty(),
            List.of());
        outcomes.put(KeeperKind.NOTHING, alone);
        if (wanted.contains(KeeperKind.SCRIPT)) {
          outcomes.put(KeeperKind.SCRIPT, script(fault, intervals, site, babelds, pings, alone));
        }
        return outcomes;
      } finally {
        takeBack(made);
      }
    }
  }

  private static Outcome script(
      MeshFault fault,
      Intervals intervals,
      Site site,
      PlainBabelds babelds,
      Pings pings,
      Outcome alone) {
    var node = node(fault);
    var answer = babelds.ask(node);
    var found = ScriptClock.FIELD.found(answer);
    if (found.isEmpty()) {
      return new Outcome(
          Optional.empty(),
          Optional.empty(),
          alone.again(),
          alone.lost(),
          List.of(),
          0,
          alone.remains(),
          Optional.of("the script finds it answering"),
          List.of());
    }
    var acts = Instant.now();
    babelds.restart(node);
    var end = acts.plus(intervals.window());
    while (Instant.now().isBefore(end)
        && !(Duration.between(acts, Instant.now()).compareTo(STEADY_AFTER) > 0
            && pings.isSteady(Instant.now(), STEADY_AFTER))) {
      pause(LOOK);
    }
    var until = Instant.now();
    pause(LAST_ANSWERS);
    var seen = pings.between(acts, until);
    return new Outcome(
        found,
        Optional.empty(),
        seen.again().map(span -> span.plus(found.get())),
        seen.lost()
            + ScriptClock.lostUntil(
                found.get(),
                intervals.window(),
                alone.lost(),
                alone.again().isEmpty(),
                Pings.INTERVAL,
                Pings.FAMILIES),
        List.of(),
        1,
        fault.remains().look(site, node),
        Optional.of("found after " + found.get().toSeconds() + " s by its clock"),
        List.of());
  }

  private static void takeBack(Made made) throws IOException {
    try {
      made.undo().run();
    } catch (MeshFailure e) {
      // The mesh goes away with what is left of it; the outcome is known.
      System.err.println("Could not take back: " + made.words() + " " + e.getMessage());
    }
  }

  private static void awaitTraffic(Pings pings) {
    waitFor("traffic flows", () -> pings.isSteady(Instant.now(), STEADY_BEFORE));
  }

  private static void waitFor(String what, BooleanSupplier condition) {
    var end = System.nanoTime() + READY_LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new MeshFailure("Not within " + READY_LIMIT.toSeconds() + " s: " + what);
      }
      pause(LOOK);
    }
  }

  private static void pause(Duration span) {
    if (span.isNegative()) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(span.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("Interrupted", e);
    }
  }

  /** What the table has to explain to its readers. */
  static List<String> notes() {
    var notes = new ArrayList<String>();
    notes.add(
        "A line n1-n2-n3-n4 of real babelds; each fault is made at the transit node n2 of a fresh mesh,"
            + " those of the exit at n4. Traffic: a ping every " + Pings.INTERVAL.toMillis()
            + " ms in each family from n1 to n4 (to n3 where the exit is deaf or its uplink out, since only what passes through is to be unharmed).");
    notes.add(
        "Found: when the broker had the snapshot that names it. Forwarding again: from the fault until no two pings in a row are lost any more"
            + " in either family, watched for " + Intervals.SMALL.window().toSeconds()
            + " s (small: hellos every 0.5 s, no smoothing) or "
            + Intervals.DEFAULT.window().toSeconds() + " s (default: babeld's own).");
    notes.add(
        "nothing: babeld alone. respawn: an init that starts it again at once with the same command line and cleans nothing;"
            + " after 10 starts in 2 min it waits 5 min (System V init). script: every 10 min it asks babeld's socket for its greeting, for at most 5 min,"
            + " and if there is none restarts it, files cleaned. Its time is reckoned, not waited for: a fault waits 300 s for it on average,"
            + " 300 s more if the question is left hanging; what it finds is looked at once, at the end of the watch.");
    return notes;
  }
}
