package org.kedge.sim.mesh.console;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one message of a node said, as far as it could be read.
 *
 * @param fields only what has the type the schema gives it; any field may be missing. A copy each time
 * @param oddities what was wrong with the message, a line for people each
 */
public record NodeSnapshot(JsonObject fields, List<String> oddities) {
  /** Lines of the journal that a message has at most; a node that sends more is not to flood the others. */
  static final int JOURNAL_LIMIT = 20;

  private static final Duration LONGEST = Duration.ofDays(36_500);

  public NodeSnapshot {
    fields = fields.deepCopy();
    oddities = List.copyOf(oddities);
  }

  @Override
  public JsonObject fields() {
    return fields.deepCopy();
  }

  /** A fault as reported; {@code lasting} at the time of the report, empty if the node did not say. */
  public record FaultLine(
      String kind,
      String layer,
      String blame,
      Optional<Duration> lasting,
      String since,
      String evidence,
      String advice) {
    FaultLine lastingLonger(Duration span) {
      return new FaultLine(
          kind, layer, blame, lasting.map(so -> so.plus(span)), since, evidence, advice);
    }
  }

  /** A neighbour as reported; {@code cost} empty if the node did not say. */
  public record NeighbourLine(
      String address, String interfaceName, boolean heard, OptionalLong cost) {
    private static final long COST_INFINITE = 65_535;

    /** Whether Babel can route through it. */
    boolean isUsable() {
      return heard && (cost.isEmpty() || cost.getAsLong() < COST_INFINITE);
    }
  }

  /** A remedy under way as reported; {@code lasting} at the time of the report, empty if the node did not say. */
  public record RemedyLine(
      String name,
      String fault,
      OptionalLong rung,
      OptionalLong rungsCount,
      OptionalLong tryNumber,
      String stage,
      Optional<Duration> lasting) {
    RemedyLine lastingLonger(Duration span) {
      return new RemedyLine(
          name, fault, rung, rungsCount, tryNumber, stage, lasting.map(so -> so.plus(span)));
    }

    /** Whether it has been carried out and its effect is waited for. */
    boolean isSettling() {
      return stage.equals("settling");
    }
  }

  /** Messages that wait on the node for its broker, and the age of the oldest. */
  public record Telemetry(long unsentCount, Optional<Duration> oldestUnsent) {}

  /**
   * A line of the node's journal.
   *
   * @param number counts up from 1 on that node, over restarts and reboots
   * @param at by the node's own clock; empty if it could not be read
   */
  public record JournalLine(
      long number, Optional<Instant> at, String kind, String fault, String remedy, String words) {}

  /** The same, sent under the name of another node; the topic counts, for the broker watches over topics. */
  NodeSnapshot namedWrongly(String name) {
    var more = new ArrayList<>(oddities);
    more.add("node says '" + name + "', the topic names another");
    return new NodeSnapshot(fields, more);
  }

  Optional<String> node() {
    return text(fields, "node");
  }

  Optional<String> bootId() {
    return text(fields, "boot_id");
  }

  OptionalLong sequence() {
    return whole(fields, "sequence");
  }

  /** Empty for a snapshot that cannot be told from others. */
  Optional<Stamp> stamp() {
    return Stamp.of(fields, takenAt());
  }

  Optional<String> stateWord() {
    return text(fields, "state");
  }

  /** A node that starts has not looked yet. */
  boolean isStarting() {
    return stateWord().equals(Optional.of("starting"));
  }

  Optional<Duration> runtimeUptime() {
    return seconds(fields, "runtime_uptime_seconds");
  }

  /** The moment the node put on it; empty unless it trusts its own clock. */
  Optional<Instant> takenAt() {
    return trustsClock() ? instant(fields, "at") : Optional.empty();
  }

  boolean trustsClock() {
    var clock = object(fields, "clock");
    return clock.has("trusted") && clock.get("trusted").getAsBoolean();
  }

  public List<FaultLine> faults() {
    return elements(fields, "faults")
        .filter(fault -> fault.has("kind"))
        .map(fault -> new FaultLine(
            textOrNothing(fault, "kind"),
            textOrNothing(fault, "layer"),
            textOrNothing(fault, "blame"),
            seconds(fault, "lasting_seconds"),
            textOrNothing(fault, "since"),
            textOrNothing(fault, "evidence"),
            textOrNothing(fault, "advice")))
        .toList();
  }

  /** Whether a fault that is not listed is known to be gone: the list came whole. */
  boolean tellsAllFaults() {
    return fields.has("faults") && oddities.stream().noneMatch(line -> line.startsWith("faults"));
  }

  Set<String> silencedKinds() {
    return kinds("silenced");
  }

  Set<String> unknownKinds() {
    return kinds("unknown");
  }

