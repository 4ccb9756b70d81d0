package org.kedge.billing.internal.sqlite;

import java.nio.file.Path;
import java.util.Optional;

/** What became of opening the books. */
public sealed interface Opened {
  /**
   * In use.
   *
   * @param news for people, where something was put right
   */
  record Ready(SqliteBooks books, Optional<String> news) implements Opened {}

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
