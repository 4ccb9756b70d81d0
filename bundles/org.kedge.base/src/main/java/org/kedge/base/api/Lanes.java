package org.kedge.base.api;

import java.util.List;

/** Gives lanes out. A service; any thread. */
public interface Lanes {
  /**
   * Opens a lane of this name.
   *
   * @param capacity tasks that may wait, at least 1
   */
  Lane open(String name, int capacity);

  /** How every open lane is, in the order of opening. */
  List<LaneReading> readings();
}
