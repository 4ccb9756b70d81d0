package org.kedge.billing.internal.core.pricing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.Traffic;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;
import org.kedge.billing.internal.core.pricing.Ways.Leg;
import org.kedge.billing.internal.core.pricing.Ways.Way;

/**
 * What this node asks of its neighbours, and what they ask of it. One thread.
 *
 * <p>Carrying to a destination costs the own fee and what the next hop that Babel installed asks for it; this node's own
 * destinations cost nothing, and none is offered to the neighbour that is the next hop to it. A neighbour is charged by the longest
 * prefix it was told, and reckons by the same table, so both sides find the same price. What it was told is a promise:
 *
 * <ul>
 *   <li>a fall holds at once;
 *   <li>a rise, whatever made it (a fee, a next hop that asks more, another next hop), is announced and holds one period later, if
 *       the neighbour acknowledged it; meanwhile this node may carry at a loss;
 *   <li>a destination that was never named to it costs what the prefix that covers it was told to cost; once named, its own price
 *       holds at once.
 * </ul>
 *
 * <p>Prices that hold change upwards in {@link #charged} only, that is between two charges: no byte that was counted before pays a
 * rise. A neighbour with a key that was told nothing for a destination pays what it costs, the tariff at most, as it reckons the
 * tariff too; one without a key, which cannot be told, pays what it costs.
 */
public final class PriceBook {
  /** Of one neighbour, in each direction; what is beyond is not offered, or not heard. */
  static final int DESTINATIONS_MAX = 10_000;

  static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
  private static final Duration FRESH = KEEP_ALIVE.multipliedBy(3);
  private static final Set<String> ANY_SOURCE = Set.of("::/0", "0.0.0.0/0");

  private BillingRules rules;
  private List<Leg> legs = List.of();
  private Ways ways = new Ways();
  private boolean areWaysOld;

  /** Counts the ways ever reckoned, so that a neighbour is compared with them once. */
  private long edition;

  private final Map<NeighbourId, Peer> peers = new TreeMap<>();

  /** A neighbour that has a key. */
  private static final class Peer {
    final Told told;
    final Heard heard = new Heard();
    final Uptime firstMet;
    boolean isMet = true;
    long edition = -1;

    Peer(Uptime now) {
      told = new Told(now);
      firstMet = now;
    }
  }

  public PriceBook(BillingRules rules) {
    this.rules = rules;
  }

  /** New rules; dearer fees are announced like every rise. */
  public void rules(BillingRules changed) {
    rules = changed;
    areWaysOld = true;
  }

  /**
   * The routes as they are now. Those for certain sources only are left out of account.
   *
   * @param own addresses of this node
   */
  public void routes(RoutingTable table, Collection<IpPrefix> own, NextHops nextHops) {
    var found = new LinkedHashMap<IpPrefix, Leg>();
    table.routes().stream()
        .filter(route -> route.carries() && ANY_SOURCE.contains(route.source()))
        .sorted((one, other) -> Integer.compare(other.metric(), one.metric()))
        .forEach(route -> leg(route, nextHops).ifPresent(leg -> found.put(leg.destination(), leg)));
    var exported = table.exported().stream()
        .filter(export -> ANY_SOURCE.contains(export.source()))
        .flatMap(export -> IpPrefix.of(export.prefix()).stream());
    Stream.concat(exported, own.stream())
        .forEach(prefix -> found.put(prefix, new Leg(prefix, Optional.empty())));
    var now = List.copyOf(found.values());
    if (!now.equals(legs)) {
      legs = now;
      areWaysOld = true;
    }
  }

  private static Optional<Leg> leg(Route route, NextHops nextHops) {
    return IpPrefix.of(route.prefix())
        .map(prefix ->
            new Leg(prefix, Optional.of(nextHops.who(route.interfaceName(), route.via()))));
  }

