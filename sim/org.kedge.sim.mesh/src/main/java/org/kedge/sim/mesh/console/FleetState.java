package org.kedge.sim.mesh.console;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kedge.sim.mesh.console.FleetView.BrokerLoss;
import org.kedge.sim.mesh.console.FleetView.FleetEvent;
import org.kedge.sim.mesh.console.FleetView.JournalEntry;
import org.kedge.sim.mesh.console.FleetView.LinkEnd;
import org.kedge.sim.mesh.console.FleetView.LinkView;
import org.kedge.sim.mesh.console.FleetView.NodeState;
import org.kedge.sim.mesh.console.FleetView.NodeView;
import org.kedge.sim.mesh.console.FleetView.Offender;
import org.kedge.sim.mesh.console.FleetView.Opinion;
import org.kedge.sim.mesh.console.FleetView.Report;

/**
 * What the console knows of the fleet, from messages alone. Messages and news of the broker come in on one thread; {@link #view}
 * may be called from any.
 */
public final class FleetState {
  /** Nodes report every 60 s; half a period is left for the way. */
  public static final Duration LATE_AFTER = Duration.ofSeconds(90);

  public static final int EVENTS_LIMIT = 200;

  /** Lines of all journals together. */
  public static final int JOURNAL_LIMIT = 200;

  /** Nodes outside the plan that are shown; more would be somebody playing. */
  private static final int STRANGERS_LIMIT = 50;

  /** A table this old says nothing of the neighbours of now; a dump is read every 5 s. */
  private static final Duration TABLE_STALE_AFTER = Duration.ofSeconds(30);

  private static final int EXCERPT_BYTES = 160;
  // The node's name as org.kedge.base.api.NodeId has it.
  private static final Pattern TOPIC =
      Pattern.compile("[^/]+/([A-Za-z0-9][A-Za-z0-9._-]{0,62})/KEDGE-V1/snapshot");

  private final FleetPlan plan;

  // The thread of messages only.
  private final Map<String, NodeMemory> memories = new LinkedHashMap<>();
  private final Deque<FleetEvent> events = new ArrayDeque<>();
  private long eventsCount;
  private final Deque<JournalEntry> journal = new ArrayDeque<>();
  private long journalCount;
  private long repeatsCount;
  private long damagedCount;
  private Optional<Offender> damagedFirst = Optional.empty();
  private Optional<BrokerLoss> brokerLost = Optional.empty();

  private volatile Kept kept;

  public FleetState(FleetPlan plan) {
    this.plan = plan;
    this.kept = keep();
  }

  /** Takes one message of any topic; those that are no snapshots are passed over. Never throws. */
  public void hear(Instant receivedAt, String topic, byte[] payload) {
    if (!topic.endsWith("/KEDGE-V1/snapshot")) {
      return;
    }
    var address = TOPIC.matcher(topic);
    if (!address.matches()) {
      countDamaged(receivedAt, topic, payload, "its topic names no node");
    } else {
      var reading = SnapshotReader.read(payload);
      if (reading instanceof SnapshotReader.Reading.Read read) {
        take(receivedAt, topic, payload, address.group(1), read.snapshot());
      } else if (reading instanceof SnapshotReader.Reading.Damaged damaged) {
        countDamaged(receivedAt, topic, payload, damaged.why());
      }
    }
    kept = keep();
  }

  /** The console lost its broker, so that silence no longer speaks against the nodes. */
  public void loseBroker(Instant at, String why) {
    if (brokerLost.isEmpty()) {
      brokerLost = Optional.of(new BrokerLoss(at, SnapshotReader.clean(why)));
      kept = keep();
    }
  }

  public void findBroker() {
    brokerLost = Optional.empty();
    kept = keep();
  }

  private void take(
      Instant receivedAt, String topic, byte[] payload, String node, NodeSnapshot snapshot) {
    var memory = memories.get(node);
    if (memory == null) {
      if (!plan.nodes().contains(node) && strangersCount() >= STRANGERS_LIMIT) {
        countDamaged(receivedAt, topic, payload, "too many nodes that the plan does not name");
        return;
      }
      memory = new NodeMemory();
      memories.put(node, memory);
    }
    var named = snapshot.node().filter(name -> !name.equals(node));
    var news = memory.take(receivedAt, named.map(snapshot::namedWrongly).orElse(snapshot));
    if (news.isEmpty()) {
      repeatsCount++;
      return;
    }
    for (var line : news.get().journal()) {
      journal.addLast(
          new JournalEntry(++journalCount, momentOf(line, snapshot, receivedAt), node, line));
      if (journal.size() > JOURNAL_LIMIT) {
        journal.removeFirst();
      }
    }
    for (var change : news.get().changes()) {
      events.addFirst(
          new FleetEvent(++eventsCount, receivedAt, node, change.kind(), change.text()));
      if (events.size() > EVENTS_LIMIT) {
        events.removeLast();
      }
    }
  }

  /** The node's own time as far as it can be true: it trusts its clock, and what is told has happened. */
  private static Instant momentOf(
      NodeSnapshot.JournalLine line, NodeSnapshot snapshot, Instant receivedAt) {
    return line.at()
        .filter(at -> snapshot.trustsClock() && at.isBefore(receivedAt))
        .orElse(receivedAt);
  }

  private long strangersCount() {
    return memories.keySet().stream()
        .filter(name -> !plan.nodes().contains(name))
        .count();
  }

