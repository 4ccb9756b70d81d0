package org.kedge.babel.api;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A node heard on a link, as babeld's dump names it. Costs are Babel's unit-less 16 bits; 65535 is infinity.
 *
 * @param handle babeld's name for it, opaque and reused
 * @param address link-local IPv6
 * @param reach history of 16 multicast hellos, newest in the highest bit
 * @param unicastReach the same of unicast hellos; zero where babeld does not say
 * @param receiveCost cost of hearing it
 * @param transmitCost cost of being heard, as it tells us; 65535 if it does not hear us
 * @param cost of the link, from both
 * @param roundTrip as smoothed by babeld (key {@code rtt}, milliseconds); empty where the link does not measure it
 * @param extra keys this version of Kedge does not know, as they came
 */
public record Neighbour(
    String handle,
    String address,
    String interfaceName,
    int reach,
    int unicastReach,
    int receiveCost,
    int transmitCost,
    int cost,
    Optional<Duration> roundTrip,
    Map<String, String> extra) {
  public static final int INFINITY = 65535;
  private static final int LAST_FOUR = 0xF000;

  public Neighbour {
    extra = Extra.inOrder(extra);
  }

  /** Whether at least one of its last four hellos was heard. */
  public boolean isHeard() {
    return (reach & LAST_FOUR) != 0 || (unicastReach & LAST_FOUR) != 0;
  }

  /** Whether packets can go both ways. */
  public boolean isUsable() {
    return cost < INFINITY;
  }
}
