package org.kedge.sim.village;

import java.time.Duration;
import org.kedge.babel.internal.process.BabeldKeeper;

/** Keeps the simulated babeld of a machine. */
final class MachineKeeper implements BabeldKeeper {
  private static final Duration START_TAKES = Duration.ofMillis(200);

  private final Village village;
  private final Machine machine;

  MachineKeeper(Village village, Machine machine) {
    this.village = village;
    this.machine = machine;
  }

  @Override
  public Start ensureRunning() {
    if (machine.babeld.isRunning()) {
      return new Start.Running(machine.babeld.pid(), "adopted");
    }
    village.spend(START_TAKES);
    machine.kernel.flush();
    if (machine.babeld.programGone) {
      return new Start.Failed("/usr/sbin/babeld: No such file or directory");
    }
    village.startBabeld(machine);
    return new Start.Running(machine.babeld.pid(), "started");
  }

  @Override
  public Start startAnew(boolean kindly) {
    if (machine.babeld.isRunning()) {
      village.killBabeld(machine);
    }
    return ensureRunning();
  }

  @Override
  public Whereabouts whereabouts() {
    return machine.babeld.isRunning()
        ? new Whereabouts.At(machine.babeld.pid())
        : new Whereabouts.Ended("process " + machine.babeld.pid() + " is gone");
  }
}
