package org.kedge.care.api;

import java.util.Locale;

/** How much a remedy disturbs while it works, least first. */
public enum Effect {
  /** Nobody notices. */
  NONE,
  /** One capability of this node pauses; what the node carries for others goes on. */
  CAPABILITY,
  /** Packets that pass through this node are lost for seconds. */
  TRAFFIC,
  /** The whole node, or all of Kedge on it, goes away and comes back. */
  NODE;

  /** As ladders, telemetry and people write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
