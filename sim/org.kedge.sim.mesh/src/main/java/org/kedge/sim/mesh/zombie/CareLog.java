package org.kedge.sim.mesh.zombie;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.kedge.sim.mesh.broker.BrokerProcess;
import org.kedge.sim.mesh.broker.Received;
import org.kedge.sim.mesh.fault.MeshFault.Verdict;

/** What nodes told the broker of their faults and of what they did about them. Any thread. */
public final class CareLog implements BrokerProcess.Listener {
  private final List<Told> told = new ArrayList<>();

  /** One snapshot. */
  private record Told(Instant at, String node, JsonObject json) {
    List<Verdict> faults() {
      return objects(json, "faults")
          .map(fault -> new Verdict(text(fault, "kind"), text(fault, "blame")))
          .toList();
    }

    boolean isHealthy() {
      return text(json, "state").equals("healthy");
    }

    long routesInKernel() {
      return json.get("babel") instanceof JsonObject babel && babel.has("routes_kernel_count")
          ? babel.get("routes_kernel_count").getAsLong()
          : 0;
    }

    List<Entry> journal() {
      return json.get("care") instanceof JsonObject care
          ? objects(care, "journal")
              .map(entry -> new Entry(
                  entry.get("number").getAsLong(),
                  instant(text(entry, "at")).orElse(at),
                  text(entry, "kind"),
                  text(entry, "fault"),
                  text(entry, "remedy"),
                  text(entry, "words")))
              .toList()
          : List.of();
    }
  }

  /**
   * A line of a node's journal of care.
   *
   * @param at by the node's clock, which on this machine is the clock of all; when the broker had it, if the node does not tell
   * @param fault blank where there is none
   * @param remedy blank where there is none
   */
  public record Entry(
      long number, Instant at, String kind, String fault, String remedy, String words) {
    /** The fault it says was found: its words are {@code KIND, BLAME: EVIDENCE}. */
    Optional<Verdict> finding() {
      var start = fault + ", ";
      var end = words.indexOf(": ");
      return kind.equals("found") && words.startsWith(start) && end > start.length()
          ? Optional.of(new Verdict(fault, words.substring(start.length(), end)))
          : Optional.empty();
    }
  }

  /** A fault as the broker first heard of it. */
  public record Finding(Instant at, Verdict verdict) {}

  private static Stream<JsonObject> objects(JsonObject from, String name) {
    return from.get(name) instanceof JsonArray list
        ? StreamSupport.stream(list.spliterator(), false).map(JsonElement::getAsJsonObject)
        : Stream.empty();
  }

  private static String text(JsonObject from, String name) {
    return from.has(name) && from.get(name).isJsonPrimitive() ? from.get(name).getAsString() : "";
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      // Not told, or by another schema than ours.
      return Optional.empty();
    }
  }

  @Override
  public void received(Received message) {
    if (!message.topic().endsWith("/snapshot")) {
      return;
    }
    try {
      var json = JsonParser.parseString(message.payloadText()).getAsJsonObject();
      synchronized (told) {
        told.add(new Told(message.at(), text(json, "node"), json));
      }
    } catch (JsonParseException | IllegalStateException e) {
      unknown("A snapshot that is no JSON: " + e.getMessage());
    }
  }

  @Override
  public void unknown(String line) {
    System.err.println("broker: " + line);
  }

  private List<Told> since(String node, Instant from) {
    synchronized (told) {
      return told.stream()
          .filter(one -> one.node().equals(node) && !one.at().isBefore(from))
          .toList();
    }
  }

  /** Whether the last a node said was that it is well, with at least so many routes in its kernel. */
  public boolean isHealthy(String node, long routes) {
    return last(node)
        .filter(one -> one.isHealthy() && one.routesInKernel() >= routes)
        .isPresent();
  }

  private Optional<Told> last(String node) {
    return since(node, Instant.EPOCH).stream().reduce((one, other) -> other);
  }

  /** Whether a node has said since then that it is well, and nothing else after. */
  public boolean isHealthySince(String node, Instant from) {
    return healthyAgain(node, from).isPresent();
  }

  /** When a node last changed to being well since then; empty if its last word is another. */
  public Optional<Instant> healthyAgain(String node, Instant from) {
    var since = Optional.<Instant>empty();
    for (var one : since(node, from)) {
      since = one.isHealthy() ? since.or(() -> Optional.of(one.at())) : Optional.empty();
    }
    return since;
  }

  /**
   * The first fault a node told since then; the wanted one if it told that at any time. One that is over, or that another has
   * taken the place of, before the next snapshot is told by the journal alone.
   *
   * @param after the last line of the journal that tells of earlier things
   */
  public Optional<Finding> found(String node, Instant from, long after, Optional<Verdict> wanted) {
    var findings = since(node, from).stream()
        .flatMap(one -> Stream.concat(
                one.journal().stream()
                    .filter(entry -> entry.number() > after)
                    .flatMap(entry -> entry.finding().stream()),
                one.faults().stream())
            .map(verdict -> new Finding(one.at(), verdict)))
        .toList();
    return findings.stream()
        .filter(finding -> wanted.equals(Optional.of(finding.verdict())))
        .findFirst()
        .or(() -> findings.stream().findFirst());
  }

  /** The number of the last line in a node's journal; 0 if it has none. */
  public long lastEntry(String node) {
    return entries(node, 0).stream().mapToLong(Entry::number).max().orElse(0);
  }

  /** What a node's journal told after a line, in order. */
  public List<Entry> entries(String node, long after) {
    Map<Long, Entry> entries = new TreeMap<>();
    since(node, Instant.EPOCH).stream()
        .flatMap(one -> one.journal().stream())
        .filter(entry -> entry.number() > after)
        .forEach(entry -> entries.put(entry.number(), entry));
    return List.copyOf(entries.values());
  }
}
