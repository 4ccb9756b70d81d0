package org.kedge.board.internal.node;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.WatchedProcess;
import org.kedge.board.internal.core.Limits;
import org.kedge.board.internal.core.Limits.Look;

/** What the kernel tells of limits and their use; a dozen small files. Any thread. */
public final class LimitFiles {
  private static final String OPEN_FILES = "Max open files";
  private static final String UNLIMITED = "unlimited";

  private final Path proc;
  private final Path data;

  /** @param data where Kedge keeps its files */
  public LimitFiles(Path proc, Path data) {
    this.proc = proc;
    this.data = data;
  }

  /**
   * A process that does not run and a kernel that tracks no connections are left out.
   *
   * @param clients the load to judge by
   */
  public List<Look> look(List<WatchedProcess> processes, int clients) {
    var looks = new ArrayList<Look>();
    files(Look.Files.OWN, OptionalLong.empty(), Limits.ownFiles(clients)).ifPresent(looks::add);
    for (var process : processes) {
      var pid = process.pid();
      if (pid.isPresent()) {
        files(process.name(), pid, process.descriptorsNeeded()).ifPresent(looks::add);
      }
    }
    looks.add(memory());
    looks.add(flash());
    connections().ifPresent(looks::add);
    return looks;
  }

  private Optional<Look> files(String name, OptionalLong pid, long needed) {
    var folder = proc.resolve(pid.isPresent() ? Long.toString(pid.getAsLong()) : "self");
    try {
      var limits = limits(folder);
      return Optional.of(
          new Look.Files(name, pid, count(folder.resolve("fd")), limits.soft(), needed));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return pid.isPresent()
          ? Optional.empty()
          : Optional.of(new Look.Unseen(name + "-descriptors", e.getMessage() + " is not there"));
    } catch (IOException | DirectoryIteratorException e) {
      // A process that ends while it is looked at answers so.
      return pid.isPresent() && !Files.exists(folder)
          ? Optional.empty()
          : Optional.of(new Look.Unseen(
              name + "-descriptors", folder + " cannot be read: " + e.getMessage()));
    }
  }

  private static long count(Path folder) throws IOException {
    try (var entries = Files.newDirectoryStream(folder)) {
      var count = 0L;
      for (var iterator = entries.iterator(); iterator.hasNext(); iterator.next()) {
        count++;
      }
      return count;
    }
  }

  /** How many files a process may open: now, and how far it may raise that itself; empty where there is no limit. */
  record OpenFiles(OptionalLong soft, OptionalLong hard) {}

  private static OpenFiles limits(Path folder) throws IOException {
    for (var line : Files.readAllLines(folder.resolve("limits"))) {
      if (line.startsWith(OPEN_FILES)) {
        var words = line.substring(OPEN_FILES.length()).strip().split("\\s+", -1);
        if (words.length >= 2) {
          return new OpenFiles(limit(words[0]), limit(words[1]));
        }
      }
    }
    throw new IOException("there is no line '" + OPEN_FILES + "' with its two figures in limits");
  }

  private static OptionalLong limit(String word) throws IOException {
    if (word.equals(UNLIMITED)) {
      return OptionalLong.empty();
    }
    if (!word.matches("[0-9]{1,18}")) {
      throw new IOException("'" + word + "' is no limit");
    }
    return OptionalLong.of(Long.parseLong(word));
  }

  /** The limits of one process. */
  OpenFiles openFiles(OptionalLong pid) throws IOException {
    return limits(proc.resolve(pid.isPresent() ? Long.toString(pid.getAsLong()) : "self"));
  }

  private Look memory() {
    try {
      for (var line : Files.readAllLines(proc.resolve("meminfo"))) {
        if (line.matches("MemAvailable: +[0-9]{1,15} kB")) {
          return new Look.Memory(Bytes.kibi(Long.parseLong(line.replaceAll("\\D", ""))));
        }
      }
      return new Look.Unseen("memory", "meminfo does not tell what is available");
    } catch (IOException e) {
      return new Look.Unseen("memory", "meminfo cannot be read: " + e.getMessage());
    }
  }

  private Look flash() {
    try {
      return new Look.Flash(new Bytes(Files.getFileStore(data).getUsableSpace()));
    } catch (IOException e) {
      return new Look.Unseen("flash", data + " cannot be read: " + e.getMessage());
    }
  }

  private Optional<Look> connections() {
    var folder = proc.resolve("sys/net/netfilter");
    try {
      return Optional.of(new Look.Connections(
          number(folder.resolve("nf_conntrack_count")),
          number(folder.resolve("nf_conntrack_max"))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new Look.Unseen("conntrack", "it cannot be read: " + e.getMessage()));
    }
  }

  static long number(Path file) throws IOException {
    // By lines, which takes a large bite: of a file in /proc/sys the kernel gives the first bite
    // and nothing more, and asked for
    // all of a file of unknown length the JDK bites off a single byte.
    var lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).matches("[0-9]{1,18}")) {
      throw new IOException(file + " holds no number but " + lines);
    }
    return Long.parseLong(lines.get(0));
  }
}
