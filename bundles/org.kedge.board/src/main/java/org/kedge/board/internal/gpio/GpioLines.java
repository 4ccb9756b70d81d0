package org.kedge.board.internal.gpio;

import java.io.IOException;
import java.time.Duration;
import org.kedge.board.internal.core.Line;

/** The lines of the board's chip. Nothing is opened before the first use. Any thread; blocks for milliseconds, the first time for more. */
public interface GpioLines extends AutoCloseable {
  /**
   * Drives a line. It becomes an output with the first call, and begins with this level.
   *
   * @throws IOException if there is no such chip or line, or it is held by another; the words say which and what to do
   */
  void set(Line line, boolean active) throws IOException;

  /** Drives it active for that long, then not; blocks meanwhile. Throws as {@link #set}. */
  default void pulse(Line line, Duration width) throws IOException {
    set(line, true);
    try {
      Thread.sleep(width.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      set(line, false);
    }
  }

  /** Lets all lines go; what they do then is the kernel's choice. They may be driven again. */
  @Override
  void close();
}
