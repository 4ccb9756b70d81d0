package org.kedge.care.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The node's diary: what was found, ordered and done; immutable.
 *
 * @param before entries that earlier runs of the runtime wrote; later numbers are of this run. Up to 5 s of an earlier run may
 *     have been lost when it was killed, and their numbers used again in this one
 * @param entries the latest, oldest first
 */
public record CareJournal(long before, List<Entry> entries) {
  public static final CareJournal NONE = new CareJournal(0, List.of());

  public CareJournal {
    entries = List.copyOf(entries);
  }

  /**
   * One line.
   *
   * @param number from 1, one more with each, over restarts and reboots
   * @param at for people; may be wrong where the clock is
   * @param fault the kind it is about; empty where it is about none
   * @param remedy likewise
   * @param words in plain English, with figures, without a full stop
   */
  public record Entry(
      long number,
      Instant at,
      Topic topic,
      Optional<String> fault,
      Optional<String> remedy,
      String words) {}

  /** What an entry is about, in the order things happen. */
  public enum Topic {
    BOOT,
    LADDER,
    PAUSE,
    FOUND,
    ORDERED,
    DONE,
    HELPED,
    NOT_HELPED,
    HELD,
    REST,
    AGAIN,
    OVER
  }
}
