package org.kedge.sim.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The page for people who read Kedge's messages: every field with its unit and source, in Markdown. */
final class FieldsPage {
  private FieldsPage() {}

  static String of(Schemas schemas) {
    var page = new StringBuilder("""
        # Fields of Kedge's messages

        <!-- Written by sim/fields from src/main/resources/org/kedge/telemetry/schema; edits here are lost. -->

        Messages are JSON in UTF-8, each described by a JSON Schema that the bundle carries. A field in **bold** is there wherever
        the object around it is; any other is left out while it is not known. Within a version fields and values are only added:
        pass over what you do not know. Names of numbers end in their unit.

        """);
    page.append(Schemas.SUBJECTS.stream()
        .map(subject -> link(schemas.schema(subject).path("title").asString()))
        .collect(Collectors.joining(" · ")));
    page.append("\n");
    for (var subject : Schemas.SUBJECTS) {
      message(page, schemas.schema(subject));
    }
    return page.toString();
  }

  private static void message(StringBuilder page, JsonNode schema) {
    page.append("\n## ")
        .append(schema.path("title").asString())
        .append("\n\n")
        .append(schema.path("description").asString())
        .append("\n");
    var top = new ArrayList<Field>();
    Map<Field, List<Field>> sections = new LinkedHashMap<>();
    for (var field : Field.of(schema)) {
      if (!field.path().contains(".")) {
        if (field.isGroup()) {
          sections.put(field, new ArrayList<>());
        } else {
          top.add(field);
        }
      } else {
        sections.entrySet().stream()
            .filter(section -> isWithin(field, section.getKey()))
            .forEach(section -> section.getValue().add(field));
      }
    }
    table(page, top, 0);
    sections.forEach((section, fields) -> {
      page.append("\n### ")
          .append(section.path())
          .append(section.type().startsWith("array") ? "[]" : "")
          .append("\n\n")
          .append(section.required() ? "Always there. " : "")
          .append(section.description())
          .append("\n");
      table(page, fields, fields.get(0).path().indexOf('.') + 1);
    });
  }

  private static boolean isWithin(Field field, Field section) {
    return field.path().startsWith(section.path() + ".")
        || field.path().startsWith(section.path() + "[].");
  }

  private static void table(StringBuilder page, List<Field> fields, int prefix) {
    page.append("\n| field | type | unit | what | source |\n|---|---|---|---|---|\n");
    for (var field : fields) {
      var name = "`" + field.path().substring(prefix)
          + (field.type().equals("array of object") ? "[]" : "") + "`";
      page.append("| ")
          .append(field.required() ? "**" + name + "**" : name)
          .append(" | ")
          .append(type(field))
          .append(" | ")
          .append(field.unit())
          .append(" | ")
          .append(cell(field.description() + values(field)))
          .append(" | ")
          .append(cell(field.source()))
          .append(" |\n");
    }
  }

  private static String type(Field field) {
    return switch (field.type()) {
      case "string" -> "text";
      case "boolean" -> "true, false";
      case "integer" -> "whole number";
      case "array of string" -> "texts";
      case "array of object" -> "list";
      default -> field.type();
    };
  }

  private static String values(Field field) {
    return switch (field.values().size()) {
      case 0 -> "";
      case 1 -> " Always `" + field.values().get(0) + "`.";
      default -> field.values().stream().collect(Collectors.joining("`, `", " One of `", "`."));
    };
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static String link(String title) {
    return "[" + title + "](#" + title.toLowerCase(Locale.ROOT) + ")";
  }
}
