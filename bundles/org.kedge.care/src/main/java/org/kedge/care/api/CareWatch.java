package org.kedge.care.api;

import java.util.Optional;

/** Care's judgement of the node, as a service. Any thread. */
public interface CareWatch {
  /** The latest report; empty until the first look. */
  Optional<CareReport> latest();

  /** The node's diary as last told. */
  CareJournal journal();

  /** Looks again soon instead of at the next second: call it when a reading has changed. */
  void nudge();
}
