package org.kedge.billing.internal.sqlite;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kedge.billing.internal.core.ledger.Promise;

/** What became of opening the books. */
public sealed interface Opened {
  /**
   * In use.
   *
   * @param promises prices that hold
   * @param news for people, where something was put right
   */
  record Ready(SqliteBooks books, List<Promise> promises, Optional<String> news) implements Opened {
    public Ready {
      promises = List.copyOf(promises);
    }
  }

  /**
   * New books, as the ones found are damaged.
   *
   * @param books begin from what was last agreed with each neighbour
   * @param damaged where the damaged database was put
   * @param why what is wrong with it
   */
  record SetAside(SqliteBooks books, Path damaged, String why) implements Opened {}

  /** No books: the folder cannot be written, another process has them, or a newer Kedge wrote them. Nothing was changed. */
  record NotNow(String why) implements Opened {}
}
