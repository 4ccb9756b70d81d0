package org.kedge.base.internal.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/** Memory, flash, descriptors, traffic and clock of the node, read when asked; a file that cannot be read leaves its figures out. */
public final class Vitals {
  /** Kedge was not there before: a clock that says so has not been set since power came. */
  static final Instant EARLIEST = Instant.parse("2026-11-01T00:00:00Z");

  private static final Duration STEP = Duration.ofSeconds(5);

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
  private Optional<Stamp> last = Optional.empty();
  private Optional<String> stepped = Optional.empty();

  private record Stamp(Instant wall, Uptime steady) {}

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
    var now = new Stamp(wallClock.instant(), uptime.now());
    last.ifPresent(before -> {
      var step =
          Duration.between(before.wall(), now.wall()).minus(now.steady().since(before.steady()));
      // A clock that is set after power came has not been trusted yet: only a later step is news.
      if (step.abs().compareTo(STEP) > 0 && !before.wall().isBefore(EARLIEST)) {
        stepped =
            Optional.of("the clock stepped by " + step.toSeconds() + " s at " + before.wall());
      }
    });
    last = Optional.of(now);
    var early = now.wall().isBefore(EARLIEST);
    return Figures.builder()
        .flag("trusted", !early && stepped.isEmpty())
        .text(
            "evidence",
            early
                ? "the clock says " + now.wall() + ", which is before this software was made"
                : stepped.orElse("plausible and no step seen since the start"))
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
