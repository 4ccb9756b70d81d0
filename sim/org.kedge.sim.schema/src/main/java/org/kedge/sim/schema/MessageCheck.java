package org.kedge.sim.schema;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.kedge.base.api.Figures;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks messages against their schemas, more strictly than a reader may: a field that no schema describes is a problem too. One
 * of this is made and used for many messages; any thread.
 */
public final class MessageCheck {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private final Map<String, Schema> messages = new LinkedHashMap<>();
  private final ObjectNode snapshot;

  private MessageCheck(Schemas schemas) {
    Schemas.SUBJECTS.forEach(
        subject -> messages.put(subject, compiled(strict(schemas.schema(subject)))));
    snapshot = strict(schemas.schema("snapshot"));
  }

  /** Against the schemas in the sources of this build. */
  public static MessageCheck ofThisBuild() {
    return new MessageCheck(Schemas.ofThisBuild());
  }

  /**
   * Judges one message.
   *
   * @param subject or topic that ends in it: {@code snapshot}, {@code event} or {@code state}
   * @return what is wrong with it, a line each; empty if nothing is
   */
  public List<String> problems(String subject, String json) {
    var schema = messages.get(subject.substring(subject.lastIndexOf('/') + 1));
    return schema == null
        ? List.of("There is no schema for messages of '" + subject + "'; there are some for "
            + messages.keySet())
        : problems(schema, json);
  }

  /**
   * Judges what one gauge puts into the snapshot.
   *
   * @param section its name; empty for figures that stand at the top
   */
  public List<String> problems(String section, Figures figures) {
    return problems(compiled(section(section)), json(figures));
  }

  /** Fields of a section that the schema describes and none of these figures has: nobody makes them, or the test forgot them. */
  public Set<String> missing(String section, List<Figures> figures) {
    var missing = new LinkedHashSet<String>();
    Field.of(section(section)).forEach(field -> missing.add(field.path()));
    missing.removeAll(paths(figures));
    return missing;
  }

  /** The fields that any of these figures has, such as {@code neighbours[].cost}. */
  private static Set<String> paths(List<Figures> figures) {
    var paths = new TreeSet<String>();
    figures.forEach(one -> collect("", Schemas.JSON.readTree(json(one)), paths));
    return paths;
  }

  private static void collect(String prefix, JsonNode node, Set<String> paths) {
    for (var entry : node.properties()) {
      var path = prefix + entry.getKey();
      paths.add(path);
      collect(path + ".", entry.getValue(), paths);
      if (entry.getValue().isArray()) {
        entry.getValue().forEach(element -> collect(path + "[].", element, paths));
      }
    }
  }

  private static List<String> problems(Schema schema, String json) {
    try {
      return schema
          .validate(
              json,
              InputFormat.JSON,
              context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
          .stream()
          .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
          .toList();
    } catch (JacksonException | IllegalArgumentException e) {
      return List.of("It is no JSON: " + e.getMessage());
    }
  }

  /** The schema of a section alone; of all that may stand at the top, none has to. */
  private ObjectNode section(String name) {
    var schema = snapshot.deepCopy();
    if (name.isEmpty()) {
      schema.remove("required");
      return schema;
    }
    var section = Field.resolve(snapshot, snapshot.path("properties").path(name));
    if (!section.isObject()) {
      throw new IllegalArgumentException("The snapshot's schema has no section '" + name + "'");
    }
    var alone = (ObjectNode) section.deepCopy();
    alone.put("$schema", DIALECT);
    alone.set("$defs", schema.get("$defs"));
    return alone;
  }

  private static Schema compiled(ObjectNode schema) {
    var alone = schema.deepCopy();
    alone.remove("$id");
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(alone);
  }

  /** Closes every object that is described; conditions, which stand elsewhere, are left alone. */
  private static ObjectNode strict(ObjectNode schema) {
    // Words for people, which the validator warns of.
    schema.remove(List.of("x-unit", "x-source"));
    if (schema.has("properties")) {
      schema.put("additionalProperties", false);
    }
    var inner = new ArrayList<JsonNode>();
    schema.path("properties").forEach(inner::add);
    schema.path("$defs").forEach(inner::add);
    inner.add(schema.path("items"));
    inner.stream()
        .filter(ObjectNode.class::isInstance)
        .map(ObjectNode.class::cast)
        .forEach(MessageCheck::strict);
    return schema;
  }

  private static String json(Figures figures) {
    return Schemas.JSON.writeValueAsString(plain(figures));
  }

  private static Object plain(Object value) {
    if (value instanceof Figures figures) {
      var plain = new LinkedHashMap<String, Object>();
      figures.values().forEach((name, one) -> plain.put(name, plain(one)));
      return plain;
    }
    return value instanceof List<?> list
        ? list.stream().map(MessageCheck::plain).toList()
        : value;
  }
}
