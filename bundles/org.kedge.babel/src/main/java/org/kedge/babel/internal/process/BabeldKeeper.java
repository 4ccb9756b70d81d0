package org.kedge.babel.internal.process;

/** Knows where babeld runs and makes sure it does. */
public interface BabeldKeeper {
  /** Starts or adopts babeld. Blocks for seconds: call it from the shared pool. */
  Start ensureRunning();

  /**
   * Ends a babeld that runs and starts one anew, with all its interfaces at once. Nothing a dead one leaves behind hinders it. Blocks
   * for seconds: call it from the shared pool.
   *
   * @param kindly whether it is given a moment to take leave of its neighbours
   */
  Start startAnew(boolean kindly);

  /** Where babeld is now; reads small files at most. Any thread. */
  Whereabouts whereabouts();

  /** How {@link #ensureRunning} ended. */
  sealed interface Start {
    /** @param how such as "started" or "adopted" */
    record Running(long pid, String how) implements Start {}

    /** Waiting does not help; a person has to look. */
    record Failed(String why) implements Start {}
  }

  /** What is known of the process. */
  sealed interface Whereabouts {
    record At(long pid) implements Whereabouts {}

    record Ended(String how) implements Whereabouts {}

    record Unknown(String why) implements Whereabouts {}
  }
}
