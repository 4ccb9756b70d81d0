package org.kedge.billing.internal.core.metering;

import java.util.Map;

/**
 * Up to where counters have been booked.
 *
 * @param generation as in {@link MeterReading}; empty before the first reading
 * @param counts of a target, its counter; under {@link Target.Any}, all that was booked of the station, which may be ahead of its counter
 * @param links as in {@link MeterReading}
 */
public record Positions(String generation, Map<MeterKey, Count> counts, Map<String, Long> links) {
  public static final Positions NONE = new Positions("", Map.of(), Map.of());

  public Positions {
    counts = Map.copyOf(counts);
    links = Map.copyOf(links);
  }
}
