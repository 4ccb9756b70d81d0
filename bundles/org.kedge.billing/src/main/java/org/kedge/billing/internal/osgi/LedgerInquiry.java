package org.kedge.billing.internal.osgi;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Inquiry;

/** What a maintainer may ask about accounts with neighbours. */
final class LedgerInquiry {
  private static final int SCHEMA_VERSION = 1;

  private LedgerInquiry() {}

  /** @param figures as the snapshot tells them in its section {@code billing} */
  static Inquiry of(Supplier<Figures> figures) {
    return Inquiry.of(
        "ledger",
        "The account of each neighbour: bytes, amounts, prices, standing, the last statement agreed on.",
        () -> new Inquiry.Answer.Told(json(figures.get())));
  }

  private static byte[] json(Figures figures) {
    var text = new StringWriter();
    try (var json = new JsonWriter(text)) {
      json.beginObject();
      json.name("schema").value("kedge-ledger");
      json.name("schema_version").value(SCHEMA_VERSION);
      json.name("billing");
      write(json, figures);
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonWriter json, Object value) throws IOException {
    if (value instanceof Figures figures) {
      json.beginObject();
      for (Map.Entry<String, Object> figure : figures.values().entrySet()) {
        json.name(figure.getKey());
        write(json, figure.getValue());
      }
      json.endObject();
    } else if (value instanceof List<?> list) {
      json.beginArray();
      for (var one : list) {
        write(json, one);
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