  /** A session began: all is told anew. */
  public void met(NeighbourId neighbour, Uptime now) {
    if (!neighbour.hasKey()) {
      throw new IllegalArgumentException(neighbour + " has no key and cannot be met");
    }
    var peer = peers.get(neighbour);
    if (peer == null) {
      peers.put(neighbour, new Peer(now));
      areWaysOld = true;
    } else {
      peer.isMet = true;
      peer.told.begin(now);
    }
  }

  /** The session is over: nothing is sent until it is met again; what both told each other still holds. */
  public void lost(NeighbourId neighbour) {
    peer(neighbour).ifPresent(peer -> peer.isMet = false);
  }

  /** Takes a message of a neighbour that was met; of any other it is ignored. */
  public void heard(NeighbourId from, PriceMessage message, Uptime now) {
    peer(from).ifPresent(peer -> {
      if (message instanceof Prices prices) {
        areWaysOld |= peer.heard.take(prices, rules.period(), now);
      } else if (message instanceof Taken taken) {
        peer.told.taken(taken, now);
      }
    });
  }

  /** Messages to be sent now. Called about once a second, and soon after something was heard. */
  public List<Outgoing> tick(Uptime now) {
    reckon();
    var outgoing = new ArrayList<Outgoing>();
    peers.forEach((neighbour, peer) -> {
      if (!peer.isMet) {
        return;
      }
      if (peer.edition != edition) {
        peer.told.follow(ways, neighbour, rules.period(), now);
        peer.edition = edition;
      }
      peer.heard.answer().ifPresent(taken -> outgoing.add(new Outgoing(neighbour, taken)));
      peer.told.tick(now).forEach(message -> outgoing.add(new Outgoing(neighbour, message)));
    });
    return outgoing;
  }

  /** All bytes up to now have been charged: rises that are due hold from here on. */
  public void charged(Uptime now) {
    for (var peer : peers.values()) {
      areWaysOld |= peer.heard.turn(now);
      if (peer.told.turn(rules.period(), now)) {
        // A further rise may have waited for this one.
        peer.edition = -1;
      }
    }
  }

  /** What this node charges {@code from} for a byte handed to it. */
  public Quote charge(NeighbourId from, Target target) {
    if (target instanceof Target.Any) {
      return new Quote(rules.fee(), Traffic.RELAYED);
    }
    reckon();
    return cheapest(destinations(target).stream().map(to -> charge(from, to)).toList());
  }

  private Quote charge(NeighbourId from, IpPrefix destination) {
    var way = ways.find(destination);
    var traffic =
        way.map(Way::traffic).orElse(destination.isDefault() ? Traffic.EXIT : Traffic.RELAYED);
    if (traffic == Traffic.LOCAL) {
      return new Quote(Price.FREE, traffic);
    }
    var cost = way.map(Way::price).orElse(rules.fee());
    if (!from.hasKey()) {
      return new Quote(cost, traffic);
    }
    var price = peer(from)
        .flatMap(peer -> peer.told.find(destination))
        .orElseGet(() -> cost.min(rules.tariff()));
    return new Quote(price, traffic);
  }

  /** What {@code by} asks for a byte handed to it. */
  public Quote ask(NeighbourId by, Target target) {
    if (target instanceof Target.Any) {
      return new Quote(tariff(), Traffic.RELAYED);
    }
    return cheapest(destinations(target).stream().map(to -> ask(by, to)).toList());
  }

  private Quote ask(NeighbourId by, IpPrefix destination) {
    var found = peer(by).flatMap(peer -> peer.heard.find(destination));
    if (found.isEmpty()) {
      return new Quote(tariff(), destination.isDefault() ? Traffic.EXIT : Traffic.RELAYED);
    }
    var price = found.get().price();
    var traffic = price.equals(Price.FREE)
        ? Traffic.LOCAL
        : found.get().prefix().isDefault() ? Traffic.EXIT : Traffic.RELAYED;
    return new Quote(price.min(rules.priceLimit()), traffic);
  }

