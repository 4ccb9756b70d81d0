package org.kedge.board.internal.led;

import java.io.IOException;
import org.kedge.board.internal.core.LedPattern;

/** The board's status light. One thread at a time. */
public interface StatusLed {
  /**
   * Shows it from now on.
   *
   * @throws IOException if the light cannot be had; the words say why
   */
  void show(LedPattern pattern) throws IOException;

  /** Leaves the light as it was found, as far as that can be. */
  void letGo() throws IOException;
}
