package org.kedge.billing.internal.channel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Lane;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingFaults;
import org.kedge.billing.internal.core.neighbour.Counts;
import org.kedge.billing.internal.core.neighbour.Drop;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.billing.internal.core.neighbour.Message;
import org.kedge.billing.internal.core.neighbour.Neighbourhood;
import org.kedge.billing.internal.core.neighbour.Received;
import org.kedge.billing.internal.core.neighbour.Saying;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Reading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The neighbour channel over UDP and link-local IPv6. Any thread. It opens by itself, and again after whatever went wrong; until then
 * there are no peers. Listeners are called on the lane.
 */
public final class LinkChannel implements Neighbours, AutoCloseable {
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final Duration FLASH_LIMIT = Duration.ofSeconds(30);
  private static final Duration DAMAGE_TOLD = Duration.ofHours(24);
  private static final int DRAWN_OCTETS = 12;
  private static final Logger LOG = LoggerFactory.getLogger(LinkChannel.class);

  private final Lane lane;
  private final UptimeSource uptime;
  private final NodeId own;
  private final NodeKey key;
  private final Pins pins;
  private final int portNumber;
  private final SecureRandom random;
  private final Map<String, Witness> listeners = new ConcurrentHashMap<>();
  private final Inbox inbox = new Inbox();
  private final AtomicBoolean isDrainDue = new AtomicBoolean();
  private final Lane.Timer turns;
  private volatile Ends ends = Ends.NONE;

  // Sending answers at once what became of it, whatever thread asks, and numbers have to leave in
  // their order: hence this lock for all that follows. It is held for one signature at most, never
  // while one is checked.
  private final Object lock = new Object();
  private final Map<Drop, Long> dropped = new EnumMap<>(Drop.class);
  private final Map<LinkAddress, Long> versions = new HashMap<>();
  private Set<LinkAddress> heard = Set.of();
  private Set<String> forgotten = Set.of();
  private @Nullable Neighbourhood neighbourhood;
  private @Nullable Port port;
  private Optional<String> notOpen = Optional.of("it is being opened");
  private long in;
  private long out;
  private boolean isClosed;
  private Optional<Damage> damage = Optional.empty();

  // On the lane alone.
  private final Retry loading = new Retry();
  private final Retry opening = new Retry();
  private final Retry saving = new Retry();
  private Optional<Uptime> looked = Optional.empty();
  private Set<LinkAddress> unreachable = Set.of();
  private long saved;

  private record Damage(String what, Uptime at) {}

  /** Begins to open. */
  public LinkChannel(
      Lane lane,
      UptimeSource uptime,
      NodeId own,
      NodeKey key,
      Pins pins,
      int port,
      SecureRandom random) {
    this.lane = lane;
    this.uptime = uptime;
    this.own = own;
    this.key = key;
    this.pins = pins;
    this.portNumber = port;
    this.random = random;
    turns = lane.every(TURN, "neighbour channel", this::turn);
  }

