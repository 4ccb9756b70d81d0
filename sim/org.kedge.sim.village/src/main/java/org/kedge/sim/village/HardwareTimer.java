package org.kedge.sim.village;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Lane;
import org.kedge.watchdog.api.PetDevice;

/** A machine's watchdog in virtual time: it resets the machine when it is not petted, whoever was to pet it. */
final class HardwareTimer implements PetDevice {
  private final Village village;
  private final Machine machine;
  private Duration timeout = Duration.ofMinutes(1);
  private boolean hasReset;
  private Lane.Timer due = () -> {};

  HardwareTimer(Village village, Machine machine) {
    this.village = village;
    this.machine = machine;
  }

  /** The machine has no power: it counts no more, and forgets who reset it. */
  void powerOff() {
    due.cancel();
    hasReset = false;
  }

  @Override
  public String name() {
    return "linux";
  }

  @Override
  public Optional<Boolean> hasReset() {
    return Optional.of(hasReset);
  }

  @Override
  public Taking take(Duration wanted) {
    timeout = wanted;
    restart();
    return new Taking.Taken(new Hold() {
      @Override
      public String identity() {
        return "the village's timer";
      }

      @Override
      public Duration timeout() {
        return timeout;
      }

      @Override
      public Optional<Duration> pretimeout() {
        return Optional.empty();
      }

      @Override
      public List<String> caveats() {
        return List.of();
      }

      @Override
      public void pet() {
        restart();
      }

      @Override
      public Letting letGo() {
        due.cancel();
        return new Letting.Disarmed();
      }
    });
  }

  private void restart() {
    due.cancel();
    due = village.world().after(timeout, "the timer acts", this::act);
  }

  private void act() {
    village.resetByTimer(machine);
    hasReset = true;
  }
}
