package org.kedge.care.api;

import org.kedge.base.api.Uptime;

/** What a probe saw about one kind of fault, and when. Not knowing is its own answer, never bad news. */
public sealed interface Reading {
  FaultKind kind();

  /** When it was seen. */
  Uptime at();

  /** Seen, and no sign of the fault. */
  record Well(FaultKind kind, Uptime at) implements Reading {}

  /**
   * Seen, and the fault is there.
   *
   * @param evidence what was seen, in plain words with figures
   */
  record Wrong(FaultKind kind, Uptime at, Blame blame, String evidence) implements Reading {}

  /** Could not be seen, and why. */
  record Unseen(FaultKind kind, Uptime at, String why) implements Reading {}
}
