package org.kedge.kura.internal.json;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a message can be seen without reading its body: the values that stand at its top, and the kinds of its faults.
 *
 * @param metrics Long, Double, Boolean or String by name; no null, as Kura would warn of each, and nothing else, as Kura would
 *     refuse the whole message
 * @param at when it happened, if it tells
 */
public record Summary(Map<String, Object> metrics, Optional<Instant> at) {
  static final String FAULTS = "faults";

  public Summary {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** @return empty if the body is no JSON object in UTF-8 */
  public static Optional<Summary> of(byte[] body) {
    var metrics = new LinkedHashMap<String, Object>();
    try (var json = new JsonReader(
        new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8))) {
      json.beginObject();
      while (json.hasNext()) {
        read(json, json.nextName(), metrics);
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        return Optional.empty();
      }
      return Optional.of(new Summary(metrics, instant(metrics.get("at"))));
    } catch (IOException | IllegalStateException e) {
      // Gson's words for what is malformed, and for what is well formed but no object.
      return Optional.empty();
    }
  }

  private static void read(JsonReader json, String name, Map<String, Object> metrics)
      throws IOException {
    switch (json.peek()) {
      case BOOLEAN -> metrics.put(name, json.nextBoolean());
      case STRING -> metrics.put(name, json.nextString());
      case NUMBER -> metrics.put(name, number(json.nextString()));
      case BEGIN_ARRAY -> {
        if (name.equals(FAULTS)) {
          var kinds = kinds(json);
          metrics.put(FAULTS, String.join(", ", kinds));
          metrics.put(FAULTS + "_count", (long) kinds.size());
        } else {
          json.skipValue();
        }
      }
      default -> json.skipValue();
    }
  }

  /** A metric has one type for ever: a figure with decimals is written with a point even when it is whole. */
  private static Object number(String written) {
    if (written.matches("-?[0-9]+")) {
      try {
        return Long.valueOf(written);
      } catch (NumberFormatException e) {
        // Falls through: whole, but too large.
      }
    }
    return Double.valueOf(written);
  }

  private static ArrayList<String> kinds(JsonReader json) throws IOException {
    var kinds = new ArrayList<String>();
    json.beginArray();
    while (json.hasNext()) {
      var kind = "?";
      json.beginObject();
      while (json.hasNext()) {
        if (json.nextName().equals("kind") && json.peek() == JsonToken.STRING) {
          kind = json.nextString();
        } else {
          json.skipValue();
        }
      }
      json.endObject();
      kinds.add(kind);
    }
    json.endArray();
    return kinds;
  }

  private static Optional<Instant> instant(@Nullable Object text) {
    try {
      return text instanceof String written
          ? Optional.of(Instant.parse(written))
          : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
