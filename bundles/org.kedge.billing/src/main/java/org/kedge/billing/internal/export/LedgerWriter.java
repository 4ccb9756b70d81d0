package org.kedge.billing.internal.export;

import com.google.gson.stream.JsonWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.sqlite.LedgerReader;

/**
 * Writes what is read of the ledger, as it comes. Times are ISO 8601 in UTC; amounts are the digits of wei, and once more in coins,
 * both as text, as few programs read such numbers exactly.
 */
final class LedgerWriter implements LedgerReader {
  private static final int DECIMALS = 18;
  private static final List<String> COLUMNS = List.of(
      "id",
      "at",
      "clock_trusted",
      "reason",
      "debit",
      "credit",
      "amount_wei",
      "amount_coins",
      "bytes",
      "traffic",
      "note");

  private final Format format;
  private final Writer out;
  private long written;

  /** Writes the line of names, where there is one. */
  LedgerWriter(Format format, OutputStream out) throws IOException {
    this.format = format;
    this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    if (format == Format.CSV) {
      line(COLUMNS);
    }
  }

  /** How many there were, of whatever kind. */
  long written() {
    return written;
  }

  /** Hands on all that was written. */
  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void entry(LedgerEntry entry) throws IOException {
    written++;
    var reason = entry.reason().name().toLowerCase(Locale.ROOT);
    var traffic = entry.traffic().map(one -> one.name().toLowerCase(Locale.ROOT));
    if (format == Format.CSV) {
      line(List.of(
          entry.id().text(),
          entry.at().toString(),
          String.valueOf(entry.clockTrusted()),
          reason,
          entry.debit().name(),
          entry.credit().name(),
          entry.amount().amount().toString(),
          entry.amount().inCoins(DECIMALS),
          String.valueOf(entry.bytes().count()),
          traffic.orElse(""),
          entry.note()));
      return;
    }
    object(json -> {
      json.name("type").value("entry").name("id").value(entry.id().text());
      json.name("at").value(entry.at().toString());
      json.name("clock_trusted").value(entry.clockTrusted());
      json.name("reason").value(reason);
      json.name("debit").value(entry.debit().name());
      json.name("credit").value(entry.credit().name());
      json.name("amount_wei").value(entry.amount().amount().toString());
      json.name("amount_coins").value(entry.amount().inCoins(DECIMALS));
      json.name("bytes").value(entry.bytes().count());
      if (traffic.isPresent()) {
        json.name("traffic").value(traffic.get());
      }
      json.name("note").value(entry.note());
    });
  }

  @Override
  public void statements(SignedStatements statements) throws IOException {
    if (format == Format.CSV) {
      return;
    }
    written++;
    object(json -> {
      json.name("type").value("statement");
      json.name("neighbour").value(statements.neighbour().value());
      json.name("outcome").value(statements.outcome().name().toLowerCase(Locale.ROOT));
      json.name("ours");
      write(json, statements.ours());
      if (statements.theirs().isPresent()) {
        json.name("theirs");
        write(json, statements.theirs().get());
      }
      json.name("evidence").value(statements.evidence());
    });
  }

  @Override
  public void gap(Gap gap) throws IOException {
    if (format == Format.CSV) {
      return;
    }
    written++;
    object(json -> {
      json.name("type").value("gap");
      json.name("from").value(gap.from().toString()).name("to").value(gap.to().toString());
      json.name("bytes_at_most").value(gap.atMost().count());
      json.name("why").value(gap.why());
    });
  }

  private static void write(JsonWriter json, Statement statement) throws IOException {
    json.beginObject();
    json.name("number").value(statement.number());
    json.name("at").value(statement.at().toString());
    json.name("carried_bytes").value(statement.carried().count());
    json.name("earned_wei").value(statement.earned().amount().toString());
    json.name("handed_bytes").value(statement.handed().count());
    json.name("owed_wei").value(statement.owed().amount().toString());
    json.endObject();
  }

  private interface Fields {
    void write(JsonWriter json) throws IOException;
  }

  private void object(Fields fields) throws IOException {
    var text = new StringWriter();
    var json = new JsonWriter(text);
    json.beginObject();
    fields.write(json);
    json.endObject();
    out.append(text.getBuffer()).append('\n');
  }

  private void line(List<String> cells) throws IOException {
    var isFirst = true;
    for (var cell : cells) {
      if (!isFirst) {
        out.append(',');
      }
      isFirst = false;
      out.append(cell(cell));
    }
    out.append("\r\n");
  }

  /** In quotes where needed; never the beginning of a formula, for the programs that would reckon with it. */
  private static String cell(String text) {
    var safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return safe.chars().anyMatch(one -> ",\"\r\n".indexOf(one) >= 0)
        ? '"' + safe.replace("\"", "\"\"") + '"'
        : safe;
  }
}
