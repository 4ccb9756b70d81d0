package org.kedge.telemetry.internal.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.telemetry.api.Uplink;

/** An uplink in virtual time, as good or bad as it is told to be. */
final class MoodyUplink implements Uplink {
  static final Pace PACE = new Pace(8, Duration.ofMillis(100), Duration.ofSeconds(20));

  static final int LONGEST = 1000;

  private final VirtualLanes time;
  private final Reader reader;
  private Optional<Ears> ears = Optional.empty();
  Mood mood = Mood.WELL;
  int connects;
  int hands;
  int inside;
  boolean isTwice;
  Presence presence = new Presence(new byte[0], new byte[0]);

  enum Mood {
    WELL,
    /** Nobody listens. */
    AWAY,
    /** Lets nobody in, and waiting does not help. */
    REFUSES,
    /** What is sent is lost on the way, and nobody says so. */
    HALF_OPEN,
    /** Everything arrives, nothing is confirmed. */
    MUTE,
    /** Calls take longer than anybody waits. */
    HANGS,
    /** Confirms each message twice, and each old one again. */
    CHATTY,
    /** Ends each connection at the second message. */
    CUTS,
    /** Ends the connection at a message longer than {@link #LONGEST} characters. */
    NARROW,
    /** Confirms never, by its setting. */
    UNCONFIRMABLE
  }

  MoodyUplink(VirtualLanes time, Reader reader) {
    this.time = time;
    this.reader = reader;
  }

  @Override
  public String name() {
    return "moody";
  }

  @Override
  public Pace pace() {
    return PACE;
  }

  @Override
  public Connection connect(Presence wanted, Ears heard) {
    connects++;
    hands = 0;
    presence = wanted;
    switch (mood) {
      case AWAY -> {
        time.spend(Duration.ofMillis(10));
        return new Connection.Refused("Connection refused", true);
      }
      case REFUSES -> {
        return new Connection.Refused("not authorised", false);
      }
      case HANGS -> time.spend(Duration.ofMinutes(3));
      default -> time.spend(Duration.ofMillis(100));
    }
    ears = Optional.of(heard);
    return new Connection.Ready();
  }

  @Override
  public Handover hand(Message message) {
    hands++;
    var text = new String(message.body(), StandardCharsets.UTF_8);
    switch (mood) {
      case WELL -> {
        reader.take(text, time.now());
        confirm(message.ticket());
      }
      case CHATTY -> {
        reader.take(text, time.now());
        for (var ticket = message.ticket() + 3;
            ticket > 0 && ticket > message.ticket() - 3;
            ticket--) {
          if (ticket <= message.ticket()) {
            confirm(ticket);
            confirm(ticket);
          }
        }
      }
      case MUTE -> reader.take(text, time.now());
      case UNCONFIRMABLE -> {
        reader.take(text, time.now());
        return new Handover.Unconfirmable();
      }
      case CUTS -> {
        if (hands % 2 == 0) {
          ears.ifPresent(heard -> heard.lost("Connection reset"));
          return new Handover.Taken();
        }
        reader.take(text, time.now());
        confirm(message.ticket());
      }
      case NARROW -> {
        if (text.length() > LONGEST) {
          ears.ifPresent(heard -> heard.lost("Connection reset"));
          return new Handover.Taken();
        }
        reader.take(text, time.now());
        confirm(message.ticket());
      }
      case HANGS -> time.spend(Duration.ofMinutes(3));
      default -> {
        return mood == Mood.HALF_OPEN
            ? new Handover.Taken()
            : new Handover.Failed("Connection reset", true);
      }
    }
    return new Handover.Taken();
  }

  private void confirm(long ticket) {
    ears.ifPresent(heard -> heard.confirmed(ticket));
  }

  @Override
  public void tell(Presence wanted) {
    presence = wanted;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
