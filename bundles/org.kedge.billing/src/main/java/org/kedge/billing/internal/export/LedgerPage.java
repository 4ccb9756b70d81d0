package org.kedge.billing.internal.export;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.base.api.LocalPage;
import org.kedge.billing.internal.sqlite.SqliteBooks;

/**
 * The ledger of a running node, for who asks on the node itself: {@code /ledger?from=2026-11-22&to=2026-11-23&format=jsonl}. The last
 * 24 hours as CSV where nothing else is asked for.
 */
public final class LedgerPage implements LocalPage {
  private final Supplier<Optional<SqliteBooks>> books;
  private final InstantSource clock;

  /** @param books empty while they are not open */
  public LedgerPage(Supplier<Optional<SqliteBooks>> books, InstantSource clock) {
    this.books = books;
    this.clock = clock;
  }

  @Override
  public String path() {
    return "/ledger";
  }

  @Override
  public Answer answer(Map<String, String> query) {
    for (var name : query.keySet()) {
      if (!name.equals("from") && !name.equals("to") && !name.equals("format")) {
        return new Answer.Misunderstood(
            "There is no '" + name + "'; there are from, to and format.");
      }
    }
    var format = Format.of(query.getOrDefault("format", "csv"));
    if (format.isEmpty()) {
      return new Answer.Misunderstood("'format' is csv or jsonl.");
    }
    var asked = Span.of(query.get("from"), query.get("to"), clock.instant());
    if (asked instanceof Span.Asked.Misunderstood not) {
      return new Answer.Misunderstood(not.why() + ".");
    }
    var span = ((Span.Asked.Understood) asked).span();
    var open = books.get();
    if (open.isEmpty()) {
      return new Answer.NotNow("The ledger is not open.");
    }
    return new Answer.Told(format.get().type(), out -> {
      var writer = new LedgerWriter(format.get(), out);
      open.get().read(span.from(), span.to(), writer);
      writer.flush();
    });
  }
}
