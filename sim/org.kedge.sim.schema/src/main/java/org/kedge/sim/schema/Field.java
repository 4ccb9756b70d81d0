package org.kedge.sim.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One field that a schema describes.
 *
 * @param path from the top, such as {@code babel.neighbours[].cost}
 * @param type JSON's; of a list also that of its elements, such as {@code array of string}
 * @param required whether it is there wherever the object it belongs to is
 * @param values those it may have, if they are listed
 * @param unit of every number, and the form of a time; empty for what is neither
 * @param source where its value comes from; empty for objects and lists of objects
 */
public record Field(
    String path,
    String type,
    boolean required,
    List<String> values,
    String unit,
    String description,
    String source) {
  public Field {
    values = List.copyOf(values);
  }

  /** All that a schema describes, in its order, objects before what they hold. */
  public static List<Field> of(JsonNode schema) {
    var found = new ArrayList<Field>();
    collect(schema, "", schema, found);
    return found;
  }

  private static void collect(JsonNode root, String prefix, JsonNode object, List<Field> found) {
    var required = texts(object.path("required"));
    for (var entry : object.path("properties").properties()) {
      var path = prefix + entry.getKey();
      var schema = resolve(root, entry.getValue());
      var type = schema.path("type").asString("any");
      var items = resolve(root, schema.path("items"));
      found.add(new Field(
          path,
          type.equals("array") ? "array of " + items.path("type").asString("any") : type,
          required.contains(entry.getKey()),
          schema.has("const")
              ? List.of(schema.get("const").asString())
              : texts(schema.path("enum")),
          schema.path("x-unit").asString(""),
          schema.path("description").asString(""),
          schema.path("x-source").asString("")));
      collect(root, path + ".", schema, found);
      collect(root, path + "[].", items, found);
    }
  }

  /** What a reference leads to, with what stands beside the reference in front. */
  static JsonNode resolve(JsonNode root, JsonNode schema) {
    if (!schema.has("$ref")) {
      return schema;
    }
    var target = resolve(root, root.at(schema.get("$ref").asString().substring(1)));
    var merged = (ObjectNode) target.deepCopy();
    schema.properties().forEach(entry -> {
      if (!entry.getKey().equals("$ref")) {
        merged.set(entry.getKey(), entry.getValue());
      }
    });
    return merged;
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(JsonNode::asString)
        .collect(Collectors.toList());
  }

  public boolean isNumber() {
    return type.equals("number") || type.equals("integer");
  }

  /** Holds fields of its own. */
  public boolean isGroup() {
    return type.equals("object") || type.equals("array of object");
  }

  /** Its last name, such as {@code cost}. */
  public String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
