package org.kedge.billing.internal.export;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.sqlite.LedgerReader;
import org.kedge.billing.internal.sqlite.SavedLedger;

/** Exports a ledger whose node does not run, or one that was set aside. */
public final class LedgerMain {
  private static final int DONE = 0;
  private static final int DAMAGED = 1;
  private static final int MISUNDERSTOOD = 2;
  private static final int NOT_NOW = 3;
  private static final long TELL_EACH = 100_000;
  private static final List<String> OPTIONS = List.of("--from", "--to", "--format", "--file");
  private static final String HELP = """
      Exports the ledger of a node that does not run, or one that was set aside as damaged.

        export --file FILE [--from TIME] [--to TIME] [--format csv|jsonl]

        --file    the database, such as DATA/billing/ledger.db
        --from    a date such as 2026-11-22 or a moment such as 2026-11-22T08:00:00Z; else a day before --to
        --to      the same, a date with all of its day; else now
        --format  csv: entries alone, which is the standard; jsonl: statements and gaps, too

      What is exported goes to the standard output. Ends with 0, with 1 where the ledger is damaged and only a part could be
      read, with 2 where a request is not understood, and with 3 where the ledger cannot be read now.
      """;

  private LedgerMain() {}

  public static void main(String[] arguments) throws IOException {
    System.exit(run(List.of(arguments), System.out, System.err, Instant.now()));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err, Instant now)
      throws IOException {
    if (arguments.isEmpty() || arguments.contains("--help")) {
      out.print(HELP);
      out.flush();
      return arguments.isEmpty() ? MISUNDERSTOOD : DONE;
    }
    var options = new HashMap<String, String>();
    var wrong = read(arguments, options);
    var format = Format.of(options.getOrDefault("--format", "csv"));
    var asked = Span.of(options.get("--from"), options.get("--to"), now);
    var file = Optional.ofNullable(options.get("--file"));
    if (wrong.isEmpty() && file.isEmpty()) {
      wrong = Optional.of("--file is missing");
    }
    if (wrong.isEmpty() && format.isEmpty()) {
      wrong = Optional.of("--format is csv or jsonl");
    }
    if (wrong.isEmpty() && asked instanceof Span.Asked.Misunderstood not) {
      wrong = Optional.of(not.why());
    }
    if (wrong.isPresent()
        || file.isEmpty()
        || format.isEmpty()
        || !(asked instanceof Span.Asked.Understood understood)) {
      err.println("ledger: " + wrong.orElse("not understood") + ". --help tells more.");
      return MISUNDERSTOOD;
    }
    return export(Path.of(file.get()), understood.span(), format.get(), out, err);
  }

  private static Optional<String> read(List<String> arguments, Map<String, String> options) {
    if (!arguments.get(0).equals("export")) {
      return Optional.of("'" + arguments.get(0) + "' is not known; there is export");
    }
    for (var at = 1; at < arguments.size(); at += 2) {
      var name = arguments.get(at);
      if (!OPTIONS.contains(name)) {
        return Optional.of("'" + name + "' is not known");
      }
      if (at + 1 == arguments.size()) {
        return Optional.of(name + " needs a value");
      }
      options.put(name, arguments.get(at + 1));
    }
    return Optional.empty();
  }

  private static int export(Path file, Span span, Format format, PrintStream out, PrintStream err)
      throws IOException {
    var work = Files.createTempDirectory("kedge-ledger");
    try {
      var writer = new LedgerWriter(format, out);
      var outcome = SavedLedger.read(file, work, span.from(), span.to(), new Progress(writer, err));
      writer.flush();
      out.flush();
      if (outcome instanceof SavedLedger.Outcome.NotNow not) {
        err.println("ledger: " + file + " cannot be read: " + not.why() + ".");
        return NOT_NOW;
      }
      if (outcome instanceof SavedLedger.Outcome.Damaged damaged) {
        err.println("ledger: " + file + " is damaged: " + damaged.why() + ". " + writer.written()
            + " records could be read before that.");
        return DAMAGED;
      }
      if (out.checkError()) {
        err.println("ledger: what was exported could not be written.");
        return NOT_NOW;
      }
      return DONE;
    } finally {
      delete(work);
    }
  }

  /** Tells how far it is, where it takes long. */
  private record Progress(LedgerWriter writer, PrintStream err) implements LedgerReader {
    @Override
    public void entry(LedgerEntry entry) throws IOException {
      writer.entry(entry);
      if (writer.written() % TELL_EACH == 0) {
        err.println("ledger: " + writer.written() + " records, up to " + entry.at());
      }
    }

    @Override
    public void statements(SignedStatements statements) throws IOException {
      writer.statements(statements);
    }

    @Override
    public void gap(Gap gap) throws IOException {
      writer.gap(gap);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
