package org.kedge.billing.internal.channel;

import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.Uptime;

/** When to try again what failed: later and later. Used by one thread at a time. */
final class Retry {
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private Duration pause = FIRST;
  private Optional<Uptime> notBefore = Optional.empty();
  private boolean isUnderWay;

  boolean isDue(Uptime now) {
    return !isUnderWay && notBefore.filter(now::isBefore).isEmpty();
  }

  void begin() {
    isUnderWay = true;
  }

  void done() {
    isUnderWay = false;
    pause = FIRST;
    notBefore = Optional.empty();
  }

  /** Whether nothing failed since it last was done: what fails now is news. */
  boolean isFirst() {
    return pause.equals(FIRST);
  }

  void failed(Uptime now) {
    isUnderWay = false;
    notBefore = Optional.of(now.plus(pause));
    var twice = pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
  }
}
