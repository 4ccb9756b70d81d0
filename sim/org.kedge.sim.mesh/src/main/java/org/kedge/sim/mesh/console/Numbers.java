package org.kedge.sim.mesh.console;

import java.util.TreeMap;

/** Whole numbers that are mostly neighbours of each other, kept as stretches. One thread. */
final class Numbers {
  /** Beyond it the lowest hole is closed: what is missing there would come very late. */
  static final int STRETCHES_LIMIT = 500;

  private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

  /** Whether it was not known. */
  boolean add(long number) {
    var below = lastByFirst.floorEntry(number);
    if (below != null && below.getValue() >= number) {
      return false;
    }
    var first = below != null && below.getValue() == number - 1 ? below.getKey() : number;
    var above = lastByFirst.remove(number + 1);
    lastByFirst.put(first, above == null ? number : above);
    if (lastByFirst.size() > STRETCHES_LIMIT) {
      var lowest = lastByFirst.pollFirstEntry();
      var next = lastByFirst.pollFirstEntry();
      lastByFirst.put(lowest.getKey(), next.getValue());
    }
    return true;
  }

  /** How many stretches it takes. */
  int stretchesCount() {
    return lastByFirst.size();
  }
}
