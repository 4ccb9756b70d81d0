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
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
import org.kedge.sim.mesh.console.FleetView.Presence;
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

  private static final Set<NodeState> SAY_NOTHING_OF_LINKS =
      Set.of(NodeState.WAITING, NodeState.LATE, NodeState.OFFLINE, NodeState.STARTING);

  private static final int EXCERPT_BYTES = 160;
  // The node's name as org.kedge.base.api.NodeId has it.
  private static final Pattern TOPIC =
      Pattern.compile("[^/]+/([A-Za-z0-9][A-Za-z0-9._-]{0,62})/KEDGE-V1/.+");
  private static final Map<String, MessageReader.Kind> KINDS = Stream.of(
          MessageReader.Kind.values())
      .collect(Collectors.toUnmodifiableMap(kind -> "/KEDGE-V1/" + kind.word(), kind -> kind));

  private final FleetPlan plan;

  // The thread of messages only.
  private final Map<String, NodeMemory> memories = new LinkedHashMap<>();
  private final Deque<FleetEvent> events = new ArrayDeque<>();
  private long eventsCount;
  private final Deque<JournalEntry> journal = new ArrayDeque<>();
  private long journalCount;
  private long repeatsCount;
  private long afterwardsCount;
  private long damagedCount;
  private Optional<Offender> damagedFirst = Optional.empty();
  private Optional<BrokerLoss> brokerLost = Optional.empty();

  private volatile Kept kept;

  public FleetState(FleetPlan plan) {
    this.plan = plan;
    this.kept = keep();
  }

  /** Takes one message of any topic; those that are none of the three of a node are passed over. Never throws. */
  public void hear(Instant receivedAt, String topic, byte[] payload) {
    var subject = Math.max(0, topic.lastIndexOf("/KEDGE-V1/"));
    var kind = KINDS.get(topic.substring(subject));
    if (kind == null) {
      return;
    }
    var address = TOPIC.matcher(topic);
    if (!address.matches()) {
      countDamaged(receivedAt, topic, payload, "its topic names no node");
    } else {
      var reading = MessageReader.read(kind, payload);
      if (reading instanceof MessageReader.Reading.Read read) {
        var node = address.group(1);
        memory(node)
            .ifPresentOrElse(
                memory -> take(receivedAt, node, memory, kind, read),
                () -> countDamaged(
                    receivedAt, topic, payload, "too many nodes that the plan does not name"));
      } else if (reading instanceof MessageReader.Reading.Damaged damaged) {
        countDamaged(receivedAt, topic, payload, damaged.why());
      }
    }
    kept = keep();
  }

  /** The console lost its broker, so that silence no longer speaks against the nodes. */
  public void loseBroker(Instant at, String why) {
    if (brokerLost.isEmpty()) {
      brokerLost = Optional.of(new BrokerLoss(at, MessageReader.clean(why)));
      kept = keep();
    }
  }

  public void findBroker() {
    brokerLost = Optional.empty();
    kept = keep();
  }

  private Optional<NodeMemory> memory(String node) {
    var known = Optional.ofNullable(memories.get(node));
    if (known.isEmpty() && (plan.nodes().contains(node) || strangersCount() < STRANGERS_LIMIT)) {
      var memory = new NodeMemory();
      memories.put(node, memory);
      return Optional.of(memory);
    }
    return known;
  }

  private void take(
      Instant receivedAt,
      String node,
      NodeMemory memory,
      MessageReader.Kind kind,
      MessageReader.Reading.Read read) {
    var fields = read.fields();
    var news = switch (kind) {
      case SNAPSHOT -> {
        var snapshot = new NodeSnapshot(fields, read.oddities());
        var named = snapshot.node().filter(name -> !name.equals(node));
        yield memory.take(receivedAt, named.map(snapshot::namedWrongly).orElse(snapshot));
      }
      case EVENT ->
        Stamp.of(fields, Optional.empty())
            .map(stamp -> memory.take(receivedAt, stamp, NodeEvent.of(fields)))
            .orElse(NodeMemory.News.NONE);
      case STATE -> memory.take(NodeSnapshot.presence(fields, receivedAt));
    };
    if (news.arrival() == NodeHistory.Arrival.REPEAT) {
      repeatsCount++;
    } else if (news.arrival() == NodeHistory.Arrival.PAST) {
      afterwardsCount++;
    }
    for (var line : news.journal()) {
      journal.addLast(new JournalEntry(
          ++journalCount, momentOf(line, memory.trustsClock(), receivedAt), node, line));
      if (journal.size() > JOURNAL_LIMIT) {
        journal.removeFirst();
      }
    }
    for (var change : news.changes()) {
      events.addFirst(
          new FleetEvent(++eventsCount, receivedAt, node, change.kind(), change.text()));
      if (events.size() > EVENTS_LIMIT) {
        events.removeLast();
      }
    }
  }

  /** The node's own time as far as it can be true: it trusts its clock, and what is told has happened. */
  private static Instant momentOf(
      NodeSnapshot.JournalLine line, boolean trustsClock, Instant receivedAt) {
    return line.at().filter(at -> trustsClock && at.isBefore(receivedAt)).orElse(receivedAt);
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
      var excerpt = MessageReader.clean(new String(head, StandardCharsets.UTF_8));
      damagedFirst =
          Optional.of(new Offender(receivedAt, MessageReader.clean(topic), why, excerpt));
    }
  }

  /** All that is kept of a node's words; the thread of messages only. */
  Optional<History> history(String node) {
    return Optional.ofNullable(memories.get(node)).map(NodeMemory::history);
  }

  /** What has been heard so far, with ages counted up to {@code now}. Any thread. */
  public FleetView view(Instant now) {
    return kept.view(plan, now);
  }

  private Kept keep() {
    var known = new LinkedHashMap<String, Known>();
    memories.forEach((node, memory) ->
        known.put(node, new Known(memory.told(), memory.presence(), memory.history())));
    return new Kept(
        known,
        List.copyOf(events),
        journal.stream().sorted(JournalEntry.NEWEST_FIRST).toList(),
        repeatsCount,
        afterwardsCount,
        damagedCount,
        damagedFirst,
        brokerLost);
  }

  /** What is known of a node. */
  private record Known(Optional<Told> told, Optional<Presence> presence, History history) {
    static final Known NOTHING = new Known(Optional.empty(), Optional.empty(), History.EMPTY);

    /** Nothing has been heard since its connection ended. */
    boolean isGone() {
      return presence
          .filter(Presence::isOffline)
          .filter(
              gone -> told.filter(last -> last.receivedAt().isAfter(gone.at())).isEmpty())
          .isPresent();
    }

    NodeState state(Instant now) {
      if (isGone()) {
        return NodeState.OFFLINE;
      }
      return told.map(last -> last.state(now)).orElse(NodeState.WAITING);
    }
  }

  /** The last message of a node. */
  record Told(NodeSnapshot snapshot, Instant receivedAt, long restartsCount, boolean unsentGrows) {
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
      Map<String, Known> known,
      List<FleetEvent> events,
      List<JournalEntry> journal,
      long repeatsCount,
      long afterwardsCount,
      long damagedCount,
      Optional<Offender> damagedFirst,
      Optional<BrokerLoss> brokerLost) {

    FleetView view(FleetPlan plan, Instant now) {
      var nodes = new ArrayList<NodeView>();
      var strangers =
          known.keySet().stream().filter(name -> !plan.nodes().contains(name)).sorted();
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
          afterwardsCount,
          damagedCount,
          damagedFirst,
          brokerLost);
    }

    private NodeView node(FleetPlan plan, String name, Instant now) {
      var heard = known.getOrDefault(name, Known.NOTHING);
      var last = heard.told();
      return new NodeView(
          name,
          plan.nodes().contains(name),
          heard.state(now),
          last.map(message -> message.report(now)),
          plan.linksCount(name),
          plan.farEnds(name),
          last.map(message -> neighboursCount(plan, name, message.snapshot()))
              .orElse(OptionalLong.empty()),
          last.map(Told::restartsCount).orElse(0L),
          heard.presence(),
          last.filter(Told::unsentGrows).isPresent(),
          heard.history().timeLine(now, heard.isGone()));
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
      var heard = known.getOrDefault(node, Known.NOTHING);
      var state = heard.state(now);
      if (SAY_NOTHING_OF_LINKS.contains(state)
          || heard
              .told()
              .flatMap(last -> last.snapshot().tableAge())
              .filter(age -> age.compareTo(TABLE_STALE_AFTER) > 0)
              .isPresent()
          || !plan.farEnds(node).containsValue(farEnd)) {
        return silent;
      }
      return heard
          .told()
          .flatMap(last -> last.snapshot().neighbours())
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
