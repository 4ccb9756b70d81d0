package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.Locale;

/** Times as people read them and as ladders write them. */
final class Span {
  private Span() {}

  /** In the largest unit that leaves no remainder worth telling, such as {@code 90 s}, {@code 30 min} or {@code 6 h}. */
  static String of(Duration time) {
    var seconds = time.toSeconds();
    if (seconds >= 2 * 86_400 && seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    if (seconds >= 3_600 && seconds % 3_600 == 0) {
      return seconds / 3_600 + " h";
    }
    if (seconds >= 120 && seconds % 60 == 0) {
      return seconds / 60 + " min";
    }
    return seconds + " s";
  }

  /** A time that was measured: with tenths where it is short, rounded where it is long. */
  static String about(Duration time) {
    var seconds = Math.max(0, time.toSeconds());
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", Math.max(0, time.toMillis()) / 1000.0);
    }
    if (seconds >= 3 * 3_600) {
      return Math.round(seconds / 3_600.0) + " h";
    }
    return seconds >= 180 ? Math.round(seconds / 60.0) + " min" : seconds + " s";
  }
}
