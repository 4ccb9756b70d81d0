package org.kedge.sim.mesh.console;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What is known of a node's past, by the times at which things happened, not those at which they were told; immutable.
 *
 * @param stretches without holes from the first word to the moment it was asked for, oldest first
 * @param bars by their beginning
 * @param marks oldest first
 */
public record TimeLine(List<Stretch> stretches, List<Bar> bars, List<Mark> marks) {
  static final TimeLine EMPTY = new TimeLine(List.of(), List.of(), List.of());

  public TimeLine {
    stretches = List.copyOf(stretches);
    bars = List.copyOf(bars);
    marks = List.copyOf(marks);
  }

  /** A time in which the node was heard, or was not. */
  public record Stretch(Instant from, Instant until, Told told) {}

  /** What is known of a stretch. */
  public enum Told {
    /** Heard as it happened. */
    LIVE,
    /** Nothing came at the time; the node told it afterwards. */
    AFTERWARDS,
    /** No word so far. */
    NOTHING;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A fault from raised to its end. */
  public record Bar(
      String kind, String blame, String evidence, Instant from, Instant until, End end) {}

  /** What ended a bar. */
  public enum End {
    CLEARED,
    /** It stands. */
    STANDS,
    /** It stood when the node was last heard. */
    UNHEARD;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Something that happened at a moment; {@code kind} is a word of the node's journal or the name of an event. */
  public record Mark(Instant at, String kind, String fault, String remedy, String words) {}
}
