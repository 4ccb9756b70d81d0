package org.kedge.kura.internal.cloud;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.eclipse.kura.cloudconnection.listener.CloudDeliveryListener;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.kura.internal.core.Link;
import org.kedge.kura.internal.core.Pending;
import org.kedge.kura.internal.core.Pending.Waiting;
import org.kedge.telemetry.api.Uplink.Handover;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of Kura's cloud connections, as its publishers show it: whether it stands, and which of its ids mean which messages. Ids are
 * a connection's own, told to the listeners of all its publishers, and begin again when its store is made anew; so publishers of
 * one connection share a way, or an id of one could be taken for an older one of the other.
 *
 * <p>Kura is never called with the lock held: it may block, and its threads come in here. Nor is the hearing.
 */
final class Way {
  private static final Logger LOG = LoggerFactory.getLogger(Way.class);

  private final UptimeSource uptime;
  private final Duration patience;
  private final Hearing hearing;
  private final Listener listener = new Listener();

  private final Object lock = new Object();
  // Under the lock.
  private final Pending pending = new Pending();
  private final Set<CloudPublisher> heard = Collections.newSetFromMap(new IdentityHashMap<>());
  private Link link;

  /** Whoever uses the way. On threads of Kura's or the one that hands over. */
  interface Hearing {
    void confirmed(long ticket);

    /** The connection is gone. */
    void down(String why);
  }

  /** @param patience how long a confirmation may take before a connection that counts as standing is doubted */
  Way(UptimeSource uptime, Duration patience, Hearing hearing) {
    this.uptime = uptime;
    this.patience = patience;
    this.hearing = hearing;
    link = Link.unheard(uptime.now());
  }

  /** Why no message may be handed over now; empty if one may. */
  Optional<String> refusal() {
    synchronized (lock) {
      return refusal(uptime.now());
    }
  }

  private Optional<String> refusal(Uptime now) {
    if (pending.isHanding()) {
      return Optional.of("Kura has not returned from taking the message before");
    }
    return link.refusal(now);
  }

  /** Why another way is better while there is one: this one is known to be down, or what was tried on it is not confirmed. */
  Optional<String> reluctance() {
    synchronized (lock) {
      return pending.isHanding() ? refusal(uptime.now()) : link.reluctance();
    }
  }

  /** Whether a message was handed over and is not confirmed. */
  boolean isWaiting() {
    synchronized (lock) {
      return pending.isWaiting(new Uptime(0), uptime.now());
    }
  }

  /** Confirmations of what was handed over since then may be due; perhaps the loss of the connection was not heard. */
  void doubt(Uptime since) {
    synchronized (lock) {
      var now = uptime.now();
      if (link.isUp()
          && now.since(since).compareTo(patience) >= 0
          && pending.isWaiting(since, new Uptime(now.nanos() - patience.toNanos()))) {
        link = link.doubted(
            "no confirmation came within " + patience.toSeconds()
                + " s, although Kura says it is connected",
            now);
      }
    }
  }

  /** Begins to hear at this publisher, if it does not yet. @return why it cannot */
  Optional<String> listen(CloudPublisher publisher) {
    synchronized (lock) {
      if (!heard.add(publisher)) {
        return Optional.empty();
      }
    }
    try {
      publisher.registerCloudConnectionListener(listener);
      publisher.registerCloudDeliveryListener(listener);
    } catch (RuntimeException e) {
      synchronized (lock) {
        heard.remove(publisher);
      }
      return Optional.of("Kura's publisher lets nobody listen: " + e);
    }
    boolean isEnded;
    synchronized (lock) {
      isEnded = !heard.contains(publisher);
    }
    if (isEnded) {
      // Left in the meantime, which came too early to take the listener back.
      unlisten(publisher);
    }
    return Optional.empty();
  }

  /** Ends hearing at this publisher; at the last one it forgets, and may begin anew. */
  void leave(CloudPublisher publisher) {
    boolean wasHeard;
    synchronized (lock) {
      wasHeard = heard.remove(publisher);
      if (heard.isEmpty()) {
        pending.clear();
        link = Link.unheard(uptime.now());
      }
    }
    if (wasHeard) {
      unlisten(publisher);
    }
  }

  private void unlisten(CloudPublisher publisher) {
    try {
      publisher.unregisterCloudConnectionListener(listener);
      publisher.unregisterCloudDeliveryListener(listener);
    } catch (RuntimeException e) {
      // A publisher that ends before us forgets its listeners by itself.
      LOG.debug("Leaving Kura's publisher: {}", e.toString());
    }
  }

  Handover hand(CloudPublisher publisher, KuraMessage message, long ticket) {
    Uptime handed;
    synchronized (lock) {
      handed = uptime.now();
      var refusal =
          heard.contains(publisher) ? refusal(handed) : Optional.of("not connected to Kura");
      if (refusal.isPresent()) {
        return new Handover.Failed(refusal.get(), true);
      }
      pending.begin();
    }
    try {
      // Null, where Kura's quality of service is 0.
      @Nullable String id = publisher.publish(message);
      return taken(publisher, id, new Waiting(ticket, handed));
    } catch (KuraException | RuntimeException e) {
      return failed(e);
    }
  }

  private Handover taken(CloudPublisher publisher, @Nullable String id, Waiting message) {
    List<Waiting> confirmed;
    boolean isEnded;
    synchronized (lock) {
      isEnded = !heard.contains(publisher);
      var now = uptime.now();
      confirmed = id == null || isEnded ? pending.end() : pending.end(id, message);
      link = link.tried(id != null, now);
      confirmed(confirmed, now);
    }
    tell(confirmed);
    if (isEnded) {
      return new Handover.Failed("the uplink was closed while Kura took the message", true);
    }
    return id == null ? new Handover.Unconfirmable() : new Handover.Taken();
  }

  private Handover failed(Exception e) {
    List<Waiting> confirmed;
    synchronized (lock) {
      confirmed = pending.end();
      confirmed(confirmed, uptime.now());
    }
    tell(confirmed);
    // A full store and a missing cloud service pass; for the rest nobody here can say.
    return new Handover.Failed("Kura did not take the message: " + inWords(e), true);
  }

  private static String inWords(Exception e) {
    var said = e.getMessage();
    return e instanceof KuraException && said != null ? said : e.toString();
  }

  private void confirmed(List<Waiting> messages, Uptime now) {
    messages.forEach(one -> link = link.confirmed(one.handed(), now));
  }

  private void tell(List<Waiting> confirmed) {
    confirmed.forEach(one -> hearing.confirmed(one.ticket()));
  }

  /** Called on threads of Kura's, in no certain order, by each publisher, perhaps also after it was taken back. */
  private final class Listener implements CloudConnectionListener, CloudDeliveryListener {
    @Override
    public void onConnectionEstablished() {
      synchronized (lock) {
        if (!heard.isEmpty()) {
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
      synchronized (lock) {
        if (heard.isEmpty()) {
          return;
        }
        link = link.down(why, uptime.now());
      }
      hearing.down(why);
    }

    @Override
    public void onMessageConfirmed(@Nullable String id) {
      List<Waiting> confirmed;
      synchronized (lock) {
        confirmed = !heard.isEmpty() && id != null ? pending.confirmed(id) : List.of();
        Way.this.confirmed(confirmed, uptime.now());
      }
      tell(confirmed);
    }
  }
}
