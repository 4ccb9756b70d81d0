package org.kedge.kura.internal.cloud;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.eclipse.kura.cloudconnection.listener.CloudDeliveryListener;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.eclipse.kura.message.KuraPayload;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.kura.internal.core.Link;
import org.kedge.kura.internal.core.Pending;
import org.kedge.kura.internal.core.Pending.Waiting;
import org.kedge.kura.internal.json.Summary;
import org.kedge.telemetry.api.Uplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages over one of Kura's publishers. Topic, quality of service and priority are the publisher's settings: none can be chosen
 * per message, so what is urgent goes like the rest. Kura keeps the connection, and tells birth and death of the gateway itself.
 *
 * <p>Kura is never called with the lock held: it may block, and its threads come in here.
 */
public final class KuraUplink implements Uplink {
  /**
   * After a reconnect Kura sends what it has stored at one message per second, and ours wait behind those of others. A window more
   * than these would only wait there, in memory, instead of here on flash; two minutes are a hundred messages of others.
   */
  private static final Pace PACE = new Pace(4, Duration.ofSeconds(1), Duration.ofSeconds(120));

  private static final Logger LOG = LoggerFactory.getLogger(KuraUplink.class);

  /** In a value a dollar or a backslash would break the template of the topic, a slash or a wildcard the topic. */
  private static final Pattern SUBJECT = Pattern.compile("[a-z][a-z0-9-]*");

  private static final String GONE = "Kura's publisher is gone";

  private final CloudPublisher publisher;
  private final UptimeSource uptime;
  private final InstantSource wallClock;
  private final Listener listener = new Listener();

  private final Object lock = new Object();
  // Under the lock.
  private final Pending pending = new Pending();
  private Link link;
  private Optional<Session> session = Optional.empty();
  private boolean listening;
  private boolean retired;

  /** A connection as the user of this uplink knows it. */
  private record Session(Ears ears, Uptime since, boolean isOpen) {}

  public KuraUplink(CloudPublisher publisher, UptimeSource uptime, InstantSource wallClock) {
    this.publisher = publisher;
    this.uptime = uptime;
    this.wallClock = wallClock;
    link = Link.unheard(uptime.now());
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
    var failure = listen();
    synchronized (lock) {
      var now = uptime.now();
      if (retired) {
        return new Connection.Refused(GONE, true);
      }
      if (failure.isPresent()) {
        return new Connection.Refused(failure.get(), true);
      }
      doubt(now);
      session = Optional.of(new Session(ears, now, false));
      var refusal = refusal(now);
      if (refusal.isPresent()) {
        return new Connection.Refused(refusal.get(), true);
      }
      session = Optional.of(new Session(ears, now, true));
      return new Connection.Ready();
    }
  }

  /** Confirmations that were due make its user connect again; perhaps the loss of the connection was not heard. */
  private void doubt(Uptime now) {
    var isDue = session
        .filter(Session::isOpen)
        .filter(one -> now.since(one.since()).compareTo(PACE.confirmation()) >= 0)
        .filter(one -> pending.isWaiting(
            one.since(), new Uptime(now.nanos() - PACE.confirmation().toNanos())));
    if (link.isUp() && isDue.isPresent()) {
      link = link.doubted(
          "no confirmation came within " + PACE.confirmation().toSeconds()
              + " s, although Kura says it is connected",
          now);
    }
  }

  private Optional<String> refusal(Uptime now) {
    if (pending.isHanding()) {
      return Optional.of("Kura has not returned from taking the message before");
    }
    return link.refusal(now);
  }

  private Optional<String> listen() {
    synchronized (lock) {
      if (retired || listening) {
        return Optional.empty();
      }
      listening = true;
    }
    try {
      publisher.registerCloudConnectionListener(listener);
      publisher.registerCloudDeliveryListener(listener);
    } catch (RuntimeException e) {
      synchronized (lock) {
        listening = false;
      }
      return Optional.of("Kura's publisher lets nobody listen: " + e);
    }
    boolean isEnded;
    synchronized (lock) {
      isEnded = !listening;
    }
    if (isEnded) {
      // Closed in the meantime, which came too early to take the listener back.
      unlisten();
    }
    return Optional.empty();
  }

  private void unlisten() {
    try {
      publisher.unregisterCloudConnectionListener(listener);
      publisher.unregisterCloudDeliveryListener(listener);
    } catch (RuntimeException e) {
      // A publisher that ends before us forgets its listeners by itself.
      LOG.debug("Leaving Kura's publisher: {}", e.toString());
    }
  }

