package org.kedge.sim.mesh.console;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A happening a node told of by a message of its own.
 *
 * @param name as in the message, {@code fault-raised} and so on
 * @param at by the node's clock, for people
 * @param journal number in the node's journal; empty for what is not in it
 */
record NodeEvent(
    String name,
    Optional<Instant> at,
    OptionalLong journal,
    String fault,
    String blame,
    String evidence,
    String remedy,
    String words) {
  static final String RAISED = "fault-raised";
  static final String CLEARED = "fault-cleared";

  /** What the node's journal calls the same. */
  private static final Map<String, String> JOURNAL_KINDS = Map.ofEntries(
      Map.entry(RAISED, "found"),
      Map.entry(CLEARED, "over"),
      Map.entry("remedy-ordered", "ordered"),
      Map.entry("remedy-done", "done"),
      Map.entry("remedy-helped", "helped"),
      Map.entry("remedy-not-helped", "not_helped"),
      Map.entry("remedies-held", "held"),
      Map.entry("ladder-rests", "rest"),
      Map.entry("ladder-climbed-again", "again"),
      Map.entry("boot", "boot"),
      Map.entry("pause", "pause"),
      Map.entry("ladder", "ladder"));

  static NodeEvent of(JsonObject fields) {
    var name = NodeSnapshot.textOrNothing(fields, "event");
    return new NodeEvent(
        name,
        NodeSnapshot.instant(fields, "at"),
        NodeSnapshot.whole(fields, "journal"),
        NodeSnapshot.textOrNothing(fields, "fault"),
        NodeSnapshot.textOrNothing(fields, "blame"),
        NodeSnapshot.textOrNothing(fields, "evidence"),
        NodeSnapshot.textOrNothing(fields, "remedy"),
        NodeSnapshot.text(fields, "words").orElse(name));
  }

  /** A word of the journal's, or the event's own for what is not in a journal. */
  String kind() {
    return JOURNAL_KINDS.getOrDefault(name, name);
  }

  /** The line the node's journal has of it. */
  Optional<NodeSnapshot.JournalLine> line() {
    return journal.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new NodeSnapshot.JournalLine(journal.getAsLong(), at, kind(), fault, remedy, words));
  }

  /** What has no place in a journal and is told beside it. */
  boolean isOfSettings() {
    return List.of("settings-changed", "settings-refused").contains(name);
  }
}
