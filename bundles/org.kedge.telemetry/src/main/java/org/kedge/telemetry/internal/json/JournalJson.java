package org.kedge.telemetry.internal.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.kedge.base.api.NodeId;
import org.kedge.care.api.CareJournal;

/** Entries of care's journal as JSON. */
public final class JournalJson {
  private static final int SCHEMA_VERSION = 1;

  private JournalJson() {}

  /** Tells the entries in the order in which they are given. */
  public static byte[] of(NodeId node, Instant wallClock, List<CareJournal.Entry> entries) {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.beginObject();
      json.name("schema").value("kedge-journal");
      json.name("schema_version").value(SCHEMA_VERSION);
      json.name("node").value(node.value());
      json.name("at").value(wallClock.toString());
      json.name("entries").beginArray();
      for (var entry : entries) {
        write(json, entry);
      }
      json.endArray();
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static void write(JsonWriter json, CareJournal.Entry entry) throws IOException {
    json.beginObject();
    json.name("number").value(entry.number());
    json.name("at").value(entry.at().toString());
    json.name("kind").value(entry.topic().name().toLowerCase(Locale.ROOT));
    if (entry.fault().isPresent()) {
      json.name("fault").value(entry.fault().get());
    }
    if (entry.remedy().isPresent()) {
      json.name("remedy").value(entry.remedy().get());
    }
    json.name("words").value(entry.words());
    json.endObject();
  }
}
