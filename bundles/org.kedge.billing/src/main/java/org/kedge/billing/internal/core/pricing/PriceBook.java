package org.kedge.billing.internal.core.pricing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.Promise;
import org.kedge.billing.internal.core.ledger.Promise.Side;
import org.kedge.billing.internal.core.ledger.Promise.Step;
import org.kedge.billing.internal.core.ledger.Promise.Terms;
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
 *   <li>a fall is told, and holds within half a minute;
 *   <li>a rise, whatever made it (a fee, a next hop that asks more, another next hop), is announced and holds one period later, if
 *       the neighbour acknowledged it; meanwhile this node may carry at a loss;
 *   <li>a destination that was never named to it costs what the prefix that covers it was told to cost; once named, its own price
 *       holds at once. It is named when its next hop has said what it asks, or has said nothing for half a minute.
 * </ul>
 *
 * <p>Prices that are told change in {@link #charged} only, that is between two charges, and at moments that both sides know: each of
 * them charges then, so no byte that was counted before pays a rise, and both find the same sum. What is not offered, as there is no
 * route or it leads back, costs nothing. A neighbour with a key that has not been told all yet pays what it costs, the tariff at
 * most, as it reckons the tariff too; one without a key, which cannot be told, pays what it costs.
 */
public final class PriceBook {
  /** Of one neighbour, in each direction; what is beyond is not offered, or not heard. */
  static final int DESTINATIONS_MAX = 10_000;

  static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
  private static final Duration FRESH = KEEP_ALIVE.multipliedBy(3);

  /** Of a neighbour that was silent for longer nothing holds any more: it is met as for the first time. */
  private static final Duration FORGOTTEN = Duration.ofDays(1);

  /** So long a new next hop may take to say what it asks, before it is taken to ask the tariff. */
  private static final Duration SAYING = Duration.ofSeconds(30);

  private static final Set<String> ANY_SOURCE = Set.of("::/0", "0.0.0.0/0");

  private BillingRules rules;
  private List<Leg> legs = List.of();
  private Ways ways = new Ways();
  private boolean areWaysOld;

  /** Until the routes are known what was promised before a restart stands as it is. */
  private boolean hasRoutes;

  private final Map<Leg, Uptime> unsaidSince = new HashMap<>();
  private @Nullable Uptime latest;

  /** Counts the ways ever reckoned, so that a neighbour is compared with them once. */
  private long edition;

  private final Map<NeighbourId, Peer> peers = new TreeMap<>();

  /** A neighbour that has a key. */
  private static final class Peer {
    final Told told;
    final Heard heard = new Heard();
    final Uptime known;
    boolean isMet;
    long edition = -1;

    Peer(Uptime now) {
      told = new Told(now);
      known = now;
    }

    Duration silence(Uptime now) {
      return heard.silence(now).orElse(now.since(known));
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
    hasRoutes = true;
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
    var peer = add(neighbour, now);
    peer.isMet = true;
    peer.told.begin(now);
  }

  private Peer add(NeighbourId neighbour, Uptime now) {
    return peers.computeIfAbsent(neighbour, any -> {
      areWaysOld = true;
      return new Peer(now);
    });
  }

  /**
   * What held when this node stopped still does. Before any neighbour is met.
   *
   * @param isSameBoot whether it was kept in this boot, so that its times mean something: else it comes a period from now
   */
  public void restore(List<Promise> promises, boolean isSameBoot, Uptime now) {
    for (var promise : promises) {
      var peer = add(promise.neighbour(), now);
      var kept = promise.holds().orElseThrow();
      var terms = isSameBoot ? kept : deferred(kept, now);
      switch (promise.side()) {
        case TOLD -> peer.told.restore(promise.destination(), terms);
        case HEARD -> peer.heard.restore(promise.destination(), terms);
      }
    }
  }

  private Terms deferred(Terms terms, Uptime now) {
    return new Terms(
        terms.price(),
        terms.steps().stream()
            .map(step -> new Step(step.price(), now.plus(rules.period())))
            .toList());
  }

  /**
   * What is to be kept for {@link #restore}: all that has changed since this was asked last. To be asked with each charge, after
   * {@link #charged}: what is kept together with a charge is what the next one reckons by.
   */
  public List<Promise> unkept(Uptime now) {
    var silent = peers.entrySet().stream()
        .filter(entry -> entry.getValue().silence(now).compareTo(FORGOTTEN) > 0)
        .map(Map.Entry::getKey)
        .toList();
    for (var neighbour : silent) {
      peer(neighbour).ifPresent(peer -> {
        peer.told.forget();
        peer.heard.forget();
      });
    }
    var promises = new ArrayList<Promise>();
    peers.forEach((neighbour, peer) -> {
      peer.told
          .unkept()
          .forEach((destination, holds) ->
              promises.add(new Promise(neighbour, Side.TOLD, destination, holds)));
      peer.heard
          .unkept()
          .forEach((destination, holds) ->
              promises.add(new Promise(neighbour, Side.HEARD, destination, holds)));
    });
    areWaysOld |= !silent.isEmpty();
    silent.forEach(peers::remove);
    return promises;
  }

  /** What was kept is lost. */
  public void keepAnew() {
    peers.values().forEach(peer -> {
      peer.told.keepAnew();
      peer.heard.keepAnew();
    });
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
    latest = now;
    areWaysOld |= ways.table().all().values().stream().anyMatch(way -> !way.isSure());
    reckon();
    var outgoing = new ArrayList<Outgoing>();
    peers.forEach((neighbour, peer) -> {
      if (!peer.isMet) {
        return;
      }
      if (hasRoutes && peer.edition != edition) {
        peer.told.follow(ways, neighbour, rules.period(), now);
        peer.edition = edition;
      }
      peer.heard.answer().ifPresent(taken -> outgoing.add(new Outgoing(neighbour, taken)));
      peer.told.tick(now).forEach(message -> outgoing.add(new Outgoing(neighbour, message)));
    });
    return outgoing;
  }

  /** When a price changes next: all that came before is to be charged then. */
  public Optional<Uptime> nextTurn() {
    return peers.values().stream()
        .flatMap(
            peer -> Stream.concat(peer.told.nextTurn().stream(), peer.heard.nextTurn().stream()))
        .min(Uptime::compareTo);
  }

  /** All bytes up to now have been charged: what is due holds from here on. */
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
    var way = find(target, ways::find, Way::price);
    var traffic = way.map(Way::traffic).orElse(kind(target));
    if (traffic == Traffic.LOCAL) {
      return new Quote(Price.FREE, traffic);
    }
    var cost = way.map(Way::price).orElse(rules.fee());
    if (!from.hasKey()) {
      return new Quote(cost, traffic);
    }
    var told = peer(from).map(peer -> peer.told);
    return new Quote(
        told.flatMap(all -> find(target, all::find, price -> price))
            .orElseGet(() ->
                told.filter(Told::isTold).isPresent() ? Price.FREE : cost.min(rules.tariff())),
        traffic);
  }

  /** What {@code by} asks for a byte handed to it. */
  public Quote ask(NeighbourId by, Target target) {
    var heard = peer(by).map(peer -> peer.heard);
    if (target instanceof Target.Any || heard.isEmpty()) {
      return new Quote(tariff(), kind(target));
    }
    var found = find(target, heard.get()::find, Heard.Found::price);
    if (found.isEmpty()) {
      return new Quote(heard.get().isWhole() ? Price.FREE : tariff(), kind(target));
    }
    var price = found.get().price().min(rules.priceLimit());
    var traffic = found.get().prefix().isDefault() ? Traffic.EXIT : Traffic.RELAYED;
    return new Quote(price, price.equals(Price.FREE) ? Traffic.LOCAL : traffic);
  }

  private static Traffic kind(Target target) {
    return target instanceof Target.Elsewhere ? Traffic.EXIT : Traffic.RELAYED;
  }

  /** Of what lies beyond the mesh the family is not known: whichever costs less of those there are, on both sides. */
  private static <T> Optional<T> find(
      Target target, Function<IpPrefix, Optional<T>> table, Function<T, Price> price) {
    if (target instanceof Target.Mesh mesh) {
      return table.apply(mesh.address());
    }
    var ipv6 = table.apply(Ways.DEFAULT_IPV6);
    var ipv4 = table.apply(Ways.DEFAULT_IPV4);
    if (ipv6.isEmpty() || ipv4.isEmpty()) {
      return ipv6.isPresent() ? ipv6 : ipv4;
    }
    return price.apply(ipv4.get()).compareTo(price.apply(ipv6.get())) < 0 ? ipv4 : ipv6;
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
        .flatMap(leg -> peer(neighbour)
            .flatMap(peer -> peer.heard.find(leg.destination()))
            .map(Heard.Found::price)
            .or(() -> Optional.of(rules.tariff()))
            .stream())
        .map(rules.priceLimit()::min)
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
    var silence = peer.silence(now);
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
    unsaidSince.keySet().retainAll(Set.copyOf(legs));
    ways = fresh;
    edition++;
    areWaysOld = false;
  }

  private Way way(Leg leg) {
    var isDefault = leg.destination().isDefault();
    var traffic = isDefault ? Traffic.EXIT : Traffic.RELAYED;
    if (leg.nextHop().isEmpty()) {
      return isDefault
          ? new Way(leg.nextHop(), traffic, rules.fee(), rules.fee(), true)
          : new Way(leg.nextHop(), Traffic.LOCAL, Price.FREE, Price.FREE, true);
    }
    var found = peer(leg.nextHop().get()).flatMap(peer -> peer.heard.find(leg.destination()));
    if (found.isPresent()) {
      unsaidSince.remove(leg);
    }
    var isSure = found.isPresent() || isOverdue(leg);
    var now = found.map(Heard.Found::price).orElse(rules.tariff()).min(rules.priceLimit());
    var coming = found.map(Heard.Found::coming).orElse(rules.tariff()).min(rules.priceLimit());
    return new Way(leg.nextHop(), traffic, rules.fee().plus(now), rules.fee().plus(coming), isSure);
  }

  private boolean isOverdue(Leg leg) {
    var now = latest;
    return now != null
        && now.since(unsaidSince.computeIfAbsent(leg, any -> now)).compareTo(SAYING) >= 0;
  }
}
