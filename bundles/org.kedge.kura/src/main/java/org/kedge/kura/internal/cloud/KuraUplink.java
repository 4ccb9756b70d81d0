package org.kedge.kura.internal.cloud;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.telemetry.api.Uplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages over Kura's publishers. Topic, quality of service and priority are a publisher's settings: none can be chosen per
 * message. So what is urgent leaves by a publisher of its own where there is one that works, else like the rest. Whether there is a
 * connection is the other's to say. Kura keeps it, and tells birth and death of the gateway itself.
 *
 * <p>A way is asked with the lock held, never the other way round.
 */
public final class KuraUplink implements Uplink {
  /**
   * Kura sends one message per second, where its priority is as low as that of most; after a reconnect also what it has stored, and
   * ours wait behind those of others. A window more than these would only wait there, in memory, instead of here on flash; two
   * minutes are a hundred messages of others.
   */
  private static final Pace PACE = new Pace(4, Duration.ofSeconds(1), Duration.ofSeconds(120));

  private static final Logger LOG = LoggerFactory.getLogger(KuraUplink.class);

  private static final String GONE = "Kura's publisher is gone";

  private final UptimeSource uptime;
  private final Envelope envelope;
  private final Outlet rest;

  private final Object lock = new Object();
  // Under the lock.
  private Optional<Outlet> urgent = Optional.empty();
  private Optional<Session> session = Optional.empty();
  private boolean isDetour;
  private boolean retired;

  /** A publisher, and its connection. */
  private record Outlet(Way way, CloudPublisher publisher) {
    Optional<String> listen() {
      return way.listen(publisher);
    }

    Handover hand(KuraMessage message, long ticket) {
      return way.hand(publisher, message, ticket);
    }

    void leave() {
      way.leave(publisher);
    }
  }

  /** A connection as the user of this uplink knows it. */
  private record Session(Ears ears, Uptime since, boolean isOpen) {}

  public KuraUplink(CloudPublisher publisher, UptimeSource uptime, InstantSource wallClock) {
    this.uptime = uptime;
    envelope = new Envelope(wallClock);
    rest = new Outlet(new Way(uptime, PACE.confirmation(), new Hearing()), publisher);
  }

  @Override
  public String name() {
    return "kura";
  }

  @Override
  public Pace pace() {
    return PACE;
  }

  @Override
  public Connection connect(Presence presence, Ears ears) {
    Optional<Outlet> events;
    synchronized (lock) {
      if (retired) {
        return new Connection.Refused(GONE, true);
      }
      events = urgent;
    }
    var failure = rest.listen();
    events.ifPresent(KuraUplink::listen);
    synchronized (lock) {
      if (retired) {
        return new Connection.Refused(GONE, true);
      }
      if (failure.isPresent()) {
        return new Connection.Refused(failure.get(), true);
      }
      session.filter(Session::isOpen).map(Session::since).ifPresent(since -> {
        rest.way().doubt(since);
        events.ifPresent(one -> one.way().doubt(since));
      });
      var refusal = rest.way().refusal();
      session = Optional.of(new Session(ears, uptime.now(), refusal.isEmpty()));
      return refusal.isEmpty()
          ? new Connection.Ready()
          : new Connection.Refused(refusal.get(), true);
    }
  }

  private static void listen(Outlet events) {
    events.listen().ifPresent(why -> LOG.warn("For events: {}.", why));
  }

  @Override
  public Handover hand(Message message) {
    var kuras = envelope.of(message);
    Optional<Outlet> events;
    synchronized (lock) {
      if (session.filter(Session::isOpen).isEmpty()) {
        return new Handover.Failed(retired ? GONE : "not connected to Kura", true);
      }
      var refusal = rest.way().refusal();
      if (refusal.isPresent()) {
        return new Handover.Failed(refusal.get(), true);
      }
      events = message.isUrgent() ? urgent : Optional.empty();
    }
    var urgently = events.flatMap(one -> handUrgently(one, kuras, message.ticket()));
    if (urgently.isPresent()) {
      return urgently.get();
    }
    var handover = rest.hand(kuras, message.ticket());
    if (handover instanceof Handover.Failed) {
      shut();
    }
    return handover;
  }

