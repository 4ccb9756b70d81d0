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
   * on care's lane; returns at once and never blocks.
   */
  List<Reading> readings();
}
