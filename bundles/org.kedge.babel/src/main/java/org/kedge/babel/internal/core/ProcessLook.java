package org.kedge.babel.internal.core;

/** What came of looking for a process. */
public sealed interface ProcessLook {
  record Alive(ProcessView view) implements ProcessLook {}

  /** There is none of this pid, or it has ended and waits to be collected. */
  record Gone() implements ProcessLook {}

  /** Cannot be told. Waiting may help. */
  record Unseen(String why) implements ProcessLook {}
}