  /** @return empty where it has to go like the rest */
  private Optional<Handover> handUrgently(Outlet events, KuraMessage message, long ticket) {
    var why = events.way().reluctance();
    if (why.isEmpty()) {
      var handover = events.hand(message, ticket);
      if (!(handover instanceof Handover.Failed failed)) {
        detour(Optional.empty());
        return Optional.of(handover);
      }
      why = Optional.of(failed.why());
    }
    detour(why);
    return Optional.empty();
  }

  private void detour(Optional<String> why) {
    synchronized (lock) {
      // Closed in the meantime, it is no detour.
      if (isDetour == why.isPresent() || session.filter(Session::isOpen).isEmpty()) {
        return;
      }
      isDetour = why.isPresent();
    }
    if (why.isPresent()) {
      LOG.info("Events leave like other messages, not before them: {}.", why.get());
    } else {
      LOG.info("Events leave before other messages again.");
    }
  }

  /** Nothing: Kura tells births and deaths of the gateway itself. */
  @Override
  public void tell(Presence presence) {}

  /** Ends it for whoever used it. As it is offered while the publisher is there, it can be connected again. */
  @Override
  public void close() {
    Optional<Outlet> events;
    synchronized (lock) {
      session = Optional.empty();
      events = urgent;
    }
    rest.leave();
    events.ifPresent(Outlet::leave);
  }

  /**
   * What is urgent leaves by this publisher from now on, instead of another before it.
   *
   * @param isSameConnection whether it is over the same cloud connection of Kura's as the other publisher
   */
  public void useForEvents(CloudPublisher publisher, boolean isSameConnection) {
    var way =
        isSameConnection ? rest.way() : new Way(uptime, PACE.confirmation(), new EventHearing());
    var events = new Outlet(way, publisher);
    Optional<Outlet> before;
    boolean isUsed;
    synchronized (lock) {
      before = urgent;
      urgent = Optional.of(events);
      isDetour = false;
      isUsed = session.isPresent();
    }
    before.ifPresent(this::abandon);
    if (isUsed) {
      listen(events);
    }
  }

  /** The publisher for events goes; nothing where another has taken its place. */
  public void leaveForEvents(CloudPublisher publisher) {
    Optional<Outlet> gone;
    synchronized (lock) {
      gone = urgent.filter(one -> one.publisher() == publisher);
      if (gone.isPresent()) {
        urgent = Optional.empty();
        isDetour = false;
      }
    }
    gone.ifPresent(this::abandon);
  }

  /** What it has not confirmed is to be handed over again at once, not when its confirmation is overdue. */
  private void abandon(Outlet events) {
    // The other publisher of the same connection goes on hearing of it.
    var isOwed = events.way() != rest.way() && events.way().isWaiting();
    if (events.publisher() != rest.publisher()) {
      events.leave();
    }
    if (isOwed) {
      lost("Kura's publisher for events is gone");
    }
  }

  /** The publisher goes: ends it for good, and tells so. */
  public void retire() {
    Optional<Session> open;
    synchronized (lock) {
      retired = true;
      open = session.filter(Session::isOpen);
    }
    close();
    open.ifPresent(one -> one.ears().lost(GONE));
  }

  private void lost(String why) {
    shut().ifPresent(ears -> ears.lost(why));
  }

  /** Nothing more may be handed over before it is connected again. @return who is to be told, if it was open */
  private Optional<Ears> shut() {
    synchronized (lock) {
      var open = session.filter(Session::isOpen);
      session = session.map(one -> new Session(one.ears(), one.since(), false));
      return open.map(Session::ears);
    }
  }

  private void confirmed(long ticket) {
    Optional<Ears> ears;
    synchronized (lock) {
      ears = session.map(Session::ears);
    }
    ears.ifPresent(one -> one.confirmed(ticket));
  }

  private final class Hearing implements Way.Hearing {
    @Override
    public void confirmed(long ticket) {
      KuraUplink.this.confirmed(ticket);
    }

    @Override
    public void down(String why) {
      lost(why);
    }
  }

  /** That its connection is gone ends nothing: events go like the rest from then on. */
  private final class EventHearing implements Way.Hearing {
    @Override
    public void confirmed(long ticket) {
      KuraUplink.this.confirmed(ticket);
    }

    @Override
    public void down(String why) {}
  }
}