  private void countDamaged(Instant receivedAt, String topic, byte[] payload, String why) {
    damagedCount++;
    if (damagedFirst.isEmpty()) {
      var head = Arrays.copyOf(payload, Math.min(payload.length, EXCERPT_BYTES));
      var excerpt = SnapshotReader.clean(new String(head, StandardCharsets.UTF_8));
      damagedFirst =
          Optional.of(new Offender(receivedAt, SnapshotReader.clean(topic), why, excerpt));
    }
  }

  /** What has been heard so far, with ages counted up to {@code now}. Any thread. */
  public FleetView view(Instant now) {
    return kept.view(plan, now);
  }

  private Kept keep() {
    var told = new LinkedHashMap<String, Told>();
    memories.forEach((node, memory) -> memory.told().ifPresent(last -> told.put(node, last)));
    return new Kept(
        told,
        List.copyOf(events),
        journal.stream().sorted(JournalEntry.NEWEST_FIRST).toList(),
        repeatsCount,
        damagedCount,
        damagedFirst,
        brokerLost);
  }

  /** The last message of a node. */
  record Told(NodeSnapshot snapshot, Instant receivedAt, long restartsCount) {
    NodeState state(Instant now) {
      if (age(now).compareTo(LATE_AFTER) > 0) {
        return NodeState.LATE;
      }
      // A node that lists faults is faulty, whatever word it adds.
      if (!snapshot.faults().isEmpty()) {
        return NodeState.FAULTY;
      }
      return switch (snapshot.stateWord().orElse("")) {
        case "healthy" -> NodeState.HEALTHY;
        case "faulty" -> NodeState.FAULTY;
        case "starting" -> NodeState.STARTING;
        default -> NodeState.UNSURE;
      };
    }

    Duration age(Instant now) {
      var age = Duration.between(receivedAt, now);
      return age.isNegative() ? Duration.ZERO : age;
    }

    Report report(Instant now) {
      var delay = snapshot
          .takenAt()
          .map(at -> Duration.between(at, receivedAt))
          .filter(d -> !d.isNegative());
      return new Report(snapshot, receivedAt, age(now), delay);
    }
  }

  /** Everything a view is made of; immutable, so that any thread may make one. */
  private record Kept(
      Map<String, Told> told,
      List<FleetEvent> events,
      List<JournalEntry> journal,
      long repeatsCount,
      long damagedCount,
      Optional<Offender> damagedFirst,
      Optional<BrokerLoss> brokerLost) {

    FleetView view(FleetPlan plan, Instant now) {
      var nodes = new ArrayList<NodeView>();
      var strangers =
          told.keySet().stream().filter(name -> !plan.nodes().contains(name)).sorted();
      Stream.concat(plan.nodes().stream(), strangers)
          .forEach(name -> nodes.add(node(plan, name, now)));
      var links = plan.links().stream()
          .map(link -> new LinkView(
              link,
              linkEnd(plan, link.one(), link.other(), now),
              linkEnd(plan, link.other(), link.one(), now)))
          .toList();
      return new FleetView(
          now,
          plan.exit(),
          nodes,
          links,
          events,
          journal,
          repeatsCount,
          damagedCount,
          damagedFirst,
          brokerLost);
    }

    private NodeView node(FleetPlan plan, String name, Instant now) {
      var last = Optional.ofNullable(told.get(name));
      return new NodeView(
          name,
          plan.nodes().contains(name),
          last.map(message -> message.state(now)).orElse(NodeState.WAITING),
          last.map(message -> message.report(now)),
          plan.linksCount(name),
          plan.farEnds(name),
          last.map(message -> neighboursCount(plan, name, message.snapshot()))
              .orElse(OptionalLong.empty()),
          last.map(Told::restartsCount).orElse(0L));
    }

    /** A far end counts once, also while babeld still lists an address it had before. */
    private static OptionalLong neighboursCount(
        FleetPlan plan, String name, NodeSnapshot snapshot) {
      return snapshot
          .neighbours()
          .map(lines -> OptionalLong.of(lines.stream()
              .filter(NodeSnapshot.NeighbourLine::isUsable)
              .map(line -> plan.farEnd(name, line.interfaceName()).orElse(line.address()))
              .distinct()
              .count()))
          .orElse(OptionalLong.empty());
    }

    private LinkEnd linkEnd(FleetPlan plan, String node, String farEnd, Instant now) {
      var silent = new LinkEnd(Opinion.UNKNOWN, OptionalLong.empty());
      var last = told.get(node);
      if (last == null
          || last.state(now) == NodeState.LATE
          || last.state(now) == NodeState.STARTING
          || last.snapshot()
              .tableAge()
              .filter(age -> age.compareTo(TABLE_STALE_AFTER) > 0)
              .isPresent()
          || !plan.farEnds(node).containsValue(farEnd)) {
        return silent;
      }
      return last.snapshot()
          .neighbours()
          .map(lines -> judge(plan, node, farEnd, lines))
          .orElse(silent);
    }

    private static LinkEnd judge(
        FleetPlan plan, String node, String farEnd, List<NodeSnapshot.NeighbourLine> lines) {
      var usable = lines.stream()
          .filter(line ->
              plan.farEnd(node, line.interfaceName()).filter(farEnd::equals).isPresent())
          .filter(NodeSnapshot.NeighbourLine::isUsable)
          .toList();
      if (usable.isEmpty()) {
        return new LinkEnd(Opinion.UNUSABLE, OptionalLong.empty());
      }
      return new LinkEnd(
          Opinion.USABLE,
          usable.stream().flatMapToLong(line -> line.cost().stream()).min());
    }
  }
}
