package org.kedge.sim.village;

import java.time.Duration;
import org.kedge.telemetry.internal.core.OldUplink;

/** A machine's way to the village's broker, which stands beyond the exit. */
final class BrokerUplink implements OldUplink {
  private static final Duration CONFIRMED_AFTER = Duration.ofMillis(60);
  private static final Duration GIVES_UP_AFTER = Duration.ofSeconds(5);

  private final Village village;
  private final Machine machine;

  BrokerUplink(Village village, Machine machine) {
    this.village = village;
    this.machine = machine;
  }

  @Override
  public Handover publish(String subject, byte[] payload) {
    if (village.answers(machine, true).isEmpty()) {
      village.spend(GIVES_UP_AFTER);
      return new Handover.Failed("no connection to the broker", true);
    }
    village.spend(CONFIRMED_AFTER);
    return village.broker().take(machine, payload)
        ? new Handover.Confirmed()
        : new Handover.Failed("the broker refuses: not authorised", true);
  }

  @Override
  public void close() {
    // Nothing is held open.
  }
}
