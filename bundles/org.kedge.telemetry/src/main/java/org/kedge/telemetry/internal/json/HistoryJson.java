package org.kedge.telemetry.internal.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.CareJournal;
import org.kedge.telemetry.internal.core.History;

/** The node's last day as JSON: a list per measure, with null where it was not known, and care's journal. */
public final class HistoryJson {
  private static final int SCHEMA_VERSION = 1;
  private static final int LENGTH_USUAL = 65_536;

  private HistoryJson() {}

  /** @param now the same moment as {@code wallClock}, on the steady clock: points are told by their age */
  public static byte[] of(
      NodeId node,
      Instant wallClock,
      Uptime now,
      List<History.Point> points,
      List<CareJournal.Entry> journal) {
    var text = new StringWriter(LENGTH_USUAL);
    try (var json = new JsonWriter(text)) {
      json.beginObject();
      json.name("schema").value("kedge-history");
      json.name("schema_version").value(SCHEMA_VERSION);
      json.name("node").value(node.value());
      json.name("at").value(wallClock.toString());
      json.name("period_seconds").value(History.PERIOD.toSeconds());
      json.name("points").beginObject();
      json.name("age_seconds").beginArray();
      for (var point : points) {
        json.value(now.since(point.at()).toSeconds());
      }
      json.endArray();
      for (var measure : History.Measure.values()) {
        json.name(measure.figure()).beginArray();
        for (var point : points) {
          json.value(point.values().get(measure));
        }
        json.endArray();
      }
      json.endObject();
      json.name("journal").beginArray();
      for (var entry : journal) {
        JournalJson.write(json, entry);
      }
      json.endArray();
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
