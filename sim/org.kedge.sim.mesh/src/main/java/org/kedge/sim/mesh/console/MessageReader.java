package org.kedge.sim.mesh.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads one message. What has the right type is kept, what has not is left out and named; only bytes that are no JSON object at
 * all are given up. So the pages and the table never meet a value of a type they do not expect.
 */
final class MessageReader {
  static final int PAYLOAD_BYTES_LIMIT = 256 * 1024;
  private static final int TEXT_LIMIT = 2_000;
  private static final int ELEMENTS_LIMIT = 1_000;
  private static final int ODDITIES_LIMIT = 20;

  private static final Shape SNAPSHOT = Shape.fields()
      .texts("schema", "node", "boot_id", "kernel_boot_id", "at", "state")
      .numbers("schema_version", "sequence", "uptime_seconds", "runtime_uptime_seconds")
      .with("clock", Shape.fields().yesNo("trusted").texts("evidence"))
      .with("versions", Shape.fields().texts("kedge", "java", "kernel"))
      .with(
          "faults",
          Shape.each(Shape.fields()
              .texts("kind", "layer", "blame", "since", "evidence", "advice")
              .numbers("lasting_seconds")))
      .with("silenced", Shape.each(Shape.fields().texts("kind", "blame", "cause", "evidence")))
      .with("unknown", Shape.each(Shape.fields().texts("kind", "why")))
      .with(
          "babel",
          Shape.fields()
              .texts("run_mode", "version", "socket")
              .numbers(
                  "table_age_seconds",
                  "routes_count",
                  "routes_installed_count",
                  "routes_finite_count",
                  "routes_kernel_count",
                  "routes_missing_count",
                  "routes_stale_count",
                  "malformed_lines_count")
              .with(
                  "interfaces",
                  Shape.each(Shape.fields()
                      .texts("name")
                      .yesNo("up")
                      .with("addresses", Shape.each(Shape.Plain.TEXT))))
              .with(
                  "neighbours",
                  Shape.each(Shape.fields()
                      .texts("address", "interface", "reach")
                      .yesNo("heard")
                      .numbers("cost", "receive_cost", "transmit_cost", "rtt_milliseconds")))
              .with(
                  "process",
                  Shape.fields()
                      .texts("state")
                      .numbers(
                          "pid",
                          "descriptors_used_count",
                          "descriptors_limit_count",
                          "cpu_percent"))
              .with("exit", answers())
              .with("beyond", answers()))
      .with("care", care())
      .with(
          "memory",
          Shape.fields()
              .numbers("available_bytes", "total_bytes", "heap_used_bytes", "resident_bytes"))
      .with("flash", Shape.fields().numbers("free_bytes", "total_bytes"))
      .with("descriptors", Shape.fields().numbers("used_count", "limit_count"))
      .with(
          "lanes",
          Shape.each(Shape.fields()
              .texts("lane")
              .numbers("queued_count", "capacity_count", "refused_count", "thrown_count")))
      .with("telemetry", telemetry())
      .with(
          "traffic",
          Shape.fields()
              .with(
                  "interfaces",
                  Shape.each(
                      Shape.fields().texts("name").numbers("received_bytes", "sent_bytes"))));

  private static final Shape EVENT = Shape.fields()
      .texts("schema", "node", "boot_id", "kernel_boot_id", "at", "event", "fault", "remedy")
      .texts("layer", "blame", "evidence", "advice", "cause", "component", "words")
      .numbers("schema_version", "sequence", "uptime_seconds", "journal");

  private static final Shape STATE = Shape.fields()
      .texts("schema", "node", "boot_id", "state")
      .numbers("schema_version")
      .with("why", Shape.each(Shape.Plain.TEXT));

  private final Kind kind;
  private final List<String> oddities = new ArrayList<>();

  private MessageReader(Kind kind) {
    this.kind = kind;
  }

