package org.kedge.babel.internal.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessState;
import org.kedge.babel.internal.core.ProcessView;

/** Reads processes from {@code /proc}. Any thread; reads a handful of small files. */
public final class ProcFs {
  /** The kernel shows processor time in hundredths of a second on every architecture Kedge runs on. */
  private static final Duration TICK = Duration.ofMillis(10);

  private static final int STATE = 0;
  private static final int USER_TIME = 11;
  private static final int KERNEL_TIME = 12;
  private static final String OPEN_FILES = "Max open files";
  private static final int LIMIT_COLUMN = 26;
  private static final int SOCKET_FIELDS = 7;
  private static final int LISTENS = 0x10000;
  private static final String CONNECTED = "03";

  private final Path procRoot;

  public ProcFs(Path procRoot) {
    this.procRoot = procRoot;
  }

  public ProcessLook look(long pid) {
    var folder = procRoot.resolve(Long.toString(pid));
    try {
      var stat = read(folder.resolve("stat"));
      // The name stands in parentheses and may hold blanks and parentheses itself.
      var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
      if (stat.lastIndexOf(')') < 0 || fields.length <= KERNEL_TIME) {
        return new ProcessLook.Unseen(folder + "/stat is cut short: " + stat.strip());
      }
      var letter = fields[STATE].charAt(0);
      if (letter == 'Z' || letter == 'X' || letter == 'x') {
        return new ProcessLook.Gone();
      }
      return new ProcessLook.Alive(new ProcessView(
          pid,
          ProcessState.of(letter),
          TICK.multipliedBy(
              Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[KERNEL_TIME])),
          processorWait(folder.resolve("schedstat")),
          descriptors(folder.resolve("fd")),
          descriptorLimit(folder.resolve("limits")),
          commandLine(folder.resolve("cmdline"))));
    } catch (NoSuchFileException e) {
      return new ProcessLook.Gone();
    } catch (IOException e) {
      // A process that ends while it is read answers so, and its folder is gone a moment later.
      return Files.exists(folder)
          ? new ProcessLook.Unseen(folder + " cannot be read: " + e.getMessage())
          : new ProcessLook.Gone();
    } catch (NumberFormatException e) {
      return new ProcessLook.Unseen(folder + "/stat is not its format: " + e.getMessage());
    }
  }

  /**
   * How many clients hold a unix socket, as the process {@code pid} sees it from its own network namespace. Those that wait to be
   * accepted are not counted: four counted and one's own waiting is a babeld that is full, none counted is one that is frozen.
   *
   * @param path as it was given to the process that listens
   * @return empty if it cannot be read or nobody listens there
   */
  public OptionalInt socketClients(long pid, String path) {
    String table;
    try {
      table = read(procRoot.resolve(Long.toString(pid)).resolve("net/unix"));
    } catch (IOException e) {
      return OptionalInt.empty();
    }
    var listens = false;
    var clients = 0;
    for (var line : (Iterable<String>) table.lines()::iterator) {
      // Num RefCount Protocol Flags Type St Inode Path
      var fields = line.strip().split(" +", SOCKET_FIELDS + 1);
      if (fields.length <= SOCKET_FIELDS || !fields[SOCKET_FIELDS].equals(path)) {
        continue;
      }
      if (isListening(fields[3])) {
        listens = true;
      } else if (fields[5].equals(CONNECTED)) {
        clients++;
      }
    }
    return listens ? OptionalInt.of(clients) : OptionalInt.empty();
  }

  private static boolean isListening(String flags) {
    try {
      return (Integer.parseUnsignedInt(flags, 16) & LISTENS) != 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Optional<Duration> processorWait(Path schedstat) {
    try {
      // Time on a processor, time waiting for one, both in nanoseconds, and the number of turns.
      var fields = read(schedstat).strip().split(" ", -1);
      return fields.length < 2
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(Long.parseLong(fields[1])));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static OptionalLong descriptors(Path folder) {
    try (var entries = Files.newDirectoryStream(folder)) {
      var count = 0L;
      for (var iterator = entries.iterator(); iterator.hasNext(); iterator.next()) {
        count++;
      }
      return OptionalLong.of(count);
    } catch (IOException | DirectoryIteratorException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong descriptorLimit(Path file) throws IOException {
    for (var line : (Iterable<String>) readIfAllowed(file).lines()::iterator) {
      if (line.startsWith(OPEN_FILES) && line.length() > LIMIT_COLUMN) {
        var soft = line.substring(LIMIT_COLUMN).strip().split(" ", 2)[0];
        return soft.chars().allMatch(Character::isDigit) && !soft.isEmpty()
            ? OptionalLong.of(Long.parseLong(soft))
            : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  private static String commandLine(Path file) throws IOException {
    return readIfAllowed(file).replace('\0', ' ').strip();
  }

  private static String readIfAllowed(Path file) throws IOException {
    try {
      return read(file);
    } catch (AccessDeniedException e) {
      return "";
    }
  }

  /** Bytes one by one: a name or an argument need not be text. */
  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
