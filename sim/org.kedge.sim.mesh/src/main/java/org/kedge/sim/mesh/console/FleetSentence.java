package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.kedge.sim.mesh.console.FleetView.LinkState;
import org.kedge.sim.mesh.console.FleetView.NodeState;
import org.kedge.sim.mesh.console.FleetView.NodeView;

/** Says the state of the fleet and of a node in a sentence, for the page and the table alike. */
final class FleetSentence {
  private static final int NAMES_LIMIT = 4;

  /** Worst first; how each node of that state is told. */
  private static final Map<NodeState, Function<NodeView, String>> TOLD = new EnumMap<>(Map.of(
      NodeState.FAULTY,
      node -> node.name() + " " + faults(node),
      NodeState.LATE,
      node -> node.name() + ", last heard " + age(node) + " ago",
      NodeState.OFFLINE,
      node -> node.name() + ", last heard " + age(node) + " ago",
      NodeState.UNSURE,
      NodeView::name,
      NodeState.STARTING,
      NodeView::name,
      NodeState.WAITING,
      NodeView::name));

  private static final List<NodeState> WORST_FIRST = List.of(
      NodeState.FAULTY,
      NodeState.OFFLINE,
      NodeState.LATE,
      NodeState.UNSURE,
      NodeState.STARTING,
      NodeState.WAITING);
  private static final Set<NodeState> TOLD_AT_LENGTH =
      Set.of(NodeState.FAULTY, NodeState.LATE, NodeState.OFFLINE);

  private FleetSentence() {}

  static String of(FleetView view) {
    var sentences = new ArrayList<String>();
    view.brokerLost()
        .ifPresent(loss -> sentences.add("The console has had no connection to the broker for "
            + Spoken.span(Duration.between(loss.since(), view.at()))
            + "; nothing newer can arrive. Last known:"));
    if (view.nodes(NodeState.HEALTHY).size() == view.nodes().size()) {
      sentences.add(
          view.nodes().size() == 1
              ? "The one node is healthy."
              : "All " + view.nodes().size() + " nodes healthy.");
    } else {
      sentences.addAll(unwell(view));
    }
    sentences.addAll(remedies(view));
    sentences.addAll(brokenLinks(view));
    return String.join(" ", sentences);
  }

  private static List<String> remedies(FleetView view) {
    var sentences = new ArrayList<String>();
    var underWay = view.nodes().stream()
        .flatMap(node -> node.remedy().map(remedy -> node.name() + " " + remedy(remedy)).stream())
        .toList();
    if (!underWay.isEmpty()) {
      sentences.add((underWay.size() == 1 ? "Remedy" : "Remedies") + " under way: "
          + String.join("; ", shortened(underWay)) + ".");
    }
    var paused = view.nodes().stream()
        .filter(node -> node.pauseLeft().isPresent())
        .map(NodeView::name)
        .toList();
    if (!paused.isEmpty()) {
      sentences.add("Remedies are paused on " + Spoken.list(paused, NAMES_LIMIT) + ".");
    }
    return sentences;
  }

  private static String remedy(NodeSnapshot.RemedyLine remedy) {
    return remedy.name()
        + (remedy.fault().isEmpty() ? "" : " for " + remedy.fault())
        + (remedy.rung().isPresent()
            ? ", rung " + remedy.rung().getAsLong()
                + (remedy.rungsCount().isPresent()
                    ? " of " + remedy.rungsCount().getAsLong()
                    : "")
            : "")
        + (remedy.tryNumber().orElse(1) > 1 ? ", try " + remedy.tryNumber().getAsLong() : "")
        + (remedy.isSettling() ? ", settling" : "");
  }

  private static List<String> brokenLinks(FleetView view) {
    var links = view.links().stream()
        .filter(link -> link.state() == LinkState.BROKEN)
        .map(link -> link.link().one() + "–" + link.link().other())
        .toList();
    return switch (links.size()) {
      case 0 -> List.of();
      case 1 -> List.of("Link " + links.get(0) + " has no usable neighbour.");
      default -> List.of("Links " + Spoken.list(links, NAMES_LIMIT) + " have no usable neighbour.");
    };
  }

  private static List<String> unwell(FleetView view) {
    var sentences = new ArrayList<String>();
    for (var state : WORST_FIRST) {
      var nodes = view.nodes(state);
      if (!nodes.isEmpty()) {
        var count = sentences.isEmpty()
            ? nodes.size() + " of " + view.nodes().size() + " nodes "
            : nodes.size() + " ";
        var told = nodes.stream().map(Objects.requireNonNull(TOLD.get(state))).toList();
        // Sentences within a list would run together behind a comma.
        var list = TOLD_AT_LENGTH.contains(state)
            ? String.join("; ", shortened(told))
            : Spoken.list(told, NAMES_LIMIT);
        sentences.add(count + (state == NodeState.WAITING ? "not heard yet" : state.word()) + ": "
            + list + ".");
      }
    }
    return sentences;
  }

  private static List<String> shortened(List<String> words) {
    if (words.size() <= NAMES_LIMIT) {
      return words;
    }
    var few = new ArrayList<>(words.subList(0, NAMES_LIMIT));
    few.add(words.size() - NAMES_LIMIT + " more");
    return few;
  }

  static String of(NodeView node) {
    return stateOf(node)
        + node.remedy()
            .map(remedy -> " Remedy under way: " + remedy(remedy) + ".")
            .orElse("")
        + node.telemetryTrouble()
            .filter(trouble -> node.isHeard())
            .map(trouble -> " Telemetry: " + trouble + ".")
            .orElse("")
        + node.pauseLeft()
            .map(left -> " Its remedies are paused for " + Spoken.span(left) + ".")
            .orElse("");
  }

  private static String stateOf(NodeView node) {
    var name = node.name();
    return switch (node.state()) {
      case HEALTHY -> name + " is healthy.";
      case FAULTY -> name + " is faulty: " + faults(node) + ".";
      case STARTING -> name + " is starting.";
      case WAITING -> name + " has not been heard yet.";
      case LATE ->
        name + " is late: last heard " + age(node) + " ago. What follows may no longer hold.";
      case OFFLINE ->
        name + " is offline: last heard " + age(node) + " ago. What follows may no longer hold.";
      case UNSURE -> name + " is unsure" + unsureOf(node) + ".";
    };
  }

  private static String unsureOf(NodeView node) {
    var unknown = node.report().map(report -> report.snapshot().unknownKinds()).stream()
        .flatMap(kinds -> kinds.stream().sorted())
        .toList();
    return unknown.isEmpty()
        ? ""
        : ": " + Spoken.list(unknown, NAMES_LIMIT) + " could not be judged";
  }

  private static String faults(NodeView node) {
    if (node.faults().isEmpty()) {
      return "(its faults could not be read)";
    }
    return String.join(" and ", node.faults().stream().map(FleetSentence::fault).toList());
  }

  private static String fault(NodeSnapshot.FaultLine fault) {
    return fault.kind()
        + (fault.blame().isEmpty() ? "" : ", " + fault.blame())
        + fault.lasting().map(span -> ", for " + Spoken.span(span)).orElse("");
  }

  private static String age(NodeView node) {
    return node.report().map(report -> Spoken.span(report.age())).orElse("never");
  }
}