  /** Of what lies beyond the mesh the family is not known: whichever costs less, on both sides. */
  private static List<IpPrefix> destinations(Target target) {
    return target instanceof Target.Mesh mesh
        ? List.of(mesh.address())
        : List.of(Ways.DEFAULT_IPV6, Ways.DEFAULT_IPV4);
  }

  private static Quote cheapest(List<Quote> quotes) {
    return quotes.stream()
        .min((one, other) -> one.price().compareTo(other.price()))
        .orElseThrow();
  }

  /** The most that is charged, over all destinations; empty while there is no route. */
  public Optional<Price> charges(NeighbourId neighbour) {
    reckon();
    var told = peer(neighbour).flatMap(peer -> peer.told.highest());
    return told.isPresent()
        ? told
        : ways.table().all().values().stream()
            .filter(way -> !way.leadsTo(neighbour))
            .map(way -> neighbour.hasKey() ? way.price().min(rules.tariff()) : way.price())
            .max(Price::compareTo);
  }

  /** The most that it asks, over the routes that lead through it. */
  public Optional<Price> asks(NeighbourId neighbour) {
    return legs.stream()
        .filter(leg -> leg.nextHop().filter(neighbour::equals).isPresent())
        .map(leg -> ask(neighbour, leg.destination()).price())
        .max(Price::compareTo);
  }

  /** Whether it has acknowledged all prices at least once. */
  public boolean isTold(NeighbourId neighbour) {
    return peer(neighbour).filter(peer -> peer.told.isTold()).isPresent();
  }

  /** Why prices between the two cannot be relied on now, in plain words without a full stop. */
  public Optional<String> stale(NeighbourId neighbour, Uptime now) {
    var known = peer(neighbour);
    if (known.isEmpty()) {
      return Optional.of("it was never met on the neighbour channel");
    }
    var peer = known.get();
    var silence = peer.heard.silence(now).orElse(now.since(peer.firstMet));
    if (peer.heard.silence(now).isEmpty() || silence.compareTo(FRESH) > 0) {
      return Optional.of("it has said no prices for " + silence.toSeconds() + " s");
    }
    var unanswered = peer.told.unanswered(now);
    if (unanswered.compareTo(FRESH) > 0) {
      return Optional.of("it has not acknowledged prices for " + unanswered.toSeconds() + " s");
    }
    return Optional.empty();
  }

  /** How many destinations were not heard, or not offered, as a neighbour has too many of them. */
  public int beyondBound() {
    return peers.values().stream()
        .mapToInt(peer -> peer.heard.refused() + peer.told.beyondBound())
        .sum();
  }

  private Optional<Peer> peer(NeighbourId neighbour) {
    return Optional.ofNullable(peers.get(neighbour));
  }

  private Price tariff() {
    return rules.tariff().min(rules.priceLimit());
  }

  private void reckon() {
    if (!areWaysOld) {
      return;
    }
    var fresh = new Ways();
    for (var leg : legs) {
      fresh.put(leg.destination(), way(leg));
    }
    ways = fresh;
    edition++;
    areWaysOld = false;
  }

  private Way way(Leg leg) {
    var isDefault = leg.destination().isDefault();
    var traffic = isDefault ? Traffic.EXIT : Traffic.RELAYED;
    if (leg.nextHop().isEmpty()) {
      return isDefault
          ? new Way(leg.nextHop(), traffic, rules.fee(), rules.fee())
          : new Way(leg.nextHop(), Traffic.LOCAL, Price.FREE, Price.FREE);
    }
    var found = peer(leg.nextHop().get()).flatMap(peer -> peer.heard.find(leg.destination()));
    var now = found.map(Heard.Found::price).orElse(rules.tariff()).min(rules.priceLimit());
    var coming = found.map(Heard.Found::coming).orElse(rules.tariff()).min(rules.priceLimit());
    return new Way(leg.nextHop(), traffic, rules.fee().plus(now), rules.fee().plus(coming));
  }
}
