package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.Set;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

/** The faults that care finds by itself. */
public final class CareFaults {
  /** A capability cannot tell what it sees, or cannot do what it is told. */
  public static final FaultKind LANE_STUCK = new FaultKind(
      "LANE_STUCK",
      Layer.LANE,
      Duration.ofSeconds(3),
      Duration.ofSeconds(16),
      Set.of(),
      false,
      "Look at the log of that capability; restarting Kedge frees it, forwarding goes on meanwhile.");

  /** A setting cannot be used; what was in force before, or the defaults, are. Sure at once: the component itself says so. */
  public static final FaultKind SETTING_REFUSED = new FaultKind(
      "SETTING_REFUSED",
      Layer.SETTING,
      Duration.ZERO,
      Duration.ofSeconds(16),
      Set.of(),
      false,
      "Set it right in the Kura console, or in the settings file and have that read again.");

  private CareFaults() {}
}
