package org.kedge.sim.kura;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * One cloud connection of Kura's with its store of messages, as Kura has it unless told otherwise: in memory, 10,000 messages, nine of
 * them under way, and one message per second of priority 5 and above. Time is the test's: it goes on by {@link #advance} alone.
 *
 * <p>Any thread. Listeners are called without a lock held, on the thread that made them hear; as with Kura that may be before
 * {@code publish} has returned.
 */
public final class RigCloud {
  /** Those of Kura's own life cycle and of remote management; they find room in a full store, too. */
  private static final int LAST_BOUNDLESS_PRIORITY = 1;

  private static final int FIRST_LIMITED_PRIORITY = 5;
  private static final int UNDER_WAY_AT_MOST = 9;
  private static final Duration BETWEEN_LIMITED = Duration.ofSeconds(1);

  /** What the far end does with what it gets at a quality of service of 1. */
  public enum Confirming {
    AT_ONCE,
    TWICE,
    /** Until {@link #confirm}. */
    NOT
  }

  /**
   * A message that has left.
   *
   * @param id empty at quality of service 0
   * @param metrics as they were when it was taken
   * @param at the test's time
   */
  public record Sent(
      Optional<String> id,
      String topic,
      Map<String, Object> metrics,
      byte @Nullable [] body,
      int priority,
      Duration at) {
    public Sent {
      metrics = Map.copyOf(metrics);
    }

    /** The body as text; throws if there is none. */
    public String text() {
      if (body == null) {
        throw new IllegalStateException("There is no body in the message to " + topic);
      }
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private record Stored(
      long number, RigPublisher publisher, String topic, Content content, boolean isUnderWay) {
    Stored underWay(boolean is) {
      return new Stored(number, publisher, topic, content, is);
    }
  }

  /** What was in a message when it was taken. */
  record Content(Map<String, Object> metrics, byte @Nullable [] body) {}

  private final List<RigPublisher> publishers = new CopyOnWriteArrayList<>();
  private final int capacity;
  // Under the lock.
  private final Map<Long, Stored> store = new LinkedHashMap<>();
  private final List<Sent> sent = new ArrayList<>();
  private Duration now = Duration.ZERO;
  private Duration nextLimited = Duration.ZERO;
  private long last;
  private int others;
  private boolean connected = true;
  private boolean missing;
  private Confirming confirming = Confirming.AT_ONCE;

  /** Connected, with room for 10,000 messages. */
  public RigCloud() {
    this(10_000);
  }

  /** Connected, with less room. */
  public RigCloud(int capacity) {
    this.capacity = capacity;
  }

  /** A publisher over this connection with Kura's standard topic: account, client, application. */
  public RigPublisher publisher(String appId, String appTopic, int qos, int priority) {
    var publisher = new RigPublisher(this, appId, appTopic, qos, priority);
    publishers.add(publisher);
    return publisher;
  }

  public synchronized RigCloud confirming(Confirming how) {
    confirming = how;
    return this;
  }

  /** From now on publishers find no cloud service; it may come back. */
  public synchronized void missing(boolean is) {
    missing = is;
  }

  /** Messages of others lie in the store and count for its capacity; they stay there. */
  public synchronized void othersStore(int count) {
    others = count;
  }

  /** Everything that has left, oldest first. */
  public synchronized List<Sent> sent() {
    return List.copyOf(sent);
  }

  /** How many of ours are stored, under way or not. */
  public synchronized int stored() {
    return store.size();
  }

  public synchronized Duration now() {
    return now;
  }

  /** Time goes by; what may leave in it leaves, each at its own time. */
  public void advance(Duration by) {
    Duration until;
    synchronized (this) {
      until = now.plus(by);
    }
    while (true) {
      send();
      synchronized (this) {
        if (nextLimited.compareTo(now) <= 0 || nextLimited.compareTo(until) > 0) {
          now = until;
          break;
        }
        now = nextLimited;
      }
    }
    send();
  }

  /** Ids begin again where nothing was left in the store; what was under way leaves once more. */
  public void establish() {
    synchronized (this) {
      connected = true;
      if (store.isEmpty()) {
        last = 0;
      }
      store.replaceAll((number, one) -> one.underWay(false));
    }
    tell(CloudConnectionListener::onConnectionEstablished);
    send();
  }

  public void lose() {
    synchronized (this) {
      connected = false;
    }
    tell(CloudConnectionListener::onConnectionLost);
  }

  /** Loses the connection without anybody hearing of it. */
  public synchronized void loseUnheard() {
    connected = false;
  }

  /** On purpose, as by the console. */
  public void disconnect() {
    synchronized (this) {
      connected = false;
    }
    tell(CloudConnectionListener::onDisconnected);
  }

  /** The store is in memory: a restart of Kura takes what is in it, and the ids begin again. */
  public synchronized void restart() {
    store.clear();
    last = 0;
    connected = false;
  }

  /** A confirmation of this id comes, whoever it is of and whether it was there before or not. */
  public void confirm(String id) {
    Optional<Stored> one;
    synchronized (this) {
      one = Optional.ofNullable(id.matches("\\d{1,18}") ? store.remove(Long.parseLong(id)) : null);
    }
    var topic = one.map(Stored::topic);
    confirmed(id, topic);
    send();
  }

  /** Confirms whatever is under way, oldest first. */
  public void confirmAll() {
    List<Long> underWay;
    synchronized (this) {
      underWay =
          store.values().stream().filter(Stored::isUnderWay).map(Stored::number).toList();
    }
    underWay.forEach(number -> confirm(Long.toString(number)));
  }

  private void tell(Consumer<CloudConnectionListener> what) {
    publishers.forEach(one -> one.connectionListeners().forEach(what));
  }

  /** A publisher hears of a topic that has its application's id somewhere in it; of an unknown message everyone hears. */
  private void confirmed(String id, Optional<String> topic) {
    publishers.stream()
        .filter(one -> topic.isEmpty() || topic.get().contains(one.appId()))
        .flatMap(one -> one.deliveryListeners().stream())
        .forEach(listener -> listener.onMessageConfirmed(id));
  }

  /** @return null at quality of service 0 */
  @Nullable
  String take(RigPublisher publisher, String topic, Content content) throws KuraException {
    long number;
    synchronized (this) {
      if (missing) {
        throw new KuraException(KuraErrorCode.SERVICE_UNAVAILABLE);
      }
      if (publisher.priority() > LAST_BOUNDLESS_PRIORITY && store.size() + others >= capacity) {
        throw new KuraException(KuraErrorCode.STORE_ERROR);
      }
      last++;
      number = last;
      store.put(number, new Stored(number, publisher, topic, content, false));
    }
    send();
    return publisher.qos() == 0 ? null : Long.toString(number);
  }

  private void send() {
    while (true) {
      Optional<Stored> next;
      Confirming confirms;
      synchronized (this) {
        next = next();
        next.ifPresent(this::leave);
        confirms = confirming;
      }
      if (next.isEmpty()) {
        return;
      }
      var one = next.get();
      if (one.publisher().qos() > 0 && confirms != Confirming.NOT) {
        var id = Long.toString(one.number());
        IntStream.range(0, confirms == Confirming.TWICE ? 2 : 1)
            .forEach(time -> confirmed(id, Optional.of(one.topic())));
      }
    }
  }

  /** The most urgent; of equally urgent ones the oldest. It holds up the others when it may not leave yet, as with Kura. */
  private Optional<Stored> next() {
    var underWay = store.values().stream().filter(Stored::isUnderWay).count();
    if (!connected || underWay >= UNDER_WAY_AT_MOST) {
      return Optional.empty();
    }
    return store.values().stream()
        .filter(one -> !one.isUnderWay())
        .min(Comparator.<Stored>comparingInt(one -> one.publisher().priority())
            .thenComparingLong(Stored::number))
        .filter(one -> !isLimited(one) || nextLimited.compareTo(now) <= 0);
  }

  private void leave(Stored one) {
    if (isLimited(one)) {
      nextLimited = now.plus(BETWEEN_LIMITED);
    }
    var isConfirmable = one.publisher().qos() > 0;
    if (isConfirmable && confirming == Confirming.NOT) {
      store.put(one.number(), one.underWay(true));
    } else {
      store.remove(one.number());
    }
    sent.add(new Sent(
        isConfirmable ? Optional.of(Long.toString(one.number())) : Optional.empty(),
        one.topic(),
        one.content().metrics(),
        one.content().body(),
        one.publisher().priority(),
        now));
  }

  private static boolean isLimited(Stored one) {
    return one.publisher().priority() >= FIRST_LIMITED_PRIORITY;
  }
}
