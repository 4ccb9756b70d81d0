package org.kedge.base.internal.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/** Memory, flash, descriptors and clock of the node, read when asked; a file that cannot be read leaves its figures out. */
public final class Vitals {
  /** Kedge was not there before: a clock that says so has not been set since power came. */
  static final Instant EARLIEST = Instant.parse("2026-11-01T00:00:00Z");

  private static final Duration STEP = Duration.ofSeconds(5);

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
    return Figures.builder()
        .section("clock", clock())
        .section("memory", memory())
        .section("flash", flash())
        .section("descriptors", descriptors())
        .build();
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

  private Iterable<String> lines(String file) {
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
