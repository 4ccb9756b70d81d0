package org.kedge.packages;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads headers of bundles: clauses parted by commas, each with attributes and directives after semicolons. */
final class Headers {
  private static final Pattern COMMA = Pattern.compile(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");
  private static final Pattern SEMICOLON = Pattern.compile(";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

  private Headers() {}

  /** @param name of the clause, as of a package */
  record Clause(String name, Map<String, String> attributes) {
    boolean isOptional() {
      return "optional".equals(attributes.get("resolution:"));
    }

    String attribute(String name) {
      return attributes.getOrDefault(name, "");
    }
  }

  /** @return by name, in their order; nothing for a header that is not there (empty) */
  static Map<String, Clause> clauses(String header) {
    var clauses = new LinkedHashMap<String, Clause>();
    for (var text : COMMA.split(header)) {
      if (text.isBlank()) {
        continue;
      }
      var parts = SEMICOLON.split(text.strip());
      var attributes = new LinkedHashMap<String, String>();
      for (var i = 1; i < parts.length; i++) {
        var equals = parts[i].indexOf('=');
        attributes.put(
            parts[i].substring(0, equals).strip(),
            parts[i].substring(equals + 1).strip().replace("\"", ""));
      }
      clauses.put(parts[0], new Clause(parts[0], attributes));
    }
    return clauses;
  }
}
