package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.kedge.billing.internal.core.ledger.Books.Posted;

/** What books cost: time and bytes that go to storage. */
final class LedgerCost {
  private LedgerCost() {}

  /**
   * Of charges.
   *
   * @param bytesWritten handed to storage by this process, as the kernel counts them, for each charge
   */
  record Cost(
      int entries,
      Duration eachCharge,
      long entriesEachSecond,
      long bytesWritten,
      long fileBytes) {}

  /** Books so many charges into new books in a folder, which is left. */
  static Cost of(Path folder, int charges, int neighbours, int counters) throws IOException {
    var books = ((Opened.Ready) SqliteBooks.open(folder, Sample.START, true)).books();
    try (books) {
      var written = written();
      var began = System.nanoTime();
      var entries = 0;
      for (var minute = 0; minute < charges; minute++) {
        var posted = books.post(Sample.tick(minute, neighbours, counters));
        entries += ((Posted.Done) posted).booked();
      }
      var took = System.nanoTime() - began;
      return new Cost(
          entries,
          Duration.ofNanos(took / charges),
          entries * 1_000_000_000L / took,
          (written() - written) / charges,
          Files.size(folder.resolve("ledger.db")));
    }
  }

  private static long written() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith("write_bytes: "))
        .mapToLong(line -> Long.parseLong(line.substring("write_bytes: ".length())))
        .findFirst()
        .orElseThrow();
  }
}
