package org.kedge.billing.internal.core.neighbour;

import java.time.Duration;
import org.kedge.base.api.Uptime;

/** Lets so many pass at once, and then so many a second. */
final class TokenBucket {
  private final long each;
  private final long full;
  private long saved;
  private Uptime last;

  TokenBucket(int aSecond, int atOnce, Uptime now) {
    each = Duration.ofSeconds(1).toNanos() / aSecond;
    full = each * atOnce;
    saved = full;
    last = now;
  }

  boolean take(Uptime now) {
    if (last.isBefore(now)) {
      saved = Math.min(full, saved + now.since(last).toNanos());
      last = now;
    }
    if (saved < each) {
      return false;
    }
    saved -= each;
    return true;
  }
}
