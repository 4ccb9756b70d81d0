package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Spans and lists as people say them. */
final class Spoken {
  private Spoken() {}

  /** Two units at most: {@code 12 s}, {@code 4 min 10 s}, {@code 2 h 5 min}, {@code 3 d 4 h}. */
  static String span(Duration span) {
    if (span.toDays() > 0) {
      return pair(span.toDays(), "d", span.toHoursPart(), "h");
    }
    if (span.toHours() > 0) {
      return pair(span.toHours(), "h", span.toMinutesPart(), "min");
    }
    if (span.toMinutes() > 0) {
      return pair(span.toMinutes(), "min", span.toSecondsPart(), "s");
    }
    return Math.max(0, span.toSeconds()) + " s";
  }

  /** Time of day in UTC. */
  static String clock(Instant at) {
    return at.atOffset(ZoneOffset.UTC)
        .toLocalTime()
        .truncatedTo(ChronoUnit.SECONDS)
        .format(DateTimeFormatter.ISO_LOCAL_TIME);
  }

  private static String pair(long large, String largeUnit, int small, String smallUnit) {
    var text = large + " " + largeUnit;
    return small == 0 ? text : text + " " + small + " " + smallUnit;
  }

  /** {@code n1}, {@code n1 and n2}, {@code n1, n2 and n3}, {@code n1, n2, n3 and 4 more}. */
  static String list(List<String> words, int limit) {
    if (words.size() > limit) {
      return String.join(", ", words.subList(0, limit))
          + " and "
          + (words.size() - limit)
          + " more";
    }
    if (words.size() < 2) {
      return String.join("", words);
    }
    var last = words.size() - 1;
    return String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }
}
