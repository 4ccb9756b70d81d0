package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kedge.sim.mesh.console.FleetView.EventKind;

/** What is kept of one node from message to message, to tell repeats and changes. One thread. */
final class NodeMemory {
  private static final int FORMER_BOOTS_LIMIT = 16;

  private final Map<String, Instant> standingSince = new LinkedHashMap<>();
  private final Deque<String> formerBoots = new ArrayDeque<>();
  private FleetState.@Nullable Told last;
  private Optional<String> boot = Optional.empty();
  private long restartsCount;
  private long journalNewest;
  private boolean journalMayBeginAnew;

  /** Something that changed with a message. */
  record Change(EventKind kind, String text) {}

  /** What a message brought; the journal oldest first. */
  record News(List<Change> changes, List<NodeSnapshot.JournalLine> journal) {}

  Optional<FleetState.Told> told() {
    return Optional.ofNullable(last);
  }

  /** What is new, maybe nothing; empty if this message or a later one was known, and nothing was taken. */
  Optional<News> take(Instant receivedAt, NodeSnapshot snapshot) {
    if (isKnown(snapshot)) {
      return Optional.empty();
    }
    var changes = new ArrayList<Change>();
    noteArrival(receivedAt, changes);
    noteBoot(snapshot, changes);
    noteFaults(receivedAt, snapshot, changes);
    last = new FleetState.Told(snapshot, receivedAt, restartsCount);
    return Optional.of(new News(changes, newLines(snapshot)));
  }

  // A broker delivers again after a lost acknowledgement, and a backlog may come behind what is
  // newer.
  private boolean isKnown(NodeSnapshot snapshot) {
    if (snapshot.bootId().isEmpty() || last == null) {
      return false;
    }
    if (formerBoots.contains(snapshot.bootId().get())) {
      return true;
    }
    var newest = last.snapshot().sequence();
    return snapshot.bootId().equals(boot)
        && snapshot.sequence().isPresent()
        && newest.isPresent()
        && snapshot.sequence().getAsLong() <= newest.getAsLong();
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
      journalMayBeginAnew = true;
      changes.add(new Change(
          EventKind.RESTARTED,
          "Restarted, boot " + former + " became " + snapshot.bootId().orElse("")));
      formerBoots.addFirst(former);
      if (formerBoots.size() > FORMER_BOOTS_LIMIT) {
        formerBoots.removeLast();
      }
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
    if (snapshot.tellsAllFaults() && !snapshot.stateWord().equals(Optional.of("starting"))) {
      for (var kind : List.copyOf(standingSince.keySet())) {
        if (gone.contains(kind)) {
          var since = standingSince.getOrDefault(kind, receivedAt);
          standingSince.remove(kind);
          changes.add(ending(kind, Duration.between(since, receivedAt), snapshot));
        }
      }
    }
  }

  // Each message has the end of the journal again. Numbers go on over restarts, except where a node
  // lost its flash: then they begin anew with a boot.
  private List<NodeSnapshot.JournalLine> newLines(NodeSnapshot snapshot) {
    var lines = snapshot.journal();
    if (lines.isEmpty()) {
      return lines;
    }
    var newest = lines.get(lines.size() - 1).number();
    if (journalMayBeginAnew && newest < journalNewest) {
      journalNewest = 0;
    }
    journalMayBeginAnew = false;
    var fresh = new ArrayList<NodeSnapshot.JournalLine>();
    for (var line : lines) {
      if (line.number() > journalNewest) {
        journalNewest = line.number();
        fresh.add(line);
      }
    }
    return fresh;
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