  @Override
  public Handover hand(Message message) {
    var kuras = kuras(message);
    Uptime handed;
    synchronized (lock) {
      handed = uptime.now();
      if (session.filter(Session::isOpen).isEmpty()) {
        return new Handover.Failed(retired ? GONE : "not connected to Kura", true);
      }
      var refusal = refusal(handed);
      if (refusal.isPresent()) {
        return new Handover.Failed(refusal.get(), true);
      }
      pending.begin();
    }
    try {
      // Null, where Kura's quality of service is 0.
      @Nullable String id = publisher.publish(kuras);
      return taken(id, new Waiting(message.ticket(), handed));
    } catch (KuraException | RuntimeException e) {
      return failed(e);
    }
  }

  private Handover taken(@Nullable String id, Waiting message) {
    List<Waiting> confirmed;
    Optional<Ears> ears;
    boolean isEnded;
    synchronized (lock) {
      isEnded = !listening;
      var now = uptime.now();
      confirmed = id == null || isEnded ? pending.end() : pending.end(id, message);
      link = link.tried(id != null, now);
      confirmed(confirmed, now);
      ears = session.map(Session::ears);
    }
    tell(ears, confirmed);
    if (isEnded) {
      return new Handover.Failed("the uplink was closed while Kura took the message", true);
    }
    return id == null ? new Handover.Unconfirmable() : new Handover.Taken();
  }

  private Handover failed(Exception e) {
    List<Waiting> confirmed;
    Optional<Ears> ears;
    synchronized (lock) {
      confirmed = pending.end();
      confirmed(confirmed, uptime.now());
      session = session.map(one -> new Session(one.ears(), one.since(), false));
      ears = session.map(Session::ears);
    }
    tell(ears, confirmed);
    // A full store and a missing cloud service pass; for the rest nobody here can say.
    return new Handover.Failed("Kura did not take the message: " + inWords(e), true);
  }

  private static String inWords(Exception e) {
    var said = e.getMessage();
    return e instanceof KuraException && said != null ? said : e.toString();
  }

  private KuraMessage kuras(Message message) {
    if (!SUBJECT.matcher(message.subject()).matches()) {
      throw new IllegalArgumentException("'" + message.subject() + "' is no subject");
    }
    var payload = new KuraPayload();
    var summary = Summary.of(message.body());
    if (summary.isEmpty()) {
      LOG.warn(
          "A message {} of {} octets is no JSON object; it goes to Kura without metrics.",
          message.subject(),
          message.body().length);
    }
    var at = summary.flatMap(Summary::at).orElseGet(wallClock::instant);
    payload.setTimestamp(Date.from(at));
    summary.ifPresent(known -> known.metrics().forEach(payload::addMetric));
    payload.setBody(message.body());
    return new KuraMessage(payload, Map.of("subject", message.subject()));
  }

  /** Nothing: Kura tells births and deaths of the gateway itself. */
  @Override
  public void tell(Presence presence) {}

  /** Ends it for whoever used it. As it is offered while the publisher is there, it can be connected again. */
  @Override
  public void close() {
    boolean wasListening;
    synchronized (lock) {
      wasListening = listening;
      listening = false;
      session = Optional.empty();
      pending.clear();
      link = Link.unheard(uptime.now());
    }
    if (wasListening) {
      unlisten();
    }
  }

  /** Whether this is the publisher that it uses. */
  public boolean isOver(CloudPublisher other) {
    return publisher == other;
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

  private void confirmed(List<Waiting> messages, Uptime now) {
    messages.forEach(one -> link = link.confirmed(one.handed(), now));
  }

  private static void tell(Optional<Ears> ears, List<Waiting> confirmed) {
    ears.ifPresent(one -> confirmed.forEach(message -> one.confirmed(message.ticket())));
  }

  /** Called on threads of Kura's, in no certain order, perhaps also after it was taken back. */
  private final class Listener implements CloudConnectionListener, CloudDeliveryListener {
    @Override
    public void onConnectionEstablished() {
      synchronized (lock) {
        if (listening) {
          link = link.established(uptime.now());
        }
      }
    }

    @Override
    public void onConnectionLost() {
      down("Kura has lost its connection");
    }

    @Override
    public void onDisconnected() {
      down("Kura is disconnected");
    }

    private void down(String why) {
      Optional<Session> open;
      synchronized (lock) {
        if (!listening) {
          return;
        }
        link = link.down(why, uptime.now());
        open = session.filter(Session::isOpen);
        session = session.map(one -> new Session(one.ears(), one.since(), false));
      }
      open.ifPresent(one -> one.ears().lost(why));
    }

    @Override
    public void onMessageConfirmed(@Nullable String id) {
      List<Waiting> confirmed;
      Optional<Ears> ears;
      synchronized (lock) {
        confirmed = listening && id != null ? pending.confirmed(id) : List.of();
        KuraUplink.this.confirmed(confirmed, uptime.now());
        ears = session.map(Session::ears);
      }
      tell(ears, confirmed);
    }
  }
}
