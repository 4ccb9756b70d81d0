package org.kedge.watchdog.internal.keeper;

import java.time.Duration;
import java.util.List;
import org.kedge.watchdog.api.PetDevice;

/**
 * What to hold.
 *
 * @param devices the first that can be had, in this order
 * @param timeout to ask it for
 * @param isWanted whether one of them has to be there
 * @param none why there is none to try; empty if there are some
 */
public record Plan(List<PetDevice> devices, Duration timeout, boolean isWanted, String none) {
  public static final Plan NOTHING_YET =
      new Plan(List.of(), Duration.ofMinutes(1), false, "Kedge is just starting");

  public Plan {
    devices = List.copyOf(devices);
  }
}
