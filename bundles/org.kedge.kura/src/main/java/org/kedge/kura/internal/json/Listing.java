package org.kedge.kura.internal.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;

/** What can be asked, for whoever asks that. */
public final class Listing {
  private Listing() {}

  /** @param abouts what each inquiry tells, by name */
  public static byte[] of(SortedMap<String, String> abouts) {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.beginObject().name("inquiries").beginArray();
      for (var one : abouts.entrySet()) {
        json.beginObject();
        json.name("name").value(one.getKey());
        json.name("about").value(one.getValue());
        json.endObject();
      }
      json.endArray().endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
