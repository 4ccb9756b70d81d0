package org.kedge.board.internal.led;

import java.io.IOException;
import java.time.Duration;
import org.kedge.base.api.Lane;
import org.kedge.board.internal.core.LedPattern;
import org.kedge.board.internal.core.Line;
import org.kedge.board.internal.gpio.GpioLines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A light on a line, switched by the lane's timer. */
public final class LineLed implements StatusLed {
  private static final Logger LOG = LoggerFactory.getLogger(LineLed.class);

  private final GpioLines lines;
  private final Line line;
  private final Lane lane;
  private Lane.Timer next = () -> {};

  /** Grows with every change: what was due before it is no more. */
  private long changes;

  public LineLed(GpioLines lines, Line line, Lane lane) {
    this.lines = lines;
    this.line = line;
    this.lane = lane;
  }

  @Override
  public synchronized void show(LedPattern pattern) throws IOException {
    next.cancel();
    changes++;
    lines.set(line, true);
    later(pattern, pattern.on(), false, changes);
  }

  private void later(LedPattern pattern, Duration wait, boolean isLit, long change) {
    next = lane.after(wait, "status light", () -> toggle(pattern, isLit, change));
  }

  private synchronized void toggle(LedPattern pattern, boolean isLit, long change) {
    if (change != changes) {
      return;
    }
    try {
      lines.set(line, isLit);
    } catch (IOException e) {
      LOG.warn("The status light stays as it is until its pattern changes: {}.", e.getMessage());
      return;
    }
    later(pattern, isLit ? pattern.on() : pattern.off(), !isLit, change);
  }

  @Override
  public synchronized void letGo() throws IOException {
    next.cancel();
    changes++;
    lines.set(line, false);
  }
}
