package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.Set;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

/** The fault that care finds by itself. */
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

  private CareFaults() {}
}
