package org.kedge.sim.village;

import java.time.Duration;
import java.util.Optional;
import org.kedge.telemetry.api.Uplink;

/** A machine's way to the village's broker, which stands beyond the exit. */
final class BrokerUplink implements Uplink {
  private static final Pace PACE = new Pace(8, Duration.ofMillis(100), Duration.ofSeconds(20));
  private static final Duration ANSWERS_AFTER = Duration.ofMillis(30);
  private static final Duration GIVES_UP_AFTER = Duration.ofSeconds(5);

  private final Village village;
  private final Machine machine;
  private Optional<Ears> ears = Optional.empty();

  BrokerUplink(Village village, Machine machine) {
    this.village = village;
    this.machine = machine;
  }

  @Override
  public String name() {
    return "mqtt";
  }

  @Override
  public Pace pace() {
    return PACE;
  }

  @Override
  public Connection connect(Presence presence, Ears heard) {
    if (village.answers(machine, true).isEmpty()) {
      village.spend(GIVES_UP_AFTER);
      return new Connection.Refused("no connection to the broker", true);
    }
    village.spend(ANSWERS_AFTER);
    ears = Optional.of(heard);
    return village.broker().refuses
        ? new Connection.Refused("the broker refuses: not authorised", true)
        : new Connection.Ready();
  }

  @Override
  public Handover hand(Message message) {
    village.spend(ANSWERS_AFTER);
    // What is handed over while there is no way is lost on it, and nobody says so.
    if (village.answers(machine, true).isPresent() && !village.broker().refuses) {
      village.broker().take(machine, message.subject(), message.body());
      ears.ifPresent(heard -> heard.confirmed(message.ticket()));
    }
    return new Handover.Taken();
  }

  @Override
  public void tell(Presence presence) {
    // The village's broker keeps no presence.
  }

  @Override
  public void close() {
    // Nothing is held open.
  }
}
