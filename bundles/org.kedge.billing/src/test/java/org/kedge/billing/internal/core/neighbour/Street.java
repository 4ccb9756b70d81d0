package org.kedge.billing.internal.core.neighbour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;

/** Nodes and the links between them, in virtual time; links lose, double and reorder, and everything ever said is kept. */
final class Street {
  private static final Duration STEP = Duration.ofMillis(500);

  final Random random;
  final List<Parcel> everything = new ArrayList<>();
  Uptime now = Uptime.of(Duration.ofHours(1));
  int lossPercent;
  int doublePercent;
  Duration delayMost = Duration.ofMillis(20);
  private final Map<String, House> houses = new LinkedHashMap<>();
  private final TreeMap<Long, List<Parcel>> underWay = new TreeMap<>();
  private int drawn;

  Street(long seed) {
    random = new Random(seed);
  }

  /** A signed message on its way: where it arrives, and where it seems to come from. */
  record Parcel(String house, LinkAddress from, String key, Message message) {}

  /** One node with what it was told. */
  final class House {
    final String name;
    final String key;
    private final Set<LinkAddress> heard = new TreeSet<>();
    private final Map<LinkAddress, String> wires = new HashMap<>();
    private final Map<LinkAddress, String> own = new HashMap<>();
    PinBook pins = new PinBook();
    Neighbourhood hood;
    final List<String> words = new ArrayList<>();
    final List<NeighbourId> met = new ArrayList<>();
    final Map<Drop, Integer> dropped = new HashMap<>();

    House(String name) {
      this.name = name;
      this.key = (name + "-").repeat(43).substring(0, 43);
      hood = start();
    }

    NeighbourId id() {
      return new NeighbourId("key:" + key);
    }

    private Neighbourhood start() {
      return new Neighbourhood(key, new NodeId(name), pins, () -> "%016d".formatted(++drawn), now);
    }

    /** Ends and begins again, with what is on flash. */
    void restart() {
      pins = ((PinBook.Read.Good) PinBook.of(pins.text())).pins();
      hood = start();
      hood.heard(heard, now);
    }

    void hears(LinkAddress... far) {
      heard.clear();
      heard.addAll(List.of(far));
      hood.heard(heard, now);
    }

    boolean tell(House to, String json) {
      var ways = hood.ways(to.id(), now);
      if (ways.isEmpty() || !hood.mayTell(to.id(), now)) {
        return false;
      }
      post(this, hood.say(ways.get(0), new Message.Word("words", json), now));
      return true;
    }

    Received take(Parcel parcel) {
      var refused = hood.admit(parcel.from(), parcel.key(), now);
      var received = refused.isPresent()
          ? new Received.Dropped(refused.get())
          : hood.receive(
              parcel.from(),
              Set.of(own.getOrDefault(parcel.from(), "")),
              parcel.key(),
              parcel.message(),
              now);
      if (received instanceof Received.Dropped no) {
        dropped.merge(no.reason(), 1, Integer::sum);
      } else if (received instanceof Received.Asked asked) {
        post(this, asked.answer());
      } else if (received instanceof Received.Began began) {
        post(this, began.answer());
        if (began.isMet()) {
          met.add(began.neighbour());
        }
      } else if (received instanceof Received.Heard heardWord) {
        words.add(heardWord.from() + " " + heardWord.json());
      }
      return received;
    }
  }

  House house(String name) {
    return houses.computeIfAbsent(name, House::new);
  }

  /** Joins two houses; each hears the other from now on. */
  void join(House one, LinkAddress oneSees, House other, LinkAddress otherSees) {
    one.wires.put(oneSees, other.name);
    other.wires.put(otherSees, one.name);
    one.own.put(oneSees, otherSees.address());
    other.own.put(otherSees, oneSees.address());
    one.heard.add(oneSees);
    other.heard.add(otherSees);
    one.hood.heard(one.heard, now);
    other.hood.heard(other.heard, now);
  }

  private void post(House from, Saying saying) {
    var to = house(from.wires.getOrDefault(saying.to(), "nobody"));
    var source = from.own.get(saying.to());
    if (source == null) {
      return;
    }
    var arrivesOn = to.own.entrySet().stream()
        .filter(entry -> entry.getKey().address().equals(source)
            && entry.getValue().equals(saying.to().address())
            && from.name.equals(to.wires.get(entry.getKey())))
        .map(Map.Entry::getKey)
        .findFirst();
    if (arrivesOn.isEmpty()) {
      return;
    }
    var parcel = new Parcel(to.name, arrivesOn.get(), from.key, saying.from(source));
    everything.add(parcel);
    for (var copy = random.nextInt(100) < doublePercent ? 2 : 1; copy > 0; copy--) {
      if (random.nextInt(100) >= lossPercent) {
        send(parcel);
      }
    }
  }

  void send(Parcel parcel) {
    var delay = (long) random.nextInt((int) delayMost.toMillis() + 1) * 1_000_000;
    underWay.computeIfAbsent(now.nanos() + delay, unused -> new ArrayList<>()).add(parcel);
  }

  void pass(Duration span) {
    var end = now.plus(span);
    while (now.isBefore(end)) {
      for (var house : houses.values()) {
        house.hood.due(now).forEach(saying -> post(house, saying));
      }
      var next = end.isBefore(now.plus(STEP)) ? end : now.plus(STEP);
      while (!underWay.isEmpty() && underWay.firstKey() <= next.nanos()) {
        var first = underWay.pollFirstEntry();
        now = new Uptime(Math.max(now.nanos(), first.getKey()));
        first.getValue().forEach(parcel -> house(parcel.house()).take(parcel));
      }
      now = next;
    }
  }
}
