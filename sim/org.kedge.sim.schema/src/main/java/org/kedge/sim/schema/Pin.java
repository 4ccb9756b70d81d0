package org.kedge.sim.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of version 1 as they were promised: path, type and whether they are required. The schemas may have more, and all of
 * these as they are.
 */
final class Pin {
  private Pin() {}

  /** The schemas as lines, such as {@code snapshot babel.neighbours[].cost integer required}, by message and path. */
  static Map<String, String> lines(Schemas schemas) {
    Map<String, String> lines = new LinkedHashMap<>();
    for (var subject : Schemas.SUBJECTS) {
      for (var field : Field.of(schemas.schema(subject))) {
        lines.put(
            subject + " " + field.path(),
            field.type().replace(' ', '-') + " " + (field.required() ? "required" : "optional"));
      }
    }
    return lines;
  }

  /** Lines of the file, by message and path. */
  static Map<String, String> parse(String text) {
    Map<String, String> lines = new LinkedHashMap<>();
    text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
      var words = line.split(" ", 3);
      if (words.length < 3 || lines.put(words[0] + " " + words[1], words[2]) != null) {
        throw new IllegalArgumentException("Not a line of its own, or not one at all: " + line);
      }
    });
    return lines;
  }

  static String text(Map<String, String> lines) {
    var text = new StringBuilder("""
        # What readers of version 1 were promised: message, field, type, whether it is there wherever the object around it is.
        # sim/fields adds what the schemas have more; nothing is ever taken away or changed.
        """);
    lines.forEach(
        (field, promise) -> text.append(field).append(' ').append(promise).append('\n'));
    return text.toString();
  }

  /** Promises that the schemas break. */
  static List<String> broken(Map<String, String> pinned, Map<String, String> schemas) {
    var broken = new ArrayList<String>();
    pinned.forEach((field, promise) -> {
      var now = schemas.get(field);
      if (now == null) {
        broken.add(field + " was " + promise + " and is gone");
      } else if (!now.equals(promise)) {
        broken.add(field + " was " + promise + " and is " + now);
      }
    });
    return broken;
  }

  /** Fields that the schemas have and the file has not. */
  static List<String> added(Map<String, String> pinned, Map<String, String> schemas) {
    return schemas.keySet().stream().filter(field -> !pinned.containsKey(field)).toList();
  }
}