  private void turn() {
    var now = uptime.now();
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      if (neighbourhood == null) {
        load(now);
        return;
      }
    }
    openWhereClosed(now);
    if (looked.filter(at -> now.since(at).compareTo(LOOK_AGAIN) < 0).isEmpty()) {
      look(now);
    }
    greet(now);
    save(now);
    drain();
  }

  private void load(Uptime now) {
    if (!loading.isDue(now)) {
      return;
    }
    loading.begin();
    lane.aside("read pinned keys", FLASH_LIMIT, pins::load, outcome -> {
      if (outcome instanceof Lane.Outcome.Done<Pins.Loaded> done) {
        loading.done();
        loaded(done.value());
      } else {
        notLoaded(outcome);
      }
    });
  }

  private void loaded(Pins.Loaded loaded) {
    var now = uptime.now();
    loaded
        .damage()
        .ifPresent(what -> LOG.warn(
            "Neighbour channel: {}. Compare the keys of the neighbours with what they say.", what));
    synchronized (lock) {
      damage = loaded.damage().map(what -> new Damage(what, now));
      var made = new Neighbourhood(key.text(), own, loaded.pins(), this::draw, now);
      saved = made.pins().changes();
      made.forget(forgotten, now);
      made.heard(heard, now);
      neighbourhood = made;
    }
    turn();
  }

  private void notLoaded(Lane.Outcome<Pins.Loaded> outcome) {
    var why = inWords(outcome);
    if (loading.isFirst()) {
      LOG.warn(
          "The pinned keys of neighbours cannot be read ({}). The neighbour channel stays closed meanwhile; it is tried again by itself.",
          why);
    }
    loading.failed(uptime.now());
    synchronized (lock) {
      notOpen = Optional.of("the pinned keys cannot be read: " + why);
    }
  }

  private String draw() {
    var octets = new byte[DRAWN_OCTETS];
    random.nextBytes(octets);
    return Ed25519.text(octets);
  }

  private void openWhereClosed(Uptime now) {
    synchronized (lock) {
      if (port != null || isClosed || !opening.isDue(now)) {
        return;
      }
      try {
        port = Port.open(portNumber, this::hear, this::ended);
        notOpen = Optional.empty();
      } catch (IOException e) {
        notOpen = Optional.of("UDP port " + portNumber + " cannot be had: " + e.getMessage());
        if (opening.isFirst()) {
          LOG.warn(
              "The neighbour channel cannot be opened: UDP port {} cannot be had ({}). Billing goes on by tariff; it is tried again by"
                  + " itself. See which program has the port, or whether IPv6 is off.",
              portNumber,
              e.getMessage());
        }
        opening.failed(now);
        return;
      }
    }
    LOG.info("Neighbour channel open on UDP port {}, this node's key {}", portNumber, key.text());
    opening.done();
  }

  /** On the thread of the port. */
  private void ended(IOException why) {
    LOG.warn("The neighbour channel's socket failed ({}); it is opened again.", why.getMessage());
    synchronized (lock) {
      port = null;
      notOpen = Optional.of("its socket failed: " + why.getMessage());
    }
  }

  private void look(Uptime now) {
    looked = Optional.of(now);
    Set<LinkAddress> wanted;
    synchronized (lock) {
      wanted = heard;
      versions.keySet().retainAll(wanted);
    }
    try {
      var seen = Ends.look(wanted, portNumber);
      ends = seen;
      var missing = new TreeSet<>(wanted);
      missing.removeIf(far -> seen.at(far).isPresent());
      for (var far : missing) {
        if (!unreachable.contains(far)) {
          LOG.info(
              "{} cannot be talked to: the interface is not there, or has no link-local address. It is looked for again by itself.",
              far);
        }
      }
      unreachable = Set.copyOf(missing);
    } catch (IOException e) {
      LOG.warn(
          "The interfaces cannot be looked at ({}); this is tried again by itself.",
          e.getMessage());
    }
  }

  private void greet(Uptime now) {
    synchronized (lock) {
      var present = neighbourhood;
      if (present != null && port != null) {
        present.due(now).forEach(this::transmit);
      }
    }
  }

  /** Holds the lock. @return whether the kernel took it */
  private boolean transmit(Saying saying) {
    var end = ends.at(saying.to());
    var open = port;
    if (end.isEmpty() || open == null) {
      return false;
    }
    var datagram = Wire.write(key, saying.from(end.get().source()));
    try {
      if (open.send(end.get().far(), datagram)) {
        out++;
        return true;
      }
    } catch (IOException e) {
      LOG.debug("Nothing can be sent to {}: {}", saying.to(), e.getMessage());
    }
    return false;
  }

  /** On the thread of the port. */
  private void hear(InetSocketAddress source, byte[] datagram) {
    var from = ends.origin(source);
    if (from.isEmpty()) {
      drop(Drop.NOT_HEARD);
    } else if (datagram.length > Wire.LONGEST) {
      drop(Drop.TOO_LONG);
    } else {
      read(from.get(), datagram);
    }
  }

  private void read(LinkAddress from, byte[] datagram) {
    var read = Wire.read(datagram);
    if (read instanceof Wire.Read.Envelope envelope) {
      check(from, envelope, datagram);
    } else if (read instanceof Wire.Read.OtherVersion other) {
      drop(Drop.OTHER_VERSION);
      tell(from, other.version());
    } else {
      drop(Drop.MALFORMED);
    }
  }

  private void tell(LinkAddress from, long version) {
    synchronized (lock) {
      if (!heard.contains(from) || versions.putIfAbsent(from, version) != null) {
        return;
      }
    }
    LOG.info(
        "{} speaks version {} of the neighbour channel, this node version {}: it is priced by tariff. Bring both to the same version.",
        from,
        version,
        Wire.VERSION);
  }

  private void check(LinkAddress from, Wire.Read.Envelope envelope, byte[] datagram) {
    var now = uptime.now();
    synchronized (lock) {
      var present = neighbourhood;
      var refused =
          present == null ? Optional.of(Drop.NOT_HEARD) : present.admit(from, envelope.key(), now);
      if (refused.isPresent()) {
        drop(refused.get());
        return;
      }
    }
    if (!envelope.isSigned()) {
      drop(Drop.BAD_SIGNATURE);
      return;
    }
    var message = Wire.message(envelope.body());
    if (message.isEmpty()) {
      drop(Drop.MALFORMED);
      return;
    }
    take(from, envelope.key(), message.get(), new String(datagram, StandardCharsets.UTF_8), now);
  }

  private void take(LinkAddress from, String signer, Message message, String evidence, Uptime now) {
    var addresses = ends.at(from).map(Ends.End::own).orElse(Set.of());
    synchronized (lock) {
      var present = neighbourhood;
      if (present == null || isClosed) {
        return;
      }
      var received = present.receive(from, addresses, signer, message, now);
      if (received instanceof Received.Dropped no) {
        drop(no.reason());
        return;
      }
      in++;
      if (received instanceof Received.Asked asked) {
        transmit(asked.answer());
      } else if (received instanceof Received.Began began) {
        transmit(began.answer());
        began(from, began);
      } else if (received instanceof Received.Heard word) {
        deliver(new Inbox.Item.Word(word.from(), word.topic(), word.json(), evidence));
      }
    }
    if (!inbox.isEmpty()) {
      drainSoon();
    }
  }

  private void began(LinkAddress from, Received.Began began) {
    if (began.isPinned()) {
      LOG.info(
          "{} is {} with the key {}, heard for the first time and pinned",
          from,
          began.name(),
          began.neighbour());
    }
    began
        .unpinned()
        .ifPresent(gone -> LOG.warn(
            "The key of {} is remembered no longer: there are more addresses than can be. If it is heard again it is met as for the first"
                + " time.",
            gone));
    if (began.isMet()) {
      LOG.info("Met {} at {}", began.name(), from);
      inbox.met(began.neighbour());
    }
  }

  private void deliver(Inbox.Item.Word word) {
    if (!listeners.containsKey(word.topic())) {
      drop(Drop.NO_LISTENER);
    } else if (!inbox.offer(word)) {
      drop(Drop.NOT_TAKEN);
    }
  }

  private void drop(Drop reason) {
    synchronized (lock) {
      dropped.merge(reason, 1L, Long::sum);
    }
  }

  /** One task waits at most, so that no flood fills the lane. Where it is full, the next turn does it. */
  private void drainSoon() {
    if (isDrainDue.compareAndSet(false, true)
        && lane.post("tell what neighbours said", this::drain) != Lane.Posting.ACCEPTED) {
      isDrainDue.set(false);
    }
  }

  private void drain() {
    isDrainDue.set(false);
    for (var item = inbox.poll(); item.isPresent(); item = inbox.poll()) {
      synchronized (lock) {
        if (isClosed) {
          return;
        }
      }
      if (item.get() instanceof Inbox.Item.Word word) {
        var listener = listeners.get(word.topic());
        if (listener != null) {
          listener.heard(word.from(), word.json(), word.evidence());
        }
      } else {
        var met = item.get().from();
        listeners.values().forEach(listener -> listener.met(met));
      }
    }
  }

  private void save(Uptime now) {
    String text;
    long changes;
    synchronized (lock) {
      if (neighbourhood == null || neighbourhood.pins().changes() == saved || !saving.isDue(now)) {
        return;
      }
      changes = neighbourhood.pins().changes();
      text = neighbourhood.pins().text();
    }
    saving.begin();
    lane.aside(
        "write pinned keys",
        FLASH_LIMIT,
        () -> {
          pins.save(text);
          return changes;
        },
        outcome -> {
          if (outcome instanceof Lane.Outcome.Done<Long> done) {
            saving.done();
            saved = done.value();
            return;
          }
          if (saving.isFirst()) {
            LOG.warn(
                "The pinned keys of neighbours cannot be written ({}): they are known until Kedge ends. It is tried again by itself.",
                inWords(outcome));
          }
          saving.failed(uptime.now());
        });
  }

  private static String inWords(Lane.Outcome<?> outcome) {
    if (outcome instanceof Lane.Outcome.Failed<?> failed) {
      return String.valueOf(failed.cause().getMessage());
    }
    return outcome instanceof Lane.Outcome.Late<?> late
        ? "not done within " + late.limit().toSeconds() + " s"
        : "done";
  }

  @Override
  public void heard(Set<LinkAddress> now) {
    synchronized (lock) {
      if (heard.equals(now)) {
        return;
      }
      heard = Set.copyOf(now);
      if (neighbourhood != null) {
        neighbourhood.heard(heard, uptime.now());
      }
    }
    lane.after(Duration.ZERO, "look at the links of neighbours", () -> {
      looked = Optional.empty();
      turn();
    });
  }

  /**
   * Unpins these keys, and listens to none of them from now on; replaces those named before.
   *
   * @param keys 43 characters each
   */
  public void forget(Set<String> keys) {
    synchronized (lock) {
      forgotten = Set.copyOf(keys);
      if (neighbourhood != null) {
        neighbourhood.forget(forgotten, uptime.now());
      }
    }
  }

  @Override
  public List<NeighbourId> peers() {
    synchronized (lock) {
      return neighbourhood == null ? List.of() : neighbourhood.peers(uptime.now());
    }
  }

  @Override
  public Sending send(NeighbourId to, String topic, String json) {
    var word = new Message.Word(topic, json);
    var octets = json.getBytes(StandardCharsets.UTF_8).length;
    if (octets > PAYLOAD_MAX || !Wire.isPayload(json)) {
      throw new IllegalArgumentException("A payload is one JSON object in one line of at most "
          + PAYLOAD_MAX + " octets, but this has " + octets + ": " + json);
    }
    synchronized (lock) {
      var now = uptime.now();
      var present = neighbourhood;
      var ways = present == null ? List.<LinkAddress>of() : present.ways(to, now);
      if (present == null || ways.isEmpty()) {
        return Sending.NOT_MET;
      }
      if (!present.mayTell(to, now)) {
        return Sending.TOO_FAST;
      }
      return ways.stream().anyMatch(way -> transmit(present.say(way, word, now)))
          ? Sending.SENT
          : Sending.NOT_TAKEN;
    }
  }

  @Override
  public Listening listen(String topic, Listener listener) {
    return witness(topic, new Witness() {
      @Override
      public void heard(NeighbourId from, String json, String evidence) {
        listener.heard(from, json);
      }

      @Override
      public void met(NeighbourId neighbour) {
        listener.met(neighbour);
      }
    });
  }

  @Override
  public Listening witness(String topic, Witness witness) {
    if (!Message.isTopic(topic)) {
      throw new IllegalArgumentException("There can be no topic '" + topic + "'");
    }
    if (listeners.putIfAbsent(topic, witness) != null) {
      throw new IllegalStateException("The topic '" + topic + "' has a listener");
    }
    return () -> listeners.remove(topic, witness);
  }

  @Override
  public Map<LinkAddress, NeighbourId> identities() {
    synchronized (lock) {
      return neighbourhood == null ? Map.of() : neighbourhood.identities();
    }
  }

  @Override
  public Optional<String> nameOf(NeighbourId neighbour) {
    synchronized (lock) {
      return neighbourhood == null
          ? Optional.empty()
          : neighbourhood.nameOf(neighbour).map(NodeId::value);
    }
  }

  @Override
  public List<Reading> readings(Uptime now) {
    var kind = BillingFaults.NEIGHBOUR_KEY_CHANGED;
    Optional<String> trouble;
    Optional<Damage> lost;
    synchronized (lock) {
      if (neighbourhood == null || notOpen.isPresent()) {
        return List.of(new Reading.Unseen(kind, now, notOpen.orElse("it is being opened")));
      }
      trouble = neighbourhood.keyTrouble(now);
      lost = damage.filter(seen -> now.since(seen.at()).compareTo(DAMAGE_TOLD) < 0);
    }
    if (trouble.isPresent()) {
      var both = lost.map(seen -> trouble.get() + "; and " + seen.what()).orElse(trouble.get());
      return List.of(new Reading.Wrong(kind, now, Blame.UNKNOWN, both));
    }
    return List.of(
        lost.isPresent()
            ? new Reading.Wrong(kind, now, Blame.OURS_HARDWARE, lost.get().what())
            : new Reading.Well(kind, now));
  }

  public Counts counts() {
    synchronized (lock) {
      return new Counts(in, out, dropped);
    }
  }

  /** Ends at once; no listener is called once the lane's present task has ended. */
  @Override
  public void close() {
    turns.cancel();
    synchronized (lock) {
      isClosed = true;
      if (port != null) {
        port.close();
        port = null;
      }
    }
  }
}