  private Set<String> kinds(String name) {
    return elements(fields, name)
        .flatMap(entry -> text(entry, "kind").stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Empty if the message does not tell; an empty list if the node has none. */
  public Optional<List<NeighbourLine>> neighbours() {
    var babel = object(fields, "babel");
    if (!babel.has("neighbours")) {
      return Optional.empty();
    }
    return Optional.of(elements(babel, "neighbours")
        .map(line -> new NeighbourLine(
            textOrNothing(line, "address"),
            textOrNothing(line, "interface"),
            line.has("heard") && line.get("heard").getAsBoolean(),
            whole(line, "cost")))
        .toList());
  }

  /** A figure of the part {@code babel}, such as {@code routes_count}. */
  public OptionalLong babelCount(String name) {
    return whole(object(fields, "babel"), name);
  }

  /** How the telling itself goes, at the time of the snapshot; empty if it does not tell. */
  public Optional<Telemetry> telemetry() {
    var telemetry = object(fields, "telemetry");
    return whole(telemetry, "unsent_count").isEmpty()
        ? Optional.empty()
        : Optional.of(new Telemetry(
            whole(telemetry, "unsent_count").getAsLong(),
            seconds(telemetry, "oldest_unsent_seconds")));
  }

  Optional<Duration> tableAge() {
    return seconds(object(fields, "babel"), "table_age_seconds");
  }

  /** The remedy under way; empty if there is none, or the message does not tell which. */
  public Optional<RemedyLine> remedy() {
    var remedy = object(care(), "remedy");
    return text(remedy, "name")
        .map(name -> new RemedyLine(
            name,
            textOrNothing(remedy, "fault"),
            whole(remedy, "rung"),
            whole(remedy, "rungs"),
            whole(remedy, "try"),
            textOrNothing(remedy, "stage"),
            seconds(remedy, "lasting_seconds")));
  }

  /** For how long from the report no remedy will be ordered; empty unless somebody asked for it. */
  Optional<Duration> pauseLeft() {
    return seconds(care(), "pause_left_seconds");
  }

  /** The end of the node's journal, oldest first; lines without a number or without words are left out. */
  public List<JournalLine> journal() {
    var lines = elements(care(), "journal")
        .filter(line -> line.has("words") && whole(line, "number").orElse(0) > 0)
        .map(line -> new JournalLine(
            whole(line, "number").getAsLong(),
            instant(line, "at"),
            textOrNothing(line, "kind"),
            textOrNothing(line, "fault"),
            textOrNothing(line, "remedy"),
            textOrNothing(line, "words")))
        .sorted(Comparator.comparingLong(JournalLine::number))
        .toList();
    return lines.subList(Math.max(0, lines.size() - JOURNAL_LIMIT), lines.size());
  }

  private JsonObject care() {
    return object(fields, "care");
  }

  private static Stream<JsonObject> elements(JsonObject from, String name) {
    var list = from.getAsJsonArray(name);
    return list == null
        ? Stream.empty()
        : Stream.iterate(0, index -> index + 1)
            .limit(list.size())
            .map(list::get)
            .map(JsonElement::getAsJsonObject);
  }

  private static JsonObject object(JsonObject from, String name) {
    var object = from.getAsJsonObject(name);
    return object == null ? new JsonObject() : object;
  }

  static Optional<String> text(JsonObject from, String name) {
    return Optional.ofNullable(from.get(name)).map(JsonElement::getAsString);
  }

  static Optional<Instant> instant(JsonObject from, String name) {
    try {
      return text(from, name).map(Instant::parse);
    } catch (DateTimeParseException damage) {
      return Optional.empty();
    }
  }

  /** Of a message of the kind {@code state}. */
  static FleetView.Presence presence(JsonObject fields, Instant receivedAt) {
    var why = new ArrayList<String>();
    if (fields.has("why")) {
      fields.getAsJsonArray("why").forEach(reason -> why.add(reason.getAsString()));
    }
    return new FleetView.Presence(
        receivedAt,
        text(fields, "boot_id"),
        textOrNothing(fields, "state"),
        why.stream().limit(JOURNAL_LIMIT).toList());
  }

  static String textOrNothing(JsonObject from, String name) {
    return text(from, name).orElse("");
  }

  static OptionalLong whole(JsonObject from, String name) {
    var value = from.get(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of((long) value.getAsDouble());
  }

  private static OptionalDouble number(JsonObject from, String name) {
    var value = from.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.getAsDouble());
  }

  /** Never negative, and bounded so that sums with it cannot overflow. */
  static Optional<Duration> seconds(JsonObject from, String name) {
    var value = number(from, name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    double bounded = Math.min(Math.max(0, value.getAsDouble()), (double) LONGEST.toSeconds());
    return Optional.of(Duration.ofMillis(Math.round(bounded * 1_000)));
  }
}
