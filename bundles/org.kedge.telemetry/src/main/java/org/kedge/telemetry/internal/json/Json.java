package org.kedge.telemetry.internal.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.kedge.base.api.Figures;

/** Figures as JSON in UTF-8. */
public final class Json {
  private Json() {}

  public static byte[] of(Figures figures) {
    var text = new StringWriter(4096);
    try (var json = new JsonWriter(text)) {
      write(json, figures);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonWriter json, Object value) throws IOException {
    if (value instanceof Figures figures) {
      json.beginObject();
      for (var entry : figures.values().entrySet()) {
        json.name(entry.getKey());
        write(json, entry.getValue());
      }
      json.endObject();
    } else if (value instanceof List<?> list) {
      json.beginArray();
      for (var element : list) {
        write(json, element);
      }
      json.endArray();
    } else if (value instanceof Number number) {
      json.value(number);
    } else if (value instanceof Boolean flag) {
      json.value(flag);
    } else {
      json.value((String) value);
    }
  }
}
