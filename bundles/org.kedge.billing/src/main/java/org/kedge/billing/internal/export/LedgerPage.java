package org.kedge.billing.internal.export;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.base.api.LocalPage;
import org.kedge.billing.internal.sqlite.SqliteBooks;

/** The ledger of a running node, for who asks on the node itself. */
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
    throw new UnsupportedOperationException(books.get().toString() + clock);
  }
}
