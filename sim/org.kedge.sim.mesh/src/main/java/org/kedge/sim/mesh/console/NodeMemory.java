package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kedge.sim.mesh.console.FleetView.EventKind;
import org.kedge.sim.mesh.console.FleetView.Presence;

/** What is kept of one node from message to message, to tell repeats and changes. One thread. */
final class NodeMemory {
  private static final int LINES_LIMIT = 1_000;
  private static final Duration UNSENT_PATIENCE = Duration.ofSeconds(10);

  private final NodeHistory history = new NodeHistory();
  private final Map<String, Instant> standingSince = new LinkedHashMap<>();
  private final Set<String> linesHeard = new LinkedHashSet<>();
  private FleetState.@Nullable Told last;
  private Optional<Presence> presence = Optional.empty();
  private Optional<String> boot = Optional.empty();
  private long restartsCount;

  /** Something that changed with a message. */
  record Change(EventKind kind, String text) {}

  /** What a message brought; the journal oldest first. */
  record News(
      NodeHistory.Arrival arrival, List<Change> changes, List<NodeSnapshot.JournalLine> journal) {
    static final News NONE = new News(NodeHistory.Arrival.REPEAT, List.of(), List.of());
  }

  Optional<FleetState.Told> told() {
    return Optional.ofNullable(last);
  }

  Optional<Presence> presence() {
    return presence;
  }

  History history() {
    return history.history();
  }

  boolean trustsClock() {
    return last != null && last.snapshot().trustsClock();
  }

  News take(Instant receivedAt, NodeSnapshot snapshot) {
    var arrival = snapshot
        .stamp()
        .map(stamp -> history.take(receivedAt, stamp, snapshot))
        .orElse(NodeHistory.Arrival.NEWEST);
    // A broker delivers again after a lost acknowledgement.
    if (arrival == NodeHistory.Arrival.REPEAT) {
      return News.NONE;
    }
    var fresh = snapshot.journal().stream().filter(this::isNew).toList();
    // A backlog comes behind what is newer: it fills the past and changes nothing of the present.
    if (arrival == NodeHistory.Arrival.PAST) {
      return new News(arrival, List.of(), fresh);
    }
    var changes = new ArrayList<Change>();
    noteArrival(receivedAt, changes);
    noteBoot(snapshot, changes);
    noteFaults(receivedAt, snapshot, changes);
    var unsentGrows = growsUnsent(snapshot);
    last = new FleetState.Told(snapshot, receivedAt, restartsCount, unsentGrows);
    return new News(arrival, changes, fresh);
  }

  // What happens with a fault waits for a moment on any node: only what grows where something
  // waited before, and for longer than that, is trouble.
  private boolean growsUnsent(NodeSnapshot snapshot) {
    var before = told().flatMap(heard -> heard.snapshot().telemetry());
    return snapshot
        .telemetry()
        .filter(now -> before
            .filter(then -> then.unsentCount() > 0 && now.unsentCount() > then.unsentCount())
            .isPresent())
        .filter(now -> now.oldestUnsent().orElse(UNSENT_PATIENCE).compareTo(UNSENT_PATIENCE) >= 0)
        .isPresent();
  }

  News take(Instant receivedAt, Stamp stamp, NodeEvent event) {
    var arrival = history.take(receivedAt, stamp, event);
    if (arrival == NodeHistory.Arrival.REPEAT) {
      return News.NONE;
    }
    var changes = event.isOfSettings()
        ? List.of(new Change(EventKind.SETTINGS, event.words()))
        : List.<Change>of();
    return new News(arrival, changes, event.line().filter(this::isNew).stream().toList());
  }

