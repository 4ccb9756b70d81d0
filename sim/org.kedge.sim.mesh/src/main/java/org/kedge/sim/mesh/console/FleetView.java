package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The fleet at one moment, as far as messages tell; immutable.
 *
 * @param at the moment it was asked for; ages and spans are counted up to it
 * @param exit name of the exit, if the mesh has one
 * @param events newest first
 * @param journal what the nodes did about their faults, newest first
 * @param repeatsCount messages dropped because they were heard before
 * @param afterwardsCount messages that came behind newer ones of their node, and filled its past
 * @param damagedCount messages of which nothing could be shown
 * @param damagedFirst the first of them
 * @param brokerLost since when the console itself hears nothing
 */
public record FleetView(
    Instant at,
    Optional<String> exit,
    List<NodeView> nodes,
    List<LinkView> links,
    List<FleetEvent> events,
    List<JournalEntry> journal,
    long repeatsCount,
    long afterwardsCount,
    long damagedCount,
    Optional<Offender> damagedFirst,
    Optional<BrokerLoss> brokerLost) {
  public FleetView {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
    events = List.copyOf(events);
    journal = List.copyOf(journal);
  }

  public Optional<NodeView> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  List<NodeView> nodes(NodeState state) {
    return nodes.stream().filter(node -> node.state() == state).toList();
  }

  /** The fleet in one sentence or two, what is worst first. */
  public String sentence() {
    return FleetSentence.of(this);
  }

  /** A node in one word. */
  public enum NodeState {
    HEALTHY,
    /** Something could not be judged, or the message did not tell. */
    UNSURE,
    FAULTY,
    STARTING,
    /** Its last message is older than {@link FleetState#LATE_AFTER}; what it says may no longer hold. */
    LATE,
    /** It took its leave, or its broker lost it. */
    OFFLINE,
    /** Never heard. */
    WAITING;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One node.
   *
   * @param expected whether the plan names it
   * @param report the last message; empty while waiting
   * @param linksCount links the plan gives it
   * @param farEnds by interface, the node that the plan has at its far end
   * @param neighboursCount usable neighbours in the last message, each far end once; empty if it does not tell
   * @param presence what its connection last said; empty if nothing
   * @param unsentGrows whether more waited on the node at its last message than at the one before
   */
  public record NodeView(
      String name,
      boolean expected,
      NodeState state,
      Optional<Report> report,
      int linksCount,
      Map<String, String> farEnds,
      OptionalLong neighboursCount,
      long restartsCount,
      Optional<Presence> presence,
      boolean unsentGrows,
      TimeLine timeLine) {
    public NodeView {
      farEnds = Map.copyOf(farEnds);
    }

    /** Faults of the last message, lasting until now unless the node is late or offline. */
    public List<NodeSnapshot.FaultLine> faults() {
      return report.map(told -> told.faults(isHeard())).orElse(List.of());
    }

    /** Whether what it said last holds until now. */
    boolean isHeard() {
      return state != NodeState.LATE && state != NodeState.OFFLINE;
    }

    /** What keeps its word from arriving whole and in time; empty if all is well. */
    public Optional<String> telemetryTrouble() {
      if (state == NodeState.OFFLINE) {
        return presence.map(
            told -> "offline since " + Spoken.clock(told.at()) + " UTC" + reasons(told));
      }
      var reduced = presence.filter(told -> told.word().equals(Presence.REDUCED));
      if (reduced.isPresent()) {
        return reduced.map(told -> "reduced" + reasons(told));
      }
      return report
          .flatMap(told -> told.snapshot().telemetry())
          .filter(telemetry -> unsentGrows)
          .map(
              telemetry -> telemetry.unsentCount() + " messages wait to be sent, and more each time"
                  + telemetry
                      .oldestUnsent()
                      .map(age -> "; the oldest for " + Spoken.span(age))
                      .orElse(""));
    }

    private static String reasons(Presence told) {
      return told.why().isEmpty() ? "" : ": " + String.join("; ", told.why());
    }

    /** The remedy under way in the last message, lasting until now; empty for a node that is late or offline. */
    public Optional<NodeSnapshot.RemedyLine> remedy() {
      return report
          .filter(told -> isHeard())
          .flatMap(
              told -> told.snapshot().remedy().map(remedy -> remedy.lastingLonger(told.age())));
    }

    /** For how long from now no remedy will be ordered; empty unless the node is paused. */
    public Optional<Duration> pauseLeft() {
      return report.flatMap(told -> told.snapshot()
          .pauseLeft()
          .map(left -> left.minus(told.age()))
          .filter(left -> !left.isNegative() && !left.isZero()));
    }

    /** The last line of the node's journal about care; empty if it has none or does not tell. */
    public Optional<NodeSnapshot.JournalLine> journalLast() {
      return report
          .map(told -> told.snapshot().journal())
          .flatMap(lines -> lines.stream()
              .filter(line -> !line.kind().equals("boot"))
              .reduce((one, later) -> later));
    }

    /** The node in one sentence. */
    public String sentence() {
      return FleetSentence.of(this);
    }
  }

  /**
   * The last message of a node.
   *
   * @param age since it was received
   * @param delay between the node's own mark and its receipt; empty unless the node trusts its clock
   */
  public record Report(
      NodeSnapshot snapshot, Instant receivedAt, Duration age, Optional<Duration> delay) {
    List<NodeSnapshot.FaultLine> faults(boolean untilNow) {
      return snapshot.faults().stream()
          .map(fault -> untilNow ? fault.lastingLonger(age) : fault)
          .toList();
    }
  }

  /** A link of the plan with what each end says of it. */
  public record LinkView(FleetPlan.Link link, LinkEnd one, LinkEnd other) {
    public LinkState state() {
      if (one.opinion() == Opinion.UNUSABLE || other.opinion() == Opinion.UNUSABLE) {
        return LinkState.BROKEN;
      }
      return one.opinion() == Opinion.USABLE && other.opinion() == Opinion.USABLE
          ? LinkState.GOOD
          : LinkState.UNKNOWN;
    }
  }

  /** What one end of a link says; {@code cost} only where it is usable and the node said so. */
  public record LinkEnd(Opinion opinion, OptionalLong cost) {}

  /** Whether the node at an end of a link has a neighbour there. */
  public enum Opinion {
    USABLE,
    UNUSABLE,
    UNKNOWN
  }

  /** A link in one word. */
  public enum LinkState {
    GOOD,
    /** At least one end has no usable neighbour there. */
    BROKEN,
    /** At least one end does not tell, and none says broken. */
    UNKNOWN
  }

  /** Something that changed. {@code number} counts up from 1; {@code at} is when the console learned of it. */
  public record FleetEvent(long number, Instant at, String node, EventKind kind, String text) {}

  /**
   * A line of a node's journal. {@code number} counts up from 1 in the order the console heard them, over all nodes; {@code at} is
   * the node's own time, or of the receipt where the node's clock cannot be right.
   */
  public record JournalEntry(long number, Instant at, String node, NodeSnapshot.JournalLine line) {
    static final Comparator<JournalEntry> NEWEST_FIRST = Comparator.comparing(JournalEntry::at)
        .thenComparing(JournalEntry::number)
        .reversed();
  }

  /** What changed. */
  public enum EventKind {
    FIRST_HEARD,
    /** Heard again after it had been late. */
    HEARD_AGAIN,
    RESTARTED,
    FAULT_RAISED,
    FAULT_CLEARED,
    /** It stands, but another fault explains it. */
    FAULT_SILENCED,
    /** The node can no longer tell whether it stands. */
    FAULT_UNKNOWN,
    /** Online, reduced or offline. */
    PRESENCE,
    /** Set anew, or refused. */
    SETTINGS
  }

  /** A message of which nothing could be shown; {@code excerpt} is its beginning, printable. */
  public record Offender(Instant receivedAt, String topic, String why, String excerpt) {}

  /**
   * What a node's connection says of it.
   *
   * @param boot the run it is of; empty if it does not say
   * @param word {@code online}, {@code reduced} or {@code offline}
   * @param why reasons, for people
   */
  public record Presence(Instant at, Optional<String> boot, String word, List<String> why) {
    static final String ONLINE = "online";
    static final String REDUCED = "reduced";
    static final String OFFLINE = "offline";

    public Presence {
      why = List.copyOf(why);
    }

    boolean isOffline() {
      return word.equals(OFFLINE);
    }
  }

  /** The console has no connection to the broker. */
  public record BrokerLoss(Instant since, String why) {}
}
