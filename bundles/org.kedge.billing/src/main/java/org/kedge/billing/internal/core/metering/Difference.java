package org.kedge.billing.internal.core.metering;

import java.util.Map;
import java.util.Optional;

/**
 * What is to be booked between two readings.
 *
 * @param counts what came on top, none of it zero. Under {@link Target.Any} stands what found no counter of its own, so that the sum over
 *     a station's targets, that one included, is all it handed or was handed
 * @param gap where counters were lost
 * @param positions up to where counters are booked once {@code counts} are
 */
public record Difference(Map<MeterKey, Count> counts, Optional<Gapped> gap, Positions positions) {
  public Difference {
    counts = Map.copyOf(counts);
  }
}
