package org.kedge.billing.internal.core.charging;

import java.util.List;
import java.util.Map;
import org.kedge.base.api.Bytes;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Station;

/**
 * What was counted since the last charge.
 *
 * @param targets by target; what stands under {@code Any} is left out of account, as it holds the others
 * @param unlisted bytes that found no counter of their own
 */
public record Counted(Map<MeterKey, Count> targets, List<Unlisted> unlisted) {
  public Counted {
    targets = Map.copyOf(targets);
    unlisted = List.copyOf(unlisted);
  }

  /** Bytes of which only the station is known. */
  public record Unlisted(Direction direction, Station station, Bytes bytes) {}
}