  /** What a node says, each under the topic of its name. */
  enum Kind {
    SNAPSHOT(MessageReader.SNAPSHOT, List.of()),
    EVENT(MessageReader.EVENT, List.of("event", "boot_id", "sequence")),
    STATE(MessageReader.STATE, List.of("state"));

    private final Shape shape;
    private final List<String> needed;

    Kind(Shape shape, List<String> needed) {
      this.shape = shape;
      this.needed = needed;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What came of a message. */
  sealed interface Reading {
    /** @param oddities what was wrong with it, a line for people each */
    record Read(JsonObject fields, List<String> oddities) implements Reading {}

    /** Nothing of it can be shown. */
    record Damaged(String why) implements Reading {}
  }

  static Reading read(Kind kind, byte[] payload) {
    if (payload.length > PAYLOAD_BYTES_LIMIT) {
      return new Reading.Damaged(
          payload.length + " bytes, more than the " + PAYLOAD_BYTES_LIMIT + " a message may have");
    }
    return new MessageReader(kind).readObject(new String(payload, StandardCharsets.UTF_8));
  }

  private Reading readObject(String text) {
    try (var in = new JsonReader(new StringReader(text))) {
      if (in.peek() != JsonToken.BEGIN_OBJECT) {
        return new Reading.Damaged("not a JSON object but " + words(in.peek()));
      }
      var fields =
          readValue(in, kind.shape, "").map(JsonElement::getAsJsonObject).orElseThrow();
      if (in.peek() != JsonToken.END_DOCUMENT) {
        return new Reading.Damaged("something follows the end of the JSON object");
      }
      return whyForeign(fields)
          .<Reading>map(Reading.Damaged::new)
          .orElseGet(() -> new Reading.Read(fields, judgeHead(fields)));
    } catch (IOException | IllegalStateException | NumberFormatException damage) {
      // Gson says "Use JsonReader.setLenient(true)", which helps nobody here.
      var where =
          String.valueOf(damage.getMessage()).replaceFirst("^Use JsonReader\\S* to accept ", "");
      return new Reading.Damaged("no JSON: " + clean(where));
    }
  }

  /** JSON of somebody else, or of which nothing could be said. */
  private Optional<String> whyForeign(JsonObject fields) {
    var schema = "kedge-" + kind.word();
    var told = NodeSnapshot.text(fields, "schema").orElse(schema);
    if (!told.equals(schema)) {
      return Optional.of("its schema is '" + told + "', not " + schema);
    }
    return kind.needed.stream()
        .filter(name -> !fields.has(name))
        .findFirst()
        .map(name -> "no " + kind.word() + ": " + name + " is missing");
  }

  private List<String> judgeHead(JsonObject fields) {
    var expected = kind == Kind.SNAPSHOT
        ? List.of("node", "boot_id", "sequence", "state", "faults")
        : List.<String>of();
    for (var name : expected) {
      if (!fields.has(name) && oddities.stream().noneMatch(line -> line.startsWith(name + " "))) {
        odd(name + " is missing");
      }
    }
    if (fields.has("schema_version") && fields.get("schema_version").getAsDouble() != 1) {
      odd("schema_version is " + fields.get("schema_version") + ", this console knows 1");
    }
    return oddities;
  }

  /** Empty when the value is null or of another type; it has been passed over then. */
  private Optional<JsonElement> readValue(JsonReader in, Shape shape, String path)
      throws IOException {
    var token = in.peek();
    if (token == JsonToken.NULL) {
      in.nextNull();
      return Optional.empty();
    }
    if (shape instanceof Shape.Fields known && token == JsonToken.BEGIN_OBJECT) {
      return Optional.of(readFields(in, known, path));
    }
    if (shape instanceof Shape.Each each && token == JsonToken.BEGIN_ARRAY) {
      return Optional.of(readElements(in, each, path));
    }
    if (shape == Shape.Plain.TEXT && token == JsonToken.STRING) {
      return Optional.of(new JsonPrimitive(clean(in.nextString())));
    }
    if (shape == Shape.Plain.YES_NO && token == JsonToken.BOOLEAN) {
      return Optional.of(new JsonPrimitive(in.nextBoolean()));
    }
    if (shape == Shape.Plain.NUMBER && token == JsonToken.NUMBER) {
      return number(in.nextString(), path);
    }
    in.skipValue();
    odd(path + " is " + words(token) + ", not " + shape.words());
    return Optional.empty();
  }

  private JsonObject readFields(JsonReader in, Shape.Fields known, String path) throws IOException {
    var object = new JsonObject();
    in.beginObject();
    while (in.hasNext()) {
      var name = in.nextName();
      var shape = known.fields().get(name);
      if (shape == null) {
        in.skipValue();
      } else {
        readValue(in, shape, path.isEmpty() ? name : path + "." + name)
            .ifPresent(value -> object.add(name, value));
      }
    }
    in.endObject();
    return object;
  }

  private JsonArray readElements(JsonReader in, Shape.Each each, String path) throws IOException {
    var array = new JsonArray();
    in.beginArray();
    int index = 0;
    for (; in.hasNext(); index++) {
      if (index < ELEMENTS_LIMIT) {
        readValue(in, each.element(), path + "[" + index + "]").ifPresent(array::add);
      } else {
        in.skipValue();
      }
    }
    in.endArray();
    if (index > ELEMENTS_LIMIT) {
      odd(path + " has " + index + " elements, only the first " + ELEMENTS_LIMIT + " are shown");
    }
    return array;
  }

  private Optional<JsonElement> number(String digits, String path) {
    double value = Double.parseDouble(digits);
    if (!Double.isFinite(value)) {
      odd(path + " is a number too large to show");
      return Optional.empty();
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
    return Optional.of(new JsonPrimitive(whole ? (Number) (long) value : (Number) value));
  }

  private void odd(String line) {
    if (oddities.size() < ODDITIES_LIMIT) {
      oddities.add(line);
    } else if (oddities.size() == ODDITIES_LIMIT) {
      oddities.add("and more of the kind");
    }
  }

  /** Without what would steer a terminal or turn the direction of writing, and not endless. */
  static String clean(String text) {
    var clean = new StringBuilder();
    text.codePoints()
        .limit(TEXT_LIMIT)
        .map(MessageReader::printable)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static int printable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
      case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> '\uFFFD';
      default -> codePoint;
    };
  }

  private static String words(JsonToken token) {
    return switch (token) {
      case BEGIN_ARRAY -> "a list";
      case BEGIN_OBJECT -> "an object";
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      default -> "nothing";
    };
  }

  /** What the node does about its faults. */
  private static Shape.Fields care() {
    return Shape.fields()
        .texts("ladder", "ladder_refused", "pause_reason")
        .numbers("boots_count", "pause_left_seconds", "journal_count")
        .with(
            "remedy",
            Shape.fields()
                .texts("name", "fault", "stage")
                .numbers("rung", "rungs", "try", "lasting_seconds"))
        .with(
            "climbs",
            Shape.each(Shape.fields()
                .texts("fault", "stage", "words")
                .numbers("rung", "rungs", "failed_count")))
        .with(
            "budgets",
            Shape.each(Shape.fields()
                .texts("class")
                .numbers("limit_count", "window_seconds", "used_count")))
        .with(
            "journal",
            Shape.each(
                Shape.fields().texts("at", "kind", "fault", "remedy", "words").numbers("number")));
  }

  /** How the telling itself goes. */
  private static Shape.Fields telemetry() {
    return Shape.fields()
        .texts("uplink", "last_failure")
        .yesNo("connected", "durable")
        .numbers("unsent_count", "unsent_bytes", "oldest_unsent_seconds", "confirmed_count")
        .numbers("sent_bytes", "repeated_count", "thinned_count", "torn_count", "written_bytes");
  }

  /** An address that is asked, the exit's or one beyond it. */
  private static Shape.Fields answers() {
    return Shape.fields().texts("address").yesNo("answers").numbers("rtt_milliseconds");
  }
}
