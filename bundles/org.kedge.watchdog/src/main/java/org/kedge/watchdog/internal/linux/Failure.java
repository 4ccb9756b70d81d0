package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import org.kedge.watchdog.internal.libc.Libc.Refusal;

/** Why the kernel did not let a device be opened or written. */
enum Failure {
  NO_FILE(2, "No such file or directory"),
  NOT_PERMITTED(1, "Operation not permitted"),
  DENIED(13, "Permission denied"),
  BUSY(16, "Device or resource busy"),
  NO_DEVICE(19, "No such device"),
  OTHER(0, "");

  private final int number;
  private final String words;

  Failure(int number, String words) {
    this.number = number;
    this.words = words;
  }

  static Failure of(IOException e) {
    if (e instanceof Refusal refusal) {
      return Arrays.stream(values())
          .filter(one -> one.number == refusal.number())
          .findFirst()
          .orElse(OTHER);
    }
    if (e instanceof NoSuchFileException) {
      return NO_FILE;
    }
    if (e instanceof AccessDeniedException) {
      return DENIED;
    }
    // Java has no number for the rest, only the system's words.
    var said = words(e);
    return Arrays.stream(values())
        .filter(one -> one.words.equals(said))
        .findFirst()
        .orElse(OTHER);
  }

  /** In the system's words where it has some. */
  static String words(IOException e) {
    var said = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return said == null ? e.toString() : said;
  }
}
