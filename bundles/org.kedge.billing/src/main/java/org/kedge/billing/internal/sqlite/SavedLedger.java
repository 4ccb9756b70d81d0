package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;

/** A ledger whose node does not run, or one that was set aside, for reading. It is copied first: what was found stays as it is. */
public final class SavedLedger {
  private static final int READ_AT_ONCE = 500;

  private SavedLedger() {}

  /** What became of reading. */
  public sealed interface Outcome {
    record Read() implements Outcome {}

    /** All before this was read. */
    record Damaged(String why) implements Outcome {}

    /** Nothing was read. */
    record NotNow(String why) implements Outcome {}
  }

  /**
   * Reads as {@link SqliteBooks#read} does. A damaged database is read up to where it is damaged.
   *
   * @param file the database
   * @param work an empty folder for the copy and SQLite's native part, of the caller to take away
   */
  public static Outcome read(Path file, Path work, Instant from, Instant to, LedgerReader reader)
      throws IOException {
    if (!Files.isRegularFile(file)) {
      return new Outcome.NotNow("there is no file " + file);
    }
    var lockFile = file.resolveSibling(Opening.LOCK);
    if (file.endsWith(Store.FILE) && Files.exists(lockFile) && isHeld(lockFile)) {
      return new Outcome.NotNow("a running node has it, and holds the lock on " + lockFile);
    }
    var missing = NativePart.load(work.resolve("native"));
    if (missing.isPresent()) {
      return new Outcome.NotNow(missing.get());
    }
    Files.copy(file, work.resolve(Store.FILE));
    var log = file.resolveSibling(file.getFileName() + "-wal");
    if (Files.exists(log)) {
      Files.copy(log, work.resolve(Store.LOG));
    }
    try (var store = Store.openAsItIs(work)) {
      read(store, from, to, reader);
      return new Outcome.Read();
    } catch (SQLException e) {
      return new Outcome.Damaged(Failure.of(e).why());
    } catch (Damage | Store.Newer e) {
      return new Outcome.Damaged(String.valueOf(e.getMessage()));
    }
  }

  private static void read(Store store, Instant from, Instant to, LedgerReader reader)
      throws SQLException, Damage, IOException {
    var at = Entries.firstRow(from);
    var beyond = Entries.firstRow(to);
    for (var rows = store.entries.page(at, beyond, READ_AT_ONCE);
        !rows.isEmpty();
        rows = store.entries.page(at, beyond, READ_AT_ONCE)) {
      for (var row : rows) {
        reader.entry(row.entry());
        at = row.number() + 1;
      }
    }
    var behind = 0L;
    for (var said = store.talks.page(behind, from, to, READ_AT_ONCE);
        !said.isEmpty();
        said = store.talks.page(behind, from, to, READ_AT_ONCE)) {
      for (var one : said.entrySet()) {
        reader.statements(one.getValue());
        behind = one.getKey();
      }
    }
    for (var gap : store.gaps()) {
      if (gap.to().isAfter(from) && gap.from().isBefore(to)) {
        reader.gap(gap);
      }
    }
  }

  private static boolean isHeld(Path lockFile) throws IOException {
    try (var channel = FileChannel.open(lockFile, StandardOpenOption.READ);
        var lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      // This process has it.
      return true;
    }
  }
}
