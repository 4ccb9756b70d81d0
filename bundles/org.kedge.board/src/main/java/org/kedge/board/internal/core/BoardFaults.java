package org.kedge.board.internal.core;

import java.time.Duration;
import java.util.Set;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

/** The fault that the box itself can have. */
public final class BoardFaults {
  /** Something of which there is only so much is short, or would be under the load this node is meant for. */
  public static final FaultKind LIMIT_LOW = new FaultKind(
      "LIMIT_LOW",
      Layer.NODE,
      Duration.ZERO,
      // Three looks.
      Duration.ofSeconds(35),
      Set.of(),
      false,
      "Set what the evidence names where it is kept for good (LimitNOFILE of the service, /etc/sysctl.conf), or set fewer"
          + " 'expected.clients'.");

  private BoardFaults() {}
}
