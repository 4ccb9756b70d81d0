package org.kedge.babel.internal.kernel;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One small JSON value, read whole. Asking it for what it is not gives nothing, never an exception. */
final class Json {
  private static final Json NOTHING = new Json();

  private final Optional<String> text;
  private final Optional<List<Json>> list;
  private final Map<String, Json> fields;

  private Json() {
    text = Optional.empty();
    list = Optional.empty();
    fields = Map.of();
  }

  Json(JsonReader reader) throws IOException {
    Optional<String> readText = Optional.empty();
    Optional<List<Json>> readList = Optional.empty();
    var readFields = new LinkedHashMap<String, Json>();
    switch (reader.peek()) {
      case BEGIN_OBJECT -> {
        reader.beginObject();
        while (reader.hasNext()) {
          readFields.put(reader.nextName(), new Json(reader));
        }
        reader.endObject();
      }
      case BEGIN_ARRAY -> {
        var elements = new ArrayList<Json>();
        reader.beginArray();
        while (reader.hasNext()) {
          elements.add(new Json(reader));
        }
        reader.endArray();
        readList = Optional.of(elements);
      }
      case STRING, NUMBER -> readText = Optional.of(reader.nextString());
      default -> reader.skipValue();
    }
    text = readText;
    list = readList;
    fields = readFields;
  }

  /** A field's value; nothing if there is none. */
  Json get(String name) {
    return fields.getOrDefault(name, NOTHING);
  }

  /** The text or number; empty if it is neither. */
  Optional<String> text() {
    return text;
  }

  Optional<Long> number() {
    return text.map(Long::valueOf);
  }

  boolean isList() {
    return list.isPresent();
  }

  List<Json> list() {
    return list.orElse(List.of());
  }

  /** The name of an object's only field; empty text if it is not such an object. */
  String onlyName() {
    return fields.size() == 1 ? fields.keySet().iterator().next() : "";
  }

  /** A text field that must be there. */
  String need(String name) {
    return get(name)
        .text()
        .orElseThrow(() -> new IllegalStateException(
            "an object without '" + name + "', but with " + fields.keySet()));
  }
}
