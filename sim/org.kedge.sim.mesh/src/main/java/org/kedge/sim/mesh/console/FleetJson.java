package org.kedge.sim.mesh.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.kedge.sim.mesh.console.FleetView.FleetEvent;
import org.kedge.sim.mesh.console.FleetView.JournalEntry;
import org.kedge.sim.mesh.console.FleetView.LinkEnd;
import org.kedge.sim.mesh.console.FleetView.LinkView;
import org.kedge.sim.mesh.console.FleetView.NodeView;

/** Writes a view as JSON for the pages; words as in the snapshots. What is absent is left out. */
final class FleetJson {
  private static final int TIME_LINE_LIMIT = 300;

  private FleetJson() {}

  static JsonObject of(FleetView view) {
    var json = head(view);
    json.addProperty("sentence", view.sentence());
    view.exit().ifPresent(exit -> json.addProperty("exit", exit));
    json.add("nodes", list(view.nodes(), FleetJson::node));
    json.add("links", list(view.links(), FleetJson::link));
    json.add("events", list(view.events(), FleetJson::event));
    json.add("journal", list(view.journal(), FleetJson::journalEntry));
    json.addProperty("repeats_count", view.repeatsCount());
    json.addProperty("afterwards_count", view.afterwardsCount());
    json.addProperty("damaged_count", view.damagedCount());
    view.damagedFirst().ifPresent(first -> {
      var offender = new JsonObject();
      offender.addProperty("received_at", first.receivedAt().toString());
      offender.addProperty("topic", first.topic());
      offender.addProperty("why", first.why());
      offender.addProperty("excerpt", first.excerpt());
      json.add("damaged_first", offender);
    });
    return json;
  }

  /** One node, with its links and its own events; empty if there is no such node. */
  static Optional<JsonObject> of(FleetView view, String name) {
    return view.node(name).map(node -> {
      var json = head(view);
      json.addProperty("sentence", node.sentence());
      view.exit().ifPresent(exit -> json.addProperty("exit", exit));
      json.add("node", node(node));
      json.add(
          "links",
          list(
              view.links().stream()
                  .filter(link ->
                      link.link().one().equals(name) || link.link().other().equals(name))
                  .toList(),
              FleetJson::link));
      json.add(
          "events",
          list(
              view.events().stream().filter(event -> event.node().equals(name)).toList(),
              FleetJson::event));
      return json;
    });
  }

  private static JsonObject head(FleetView view) {
    var json = new JsonObject();
    json.addProperty("at", view.at().toString());
    view.brokerLost().ifPresent(loss -> {
      json.addProperty("broker_lost_since", loss.since().toString());
      json.addProperty("broker_lost_why", loss.why());
    });
    return json;
  }

  private static JsonObject node(NodeView node) {
    var json = new JsonObject();
    json.addProperty("name", node.name());
    json.addProperty("expected", node.expected());
    json.addProperty("state", node.state().word());
    json.addProperty("links_count", node.linksCount());
    var farEnds = new JsonObject();
    new TreeMap<>(node.farEnds()).forEach(farEnds::addProperty);
    json.add("far_ends", farEnds);
    count(json, "neighbours_count", node.neighboursCount());
    json.addProperty("restarts_count", node.restartsCount());
    node.presence().ifPresent(presence -> json.add("presence", presence(presence)));
    node.telemetryTrouble().ifPresent(words -> json.addProperty("telemetry_trouble", words));
    json.add("time_line", timeLine(node.timeLine()));
    node.report().ifPresent(report -> {
      json.addProperty("received_at", report.receivedAt().toString());
      json.add("age_seconds", seconds(report.age()));
      report.delay().ifPresent(delay -> json.add("delay_seconds", seconds(delay)));
      json.add("faults", list(node.faults(), FleetJson::fault));
      node.remedy().ifPresent(remedy -> json.add("remedy", remedy(remedy)));
      node.pauseLeft().ifPresent(left -> {
        json.add("pause_left_seconds", seconds(left));
        json.addProperty(
            "pause_end", report.receivedAt().plus(report.age()).plus(left).toString());
      });
      node.journalLast().ifPresent(line -> json.add("journal_last", journalLine(line)));
      json.add("oddities", list(report.snapshot().oddities(), JsonPrimitive::new));
      json.add("snapshot", report.snapshot().fields());
    });
    return json;
  }

  private static JsonObject presence(FleetView.Presence presence) {
    var json = new JsonObject();
    json.addProperty("state", presence.word());
    json.addProperty("at", presence.at().toString());
    json.add("why", list(presence.why(), JsonPrimitive::new));
    return json;
  }

