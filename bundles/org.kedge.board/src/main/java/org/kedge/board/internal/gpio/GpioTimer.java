package org.kedge.board.internal.gpio;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.board.internal.core.Board.TimerChip;
import org.kedge.board.internal.core.Line;
import org.kedge.watchdog.api.PetDevice;

/** A timer chip outside the processor, pulsed over a line. */
public final class GpioTimer implements PetDevice {
  private final GpioLines lines;
  private final String chip;
  private final TimerChip timer;

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
    try {
      if (timer.disable().isPresent()) {
        lines.set(timer.disable().get(), false);
      }
      lines.pulse(timer.line(), timer.pulse());
    } catch (IOException e) {
      return new Taking.Refused(String.valueOf(e.getMessage()));
    }
    return new Taking.Taken(new Pulsed(wanted));
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
