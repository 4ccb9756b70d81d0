package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.time.Instant;

/**
 * A fault that has been made.
 *
 * @param at just before the deed itself; what had to be prepared lies before
 * @param words what was done, one sentence
 * @param undo puts right what a cured node has not put right itself; on a cured one it changes nothing. Once
 */
public record Made(Instant at, String words, Undo undo) {
  /** Takes a fault back. */
  @FunctionalInterface
  public interface Undo {
    void run() throws IOException;
  }
}
