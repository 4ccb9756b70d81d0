package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native part from a folder of our own, not from the folder for temporary files, which a gateway may have mounted
 * without the right to run anything from it.
 */
final class NativePart {
  private static final String FOLDER = "org.sqlite.tmpdir";

  private NativePart() {}

  /** Loads it where it is not loaded yet. @return why it cannot be; empty where it is there */
  static Optional<String> load(Path folder) {
    // The property is the whole JVM's, and a gateway may have an SQLite of its own that reads it.
    synchronized (SQLiteJDBCLoader.class) {
      var before = System.getProperty(FOLDER);
      try {
        Files.createDirectories(folder);
        System.setProperty(FOLDER, folder.toString());
        // Takes away what processes before have left there, too.
        SQLiteJDBCLoader.initialize();
        return Optional.empty();
      } catch (IOException e) {
        return Optional.of("the folder " + folder + " cannot be made: " + e.getMessage());
      } catch (UnsatisfiedLinkError | Exception e) {
        return Optional.of("SQLite's native part does not load from " + folder
            + "; there is none for this processor (" + System.getProperty("os.arch")
            + "), or nothing may be run from that folder: " + e.getMessage());
      } finally {
        restore(before);
      }
    }
  }

  private static void restore(@Nullable String before) {
    if (before == null) {
      System.clearProperty(FOLDER);
    } else {
      System.setProperty(FOLDER, before);
    }
  }
}