  /** Of each the last, so that a node in endless trouble fills no page. */
  private static JsonObject timeLine(TimeLine line) {
    var json = new JsonObject();
    json.add("stretches", list(last(line.stretches()), FleetJson::stretch));
    json.add("faults", list(last(line.bars()), FleetJson::bar));
    json.add("marks", list(last(line.marks()), FleetJson::mark));
    return json;
  }

  private static <T> List<T> last(List<T> values) {
    return values.subList(Math.max(0, values.size() - TIME_LINE_LIMIT), values.size());
  }

  private static JsonObject stretch(TimeLine.Stretch stretch) {
    var json = new JsonObject();
    json.addProperty("told", stretch.told().word());
    json.addProperty("from", moment(stretch.from()));
    json.addProperty("until", moment(stretch.until()));
    return json;
  }

  private static JsonObject bar(TimeLine.Bar bar) {
    var json = new JsonObject();
    json.addProperty("kind", bar.kind());
    json.addProperty("blame", bar.blame());
    json.addProperty("evidence", bar.evidence());
    json.addProperty("from", moment(bar.from()));
    json.addProperty("until", moment(bar.until()));
    json.addProperty("end", bar.end().word());
    return json;
  }

  private static JsonObject mark(TimeLine.Mark mark) {
    var json = new JsonObject();
    json.addProperty("at", moment(mark.at()));
    json.addProperty("kind", mark.kind());
    json.addProperty("fault", mark.fault());
    json.addProperty("remedy", mark.remedy());
    json.addProperty("words", mark.words());
    return json;
  }

  private static String moment(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static JsonObject fault(NodeSnapshot.FaultLine fault) {
    var json = new JsonObject();
    json.addProperty("kind", fault.kind());
    json.addProperty("layer", fault.layer());
    json.addProperty("blame", fault.blame());
    fault.lasting().ifPresent(span -> json.add("lasting_seconds", seconds(span)));
    json.addProperty("since", fault.since());
    json.addProperty("evidence", fault.evidence());
    json.addProperty("advice", fault.advice());
    return json;
  }

  private static JsonObject remedy(NodeSnapshot.RemedyLine remedy) {
    var json = new JsonObject();
    json.addProperty("name", remedy.name());
    json.addProperty("fault", remedy.fault());
    count(json, "rung", remedy.rung());
    count(json, "rungs", remedy.rungsCount());
    count(json, "try", remedy.tryNumber());
    json.addProperty("stage", remedy.stage());
    remedy.lasting().ifPresent(span -> json.add("lasting_seconds", seconds(span)));
    return json;
  }

  private static JsonObject journalEntry(JournalEntry entry) {
    var json = journalLine(entry.line());
    json.addProperty("number", entry.number());
    json.addProperty("at", entry.at().toString());
    json.addProperty("node", entry.node());
    return json;
  }

  private static JsonObject journalLine(NodeSnapshot.JournalLine line) {
    var json = new JsonObject();
    json.addProperty("number", line.number());
    line.at().ifPresent(at -> json.addProperty("at", at.toString()));
    json.addProperty("kind", line.kind());
    json.addProperty("fault", line.fault());
    json.addProperty("remedy", line.remedy());
    json.addProperty("words", line.words());
    return json;
  }

  private static JsonObject link(LinkView link) {
    var json = new JsonObject();
    json.addProperty("one", link.link().one());
    json.addProperty("other", link.link().other());
    json.addProperty("state", word(link.state()));
    json.add("one_end", end(link.one()));
    json.add("other_end", end(link.other()));
    return json;
  }

  private static JsonObject end(LinkEnd end) {
    var json = new JsonObject();
    json.addProperty("opinion", word(end.opinion()));
    count(json, "cost", end.cost());
    return json;
  }

  private static JsonObject event(FleetEvent event) {
    var json = new JsonObject();
    json.addProperty("number", event.number());
    json.addProperty("at", event.at().toString());
    json.addProperty("node", event.node());
    json.addProperty("kind", event.kind().name());
    json.addProperty("text", event.text());
    return json;
  }

  private static void count(JsonObject json, String name, OptionalLong count) {
    if (count.isPresent()) {
      json.addProperty(name, count.getAsLong());
    }
  }

  private static JsonPrimitive seconds(Duration span) {
    return new JsonPrimitive(span.toMillis() / 1_000.0);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static <T> JsonArray list(List<T> values, Function<T, ? extends JsonElement> writer) {
    var array = new JsonArray();
    values.forEach(value -> array.add(writer.apply(value)));
    return array;
  }
}
