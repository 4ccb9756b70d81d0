package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Folders for tests that open many databases: in memory where there is such a place, as each of them is synced. */
final class Scratch {
  private static final Path MEMORY = Path.of("/dev/shm");

  private Scratch() {}

  static Path make() throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "kedge-ledger")
        : Files.createTempDirectory("kedge-ledger");
  }

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
