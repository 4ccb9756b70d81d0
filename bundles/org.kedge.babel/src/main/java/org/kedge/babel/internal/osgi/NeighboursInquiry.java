package org.kedge.babel.internal.osgi;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.kedge.babel.api.RouteWatch;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Inquiry.Answer;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/** All neighbours, where the snapshot stops at a few dozen; each as the snapshot tells it. */
final class NeighboursInquiry {
  private static final int SCHEMA_VERSION = 1;

  private NeighboursInquiry() {}

  static Inquiry of(RouteWatch routes, UptimeSource uptime) {
    return Inquiry.of(
        "neighbours",
        "Every neighbour that babeld hears, with its costs and round trip, and how old that is.",
        () -> routes
            .latest()
            .<Answer>map(table -> new Answer.Told(json(table, uptime.now())))
            .orElse(new Answer.NotNow(
                "babeld has not told its neighbours yet, or not for more than 15 s")));
  }

  private static byte[] json(RoutingTable table, Uptime now) {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.beginObject();
      json.name("schema").value("kedge-neighbours");
      json.name("schema_version").value(SCHEMA_VERSION);
      json.name("age_seconds").value(now.since(table.at()).toMillis() / 1000.0);
      json.name("neighbours").beginArray();
      for (var neighbour : table.distinctNeighbours()) {
        json.beginObject();
        for (var figure : BabelFigures.neighbour(neighbour).values().entrySet()) {
          write(json.name(figure.getKey()), figure.getValue());
        }
        json.endObject();
      }
      json.endArray();
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonWriter json, Object value) throws IOException {
    if (value instanceof Number number) {
      json.value(number);
    } else if (value instanceof Boolean flag) {
      json.value(flag);
    } else {
      json.value((String) value);
    }
  }
}
