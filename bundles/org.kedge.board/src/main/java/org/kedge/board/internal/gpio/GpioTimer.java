package org.kedge.board.internal.gpio;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kedge.board.internal.core.Board.TimerChip;
import org.kedge.board.internal.core.Line;
import org.kedge.watchdog.api.PetDevice;

/** A timer chip outside the processor, pulsed over a line. */
public final class GpioTimer implements PetDevice {
  private final GpioLines lines;
  private final String chip;
  private final TimerChip timer;
  private final Object holding = new Object();
  private boolean isHeld; // under this
  private boolean isWithdrawn; // under this

  /** @param chip label of the GPIO chip, for people */
  public GpioTimer(GpioLines lines, String chip, TimerChip timer) {
    this.lines = lines;
    this.chip = chip;
    this.timer = timer;
  }

  @Override
  public String name() {
    return "gpio";
  }

  /** It has no way to tell. */
  @Override
  public Optional<Boolean> hasReset() {
    return Optional.empty();
  }

  @Override
  public Taking take(Duration wanted) {
    if (!hold()) {
      return new Taking.Absent("the board's settings have changed");
    }
    try {
      if (timer.disable().isPresent()) {
        lines.set(timer.disable().get(), false);
      }
      lines.pulse(timer.line(), timer.pulse());
    } catch (IOException e) {
      release();
      return new Taking.Refused(String.valueOf(e.getMessage()));
    }
    return new Taking.Taken(new Pulsed(wanted));
  }

  /**
   * Lets nobody take it any more, and waits until whoever holds it has let it go. Any thread.
   *
   * @return whether it is let go
   */
  public boolean withdraw(Duration limit) {
    var end = System.nanoTime() + limit.toNanos();
    synchronized (holding) {
      isWithdrawn = true;
      try {
        for (var left = limit.toNanos(); isHeld && left > 0; left = end - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(holding, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return !isHeld;
    }
  }

  /** @return false where nobody may take it any more */
  private boolean hold() {
    synchronized (holding) {
      isHeld = !isWithdrawn || isHeld;
      return !isWithdrawn;
    }
  }

  private void release() {
    synchronized (holding) {
      isHeld = false;
      holding.notifyAll();
    }
  }

  private final class Pulsed implements Hold {
    private final Duration wanted;

    Pulsed(Duration wanted) {
      this.wanted = wanted;
    }

    @Override
    public String identity() {
      return "external timer, " + timer.line() + " of " + chip;
    }

    @Override
    public Duration timeout() {
      return timer.timeout();
    }

    @Override
    public Optional<Duration> pretimeout() {
      return Optional.empty();
    }

    @Override
    public List<String> caveats() {
      var caveats = new ArrayList<String>();
      if (!wanted.equals(timer.timeout())) {
        caveats.add("its parts set the time-out, " + timer.timeout().toSeconds()
            + " s as the board tells; " + wanted.toSeconds() + " s were wanted");
      }
      if (timer.disable().isEmpty()) {
        caveats.add(whyRunning());
      }
      return caveats;
    }

    @Override
    public void pet() throws IOException {
      lines.pulse(timer.line(), timer.pulse());
    }

    @Override
    public Letting letGo() {
      try {
        return disabled();
      } finally {
        release();
      }
    }

    private Letting disabled() {
      Optional<Line> disable = timer.disable();
      if (disable.isEmpty()) {
        return new Letting.Running(whyRunning());
      }
      try {
        lines.set(disable.get(), true);
        return new Letting.Disarmed();
      } catch (IOException e) {
        return new Letting.Running(String.valueOf(e.getMessage()));
      }
    }
  }

  private static String whyRunning() {
    return "an external timer without a line that disables it cannot be stopped";
  }
}