  /** The word of the node's connection, its last will among them. */
  News take(Presence told) {
    // An old connection may be found dead when the run after it is long there.
    var isOfFormerRun = told.boot().isPresent()
        && history.boot().isPresent()
        && !told.boot().equals(history.boot());
    if (told.isOffline() && isOfFormerRun) {
      return new News(NodeHistory.Arrival.PAST, List.of(), List.of());
    }
    if (!told.isOffline()) {
      told.boot().ifPresent(history::sayOn);
    }
    var before = presence.map(Presence::word).orElse(Presence.ONLINE);
    presence = Optional.of(told);
    if (before.equals(told.word())) {
      return new News(NodeHistory.Arrival.NEWEST, List.of(), List.of());
    }
    var why = told.why().isEmpty() ? "" : ": " + String.join("; ", told.why());
    var change = new Change(EventKind.PRESENCE, "Says it is " + told.word() + why);
    return new News(NodeHistory.Arrival.NEWEST, List.of(change), List.of());
  }

  private void noteArrival(Instant receivedAt, List<Change> changes) {
    if (last == null) {
      changes.add(new Change(EventKind.FIRST_HEARD, "First heard"));
      return;
    }
    var pause = Duration.between(last.receivedAt(), receivedAt);
    if (pause.compareTo(FleetState.LATE_AFTER) > 0) {
      changes.add(new Change(EventKind.HEARD_AGAIN, "Heard again after " + Spoken.span(pause)));
    }
  }

  private void noteBoot(NodeSnapshot snapshot, List<Change> changes) {
    if (snapshot.bootId().isEmpty() || snapshot.bootId().equals(boot)) {
      return;
    }
    boot.ifPresent(former -> {
      restartsCount++;
      changes.add(new Change(
          EventKind.RESTARTED,
          "Restarted, boot " + former + " became " + snapshot.bootId().orElse("")));
    });
    boot = snapshot.bootId();
  }

  private void noteFaults(Instant receivedAt, NodeSnapshot snapshot, List<Change> changes) {
    var gone = new HashSet<>(standingSince.keySet());
    for (var fault : snapshot.faults()) {
      gone.remove(fault.kind());
      if (!standingSince.containsKey(fault.kind())) {
        standingSince.put(fault.kind(), receivedAt.minus(fault.lasting().orElse(Duration.ZERO)));
        changes.add(new Change(EventKind.FAULT_RAISED, words(fault)));
      }
    }
    // A node that starts has not looked yet, and a list with holes proves nothing gone.
    if (snapshot.tellsAllFaults() && !snapshot.isStarting()) {
      for (var kind : List.copyOf(standingSince.keySet())) {
        if (gone.contains(kind)) {
          var since = standingSince.getOrDefault(kind, receivedAt);
          standingSince.remove(kind);
          changes.add(ending(kind, Duration.between(since, receivedAt), snapshot));
        }
      }
    }
  }

  // Each message has the end of the journal again. A number may come twice: where a run was killed
  // before its last lines were on flash, and where the flash was lost.
  private boolean isNew(NodeSnapshot.JournalLine line) {
    var isNew =
        linesHeard.add(line.number() + " " + line.at().map(Instant::toString).orElse(line.words()));
    if (linesHeard.size() > LINES_LIMIT) {
      linesHeard.remove(linesHeard.iterator().next());
    }
    return isNew;
  }

  private static Change ending(String kind, Duration lasted, NodeSnapshot snapshot) {
    if (snapshot.silencedKinds().contains(kind)) {
      return new Change(EventKind.FAULT_SILENCED, kind + " stands, explained by another fault now");
    }
    if (snapshot.unknownKinds().contains(kind)) {
      return new Change(EventKind.FAULT_UNKNOWN, kind + " can no longer be judged");
    }
    return new Change(EventKind.FAULT_CLEARED, kind + " cleared after " + Spoken.span(lasted));
  }

  private static String words(NodeSnapshot.FaultLine fault) {
    var blame = fault.blame().isEmpty() ? "" : ", " + fault.blame();
    return fault.kind() + blame + (fault.evidence().isEmpty() ? "" : ": " + fault.evidence());
  }
}
