package org.kedge.sim.mesh.zombie;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Instant;
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
                  text(entry, "kind"),
                  text(entry, "remedy"),
                  text(entry, "words")))
              .toList()
          : List.of();
    }
  }

  /** A line of a node's journal of care; {@code remedy} is blank where there is none. */
  public record Entry(long number, String kind, String remedy, String words) {}

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

  /** The first fault a node told since then; the wanted one if it told that at any time. */
  public Optional<Finding> found(String node, Instant from, Optional<Verdict> wanted) {
    var findings = since(node, from).stream()
        .flatMap(one -> one.faults().stream().map(fault -> new Finding(one.at(), fault)))
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
