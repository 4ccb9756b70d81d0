package org.kedge.care.api;

import java.util.List;

/**
 * Looks at one part of the node and never touches it; registered as a service by the capability that owns the part. Care asks at
 * every look and on {@link CareWatch#nudge}.
 */
public interface Probe {
  /** Names the capability in reports, such as {@code babel}. */
  String name();

  /**
   * The latest reading of each kind of fault it watches now; a kind it leaves out is not watched and any fault of it ends. Called
   * beside care's lane, by one thread at a time; returns at once and never blocks: one that does is the fault LANE_STUCK.
   */
  List<Reading> readings();
}
