package org.kedge.billing.internal.export;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which time is exported.
 *
 * @param to the first second that is not
 */
record Span(Instant from, Instant to) {
  private static final Duration STANDARD = Duration.ofHours(24);

  /** What was asked for, or the reason why it is not understood. */
  sealed interface Asked {
    record Understood(Span span) implements Asked {}

    record Misunderstood(String why) implements Asked {}
  }

  /**
   * Reads both ends, each a date or a moment; a date as the last is meant whole.
   *
   * @param from a day before {@code to} where it is missing
   * @param to {@code now} where it is missing
   */
  static Asked of(@Nullable String from, @Nullable String to, Instant now) {
    var end = to == null ? Optional.of(now.plusSeconds(1)) : moment(to, 1);
    if (end.isEmpty()) {
      return misunderstood("to", String.valueOf(to));
    }
    var begin = from == null ? Optional.of(end.get().minus(STANDARD)) : moment(from, 0);
    if (begin.isEmpty()) {
      return misunderstood("from", String.valueOf(from));
    }
    return begin.get().isBefore(end.get())
        ? new Asked.Understood(new Span(begin.get(), end.get()))
        : new Asked.Misunderstood("'from' has to be before 'to'");
  }

  private static Asked misunderstood(String name, String value) {
    return new Asked.Misunderstood("'" + name
        + "' is a date such as 2026-11-23 or a moment such as 2026-11-23T08:00:00Z, not '" + value
        + "'");
  }

  private static Optional<Instant> moment(String text, int days) {
    try {
      var moment = text.indexOf('T') < 0
          ? LocalDate.parse(text).plusDays(days).atStartOfDay().toInstant(ZoneOffset.UTC)
          : Instant.parse(text);
      // What SQLite's numbers of rows reach, and more than any calendar needs.
      return Optional.of(moment)
          .filter(one -> one.atOffset(ZoneOffset.UTC).getYear() >= 0)
          .filter(one -> one.atOffset(ZoneOffset.UTC).getYear() <= 9999);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
