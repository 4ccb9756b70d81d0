package org.kedge.base.internal.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.ClockTrust;
import org.kedge.base.api.Figures;
import org.kedge.base.api.UptimeSource;

/** Memory, flash, descriptors, traffic and clock of the node, read when asked; a file that cannot be read leaves its figures out. */
public final class Vitals {
  private static final String LOOPBACK = "lo";

  /** A snapshot stays small on a node with an interface for each of many clients. */
  private static final int INTERFACES_TOLD = 32;

  /** Name, bytes received, seven more counts, bytes sent. */
  private static final Pattern INTERFACE =
      Pattern.compile("\\s*([^:\\s]+):\\s*(\\d{1,18})(?:\\s+\\d+){7}\\s+(\\d{1,18})\\b.*");

  private final Path proc;
  private final Path data;
  private final InstantSource wallClock;
  private final UptimeSource uptime;
  private final ClockTrust clock = new ClockTrust();

  public Vitals(Path proc, Path data, InstantSource wallClock, UptimeSource uptime) {
    this.proc = proc;
    this.data = data;
    this.wallClock = wallClock;
    this.uptime = uptime;
  }

  /** Reads all of it; a few small files, below a millisecond. */
  public synchronized Figures figures() {
    var figures = Figures.builder()
        .section("clock", clock())
        .section("memory", memory())
        .section("flash", flash())
        .section("descriptors", descriptors());
    traffic().ifPresent(traffic -> figures.section("traffic", traffic));
    return figures.build();
  }

  private Figures clock() {
    var trust = clock.look(wallClock.instant(), uptime.now());
    return Figures.builder()
        .flag("trusted", trust.isTrusted())
        .text("evidence", trust.evidence())
        .build();
  }

  private Figures memory() {
    var figures = Figures.builder();
    for (var line : lines("meminfo")) {
      if (line.startsWith("MemTotal:")) {
        figures.bytes("total", kibibytes(line));
      } else if (line.startsWith("MemAvailable:")) {
        figures.bytes("available", kibibytes(line));
      }
    }
    for (var line : lines("self/status")) {
      if (line.startsWith("VmRSS:")) {
        figures.bytes("resident", kibibytes(line));
      }
    }
    var runtime = Runtime.getRuntime();
    return figures
        .bytes("heap_used", new Bytes(runtime.totalMemory() - runtime.freeMemory()))
        .build();
  }

  private Figures flash() {
    try {
      var store = Files.getFileStore(data);
      return Figures.builder()
          .bytes("free", new Bytes(store.getUsableSpace()))
          .bytes("total", new Bytes(store.getTotalSpace()))
          .build();
    } catch (IOException e) {
      return Figures.builder()
          .text("unseen", "the data folder's file system cannot be read: " + e.getMessage())
          .build();
    }
  }

  private Figures descriptors() {
    var figures = Figures.builder();
    try (var open = Files.list(proc.resolve("self/fd"))) {
      figures.count("used", open.count());
    } catch (IOException | UncheckedIOException e) {
      figures.text("unseen", "own descriptors cannot be counted: " + e.getMessage());
    }
    for (var line : lines("self/limits")) {
      if (line.startsWith("Max open files")) {
        var soft = line.substring("Max open files".length()).strip().replaceAll("\\s.*", "");
        if (soft.matches("\\d{1,18}")) {
          figures.count("limit", Long.parseLong(soft));
        }
      }
    }
    return figures.build();
  }

  private record Interface(String name, Bytes received, Bytes sent) {
    Bytes both() {
      return new Bytes(received.count() + sent.count());
    }

    Figures figures() {
      return Figures.builder()
          .text("name", name)
          .bytes("received", received)
          .bytes("sent", sent)
          .build();
    }
  }

  /** Counts of the kernel in this network namespace since each interface came; empty where they cannot be read. */
  private Optional<Figures> traffic() {
    var lines = lines("net/dev");
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    var all = lines.stream()
        .map(INTERFACE::matcher)
        .filter(Matcher::matches)
        .filter(line -> !line.group(1).equals(LOOPBACK))
        .map(line -> new Interface(
            line.group(1),
            new Bytes(Long.parseLong(line.group(2))),
            new Bytes(Long.parseLong(line.group(3)))))
        .toList();
    var busiest = all.stream()
        .sorted(Comparator.comparing(Interface::both).reversed())
        .limit(INTERFACES_TOLD)
        .collect(Collectors.toSet());
    return Optional.of(Figures.builder()
        .list(
            "interfaces",
            all.stream().filter(busiest::contains).map(Interface::figures).toList())
        .build());
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(proc.resolve(file));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Bytes kibibytes(String line) {
    var digits = line.replaceAll("\\D", "");
    return digits.isEmpty() ? Bytes.NONE : Bytes.kibi(Long.parseLong(digits));
  }
}
