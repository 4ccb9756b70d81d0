package org.kedge.care.api;

import java.util.Optional;
import java.util.Set;

/** Care's judgement of the node, as a service. Any thread. */
public interface CareWatch {
  /** The latest report; empty until the first look. */
  Optional<CareReport> latest();

  /** The node's diary as last told. */
  CareJournal journal();

  /** What is done about the faults of the latest report. */
  Doing doing();

  /** Looks again soon instead of at the next second: call it when a reading has changed. */
  void nudge();

  /**
   * What care does and what it does not.
   *
   * @param remedy name of the one under way: it acts, or is given time to help
   * @param left names of faults that are left to people for now: the ladder has nothing for them, or all its rungs had their tries
   */
  record Doing(Optional<String> remedy, Set<String> left) {
    public static final Doing NOTHING = new Doing(Optional.empty(), Set.of());

    public Doing {
      left = Set.copyOf(left);
    }
  }
}
