package org.kedge.telemetry.internal.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.LocalPage;

/** What capabilities show beside the node's own pages, and how much of it at a time. */
final class LocalPages {
  /** For one answer: all that a ledger has is more than a browser takes in seconds. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  static final String RETRY_SECONDS = "30";
  static final String QUERY =
      "A query is at most 16 names with a value each, none twice, percent-encoded, of 2000 characters in all.";

  private static final int AT_ONCE = 2;
  private static final int QUERY_LONGEST = 2000;
  private static final int QUERY_MOST = 16;

  private final Supplier<List<LocalPage>> pages;
  private final Duration limit;
  private final Semaphore answering = new Semaphore(AT_ONCE);

  LocalPages(Supplier<List<LocalPage>> pages, Duration limit) {
    this.pages = pages;
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  Optional<LocalPage> find(String path) {
    return pages.get().stream().filter(page -> page.path().equals(path)).findFirst();
  }

  List<String> paths() {
    return pages.get().stream().map(LocalPage::path).toList();
  }

  /** Whether one more may be answered; whoever was let in has to {@link #leave()}. */
  boolean enter() {
    return answering.tryAcquire();
  }

  void leave() {
    answering.release();
  }

  /**
   * What stands behind the path, decoded.
   *
   * @param raw as it came; null where nothing did
   * @return empty where it is none that is taken
   */
  static Optional<Map<String, String>> query(@Nullable String raw) {
    if (raw == null || raw.isEmpty()) {
      return Optional.of(Map.of());
    }
    var parts = raw.split("&", QUERY_MOST + 1);
    if (raw.length() > QUERY_LONGEST || parts.length > QUERY_MOST) {
      return Optional.empty();
    }
    var values = new HashMap<String, String>();
    try {
      for (var part : parts) {
        var sign = part.indexOf('=');
        if (sign < 1
            || values.put(decoded(part.substring(0, sign)), decoded(part.substring(sign + 1)))
                != null) {
          return Optional.empty();
        }
      }
    } catch (IllegalArgumentException e) {
      // A percent sign without two digits behind it: no query at all, and nothing more to say of
      // it.
      return Optional.empty();
    }
    return Optional.of(Map.copyOf(values));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
