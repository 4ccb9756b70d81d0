package org.kedge.gateway;

import java.time.Duration;
import java.util.Locale;

/** Spans as people read them. */
final class Seconds {
  private Seconds() {}

  static String of(Duration span) {
    return String.format(Locale.ROOT, "%.1f s", span.toMillis() / 1e3);
  }
}
