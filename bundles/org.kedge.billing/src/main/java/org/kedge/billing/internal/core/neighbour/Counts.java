package org.kedge.billing.internal.core.neighbour;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Messages since the channel was opened, greetings among them.
 *
 * @param in taken
 * @param out handed to the kernel
 * @param dropped by reason, each with its count, zeros too
 */
public record Counts(long in, long out, Map<Drop, Long> dropped) {
  public Counts {
    var all = new EnumMap<Drop, Long>(Drop.class);
    for (var reason : Drop.values()) {
      all.put(reason, dropped.getOrDefault(reason, 0L));
    }
    dropped = Collections.unmodifiableMap(all);
  }

  public long dropped(Drop reason) {
    return dropped.getOrDefault(reason, 0L);
  }
}
