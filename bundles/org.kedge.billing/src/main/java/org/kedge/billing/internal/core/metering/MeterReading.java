package org.kedge.billing.internal.core.metering;

import java.util.List;
import java.util.Map;
import org.kedge.base.api.Uptime;

/**
 * All counters at one moment.
 *
 * @param generation names the life of the table they stand in: the kernel's boot, a slash, and a name the table got when it was made.
 *     Counters of two generations have nothing to do with each other
 * @param links bytes each metered interface received and sent (layer 2) by the kernel's own statistics, to say how much a gap may hold
 * @param full names of sets that take no more elements
 */
public record MeterReading(
    Uptime at,
    String generation,
    Map<MeterKey, Count> counts,
    Map<String, Long> links,
    List<String> full) {
  public MeterReading {
    counts = Map.copyOf(counts);
    links = Map.copyOf(links);
    full = List.copyOf(full);
  }
}
