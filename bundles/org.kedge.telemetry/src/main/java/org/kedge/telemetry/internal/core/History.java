package org.kedge.telemetry.internal.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Uptime;

/**
 * A few figures of the last day, one point each minute, in a fixed piece of memory (70 KB) that is lost with the runtime. Any
 * thread; nothing here takes longer than copying that piece.
 */
public final class History {
  /** How often {@link #note} is to be called. */
  public static final Duration PERIOD = Duration.ofMinutes(1);

  static final int POINTS = (int) (Duration.ofDays(1).toSeconds() / PERIOD.toSeconds());
  private static final long ABSENT = -1;
  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] nanos = new long[POINTS];
  private final long[][] values = new long[Measure.values().length][POINTS];
  private Map<String, Counted> counted = Map.of();
  private int begin;
  private int size;

  /** What is kept, by the name under which it is told. */
  public enum Measure {
    /** All interfaces together; a tunnel and the link it runs over both count. */
    RECEIVED("received_bytes_per_second"),
    SENT("sent_bytes_per_second"),
    AVAILABLE("memory_available_bytes"),
    RESIDENT("memory_resident_bytes"),
    HEAP_USED("memory_heap_used_bytes");

    private final String figure;

    Measure(String figure) {
      this.figure = figure;
    }

    public String figure() {
      return figure;
    }
  }

  /** At one moment; a measure that was not known then is not in it. */
  public record Point(Uptime at, Map<Measure, Long> values) {
    public Point {
      values = Map.copyOf(values);
    }
  }

  private record Counted(long received, long sent) {}

  /**
   * Keeps one point; the oldest goes where there are as many as a day has. One from before the latest is dropped.
   *
   * @param figures with sections {@code memory} and {@code traffic} as the snapshot has them; either may be missing
   */
  public synchronized void note(Uptime now, Figures figures) {
    var before = size == 0 ? OptionalLong.empty() : OptionalLong.of(nanos[place(size - 1)]);
    if (before.isPresent() && now.nanos() <= before.getAsLong()) {
      return;
    }
    if (size == POINTS) {
      begin = place(1);
    } else {
      size++;
    }
    var at = place(size - 1);
    nanos[at] = now.nanos();
    var memory = section(figures, "memory");
    put(at, Measure.AVAILABLE, number(memory, "available_bytes"));
    put(at, Measure.RESIDENT, number(memory, "resident_bytes"));
    put(at, Measure.HEAP_USED, number(memory, "heap_used_bytes"));
    var counts = counts(figures);
    var elapsed = now.nanos() - before.orElse(now.nanos());
    put(at, Measure.RECEIVED, rate(counts, elapsed, true));
    put(at, Measure.SENT, rate(counts, elapsed, false));
    counted = counts;
  }

  /** Oldest first. */
  public synchronized List<Point> points() {
    var points = new Point[size];
    for (var number = 0; number < size; number++) {
      var at = place(number);
      var known = new EnumMap<Measure, Long>(Measure.class);
      for (var measure : Measure.values()) {
        var value = values[measure.ordinal()][at];
        if (value != ABSENT) {
          known.put(measure, value);
        }
      }
      points[number] = new Point(new Uptime(nanos[at]), known);
    }
    return Arrays.asList(points);
  }

  private int place(int number) {
    return (begin + number) % POINTS;
  }

  private void put(int at, Measure measure, OptionalLong value) {
    values[measure.ordinal()][at] = value.orElse(ABSENT);
  }

  /** @return empty unless an interface that was counted before is counted still */
  private OptionalLong rate(Map<String, Counted> counts, long elapsed, boolean received) {
    var bytes = 0L;
    var any = false;
    for (var one : counts.entrySet()) {
      var before = Optional.ofNullable(counted.get(one.getKey()));
      if (before.isPresent()) {
        any = true;
        bytes += received
            ? grown(before.get().received(), one.getValue().received())
            : grown(before.get().sent(), one.getValue().sent());
      }
    }
    return any
        ? OptionalLong.of(Math.round(bytes / (elapsed / NANOS_PER_SECOND)))
        : OptionalLong.empty();
  }

  /** An interface that went and came again counts from nought. */
  private static long grown(long before, long now) {
    return now >= before ? now - before : now;
  }

  private static Map<String, Counted> counts(Figures figures) {
    var counts = new HashMap<String, Counted>();
    if (section(figures, "traffic").values().get("interfaces") instanceof List<?> interfaces) {
      for (var one : interfaces) {
        if (one instanceof Figures line && line.values().get("name") instanceof String name) {
          var received = number(line, "received_bytes");
          var sent = number(line, "sent_bytes");
          if (received.isPresent() && sent.isPresent()) {
            counts.put(name, new Counted(received.getAsLong(), sent.getAsLong()));
          }
        }
      }
    }
    return counts;
  }

  private static Figures section(Figures figures, String name) {
    return figures.values().get(name) instanceof Figures section ? section : new Figures(Map.of());
  }

  private static OptionalLong number(Figures figures, String name) {
    return figures.values().get(name) instanceof Long number && number >= 0
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }
}
