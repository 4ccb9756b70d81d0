package org.kedge.babel.internal.core;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.babel.api.Route;
import org.kedge.babel.internal.core.RouteComparison.Key;
import org.kedge.base.api.IpPrefix;

/**
 * Makes kernel routes from what babeld tells of them. babeld tells neither table nor metric, and as the next hop always the
 * neighbour's link-local address, although it gives the kernel an IPv4 one where the link has such (babeld 1.12.1); the kernel's
 * routes teach all three. An IPv4 route put back by way of the link-local address carries packets all the same, but babeld does not
 * find it when it wants to take it away, and it has to be swept (seen).
 */
public final class LostRoutes {
  /** Where and how strongly the kernel holds a route. */
  private record Place(String table, long metric) {}

  private record NextHop(String via, String device) {}

  private final Map<Key, Place> places = new HashMap<>();
  private final Map<IpFamily, Place> usual = new EnumMap<>(IpFamily.class);
  private final Map<NextHop, String> gateways = new HashMap<>();

  private LostRoutes() {}

  /**
   * Learns from a time when babeld and the kernel agreed; unreachable routes teach nothing.
   *
   * @param seen the kernel's routes at the last look that had them; may be empty
   * @param told babeld's routes of about that time
   */
  public static LostRoutes taughtBy(List<KernelRoute> seen, List<Route> told) {
    var lost = new LostRoutes();
    lost.learn(seen, told);
    return lost;
  }

  private void learn(List<KernelRoute> seen, List<Route> told) {
    var count = new EnumMap<IpFamily, Map<Place, Integer>>(IpFamily.class);
    var gatewayOf = new HashMap<Key, KernelRoute>();
    for (var route : seen) {
      var key = Key.of(route.prefix(), route.source());
      if (key.isEmpty() || route.unreachable()) {
        continue;
      }
      var place = new Place(route.table(), route.metric());
      places.put(key.get(), place);
      count.computeIfAbsent(route.family(), same -> new HashMap<>()).merge(place, 1, Integer::sum);
      if (route.gateway().filter(LostRoutes::isIpv4).isPresent()) {
        gatewayOf.put(key.get(), route);
      }
    }
    count.forEach((family, places) -> usual.put(family, mostFrequent(places)));
    learnGateways(gatewayOf, told);
  }

  /** One route may have changed its neighbour between the two sights: the most frequent answer counts. */
  private void learnGateways(Map<Key, KernelRoute> seen, List<Route> told) {
    var count = new HashMap<NextHop, Map<String, Integer>>();
    if (seen.isEmpty()) {
      return;
    }
    for (var route : told) {
      if (route.carries()) {
        Key.of(route.prefix(), route.source())
            .map(seen::get)
            .filter(kernel -> kernel.device().equals(route.interfaceName()))
            .flatMap(KernelRoute::gateway)
            .ifPresent(gateway -> count
                .computeIfAbsent(nextHop(route), same -> new HashMap<>())
                .merge(gateway, 1, Integer::sum));
      }
    }
    count.forEach((hop, answers) -> gateways.put(hop, mostFrequent(answers)));
  }

  private static <T> T mostFrequent(Map<T, Integer> counts) {
    return counts.entrySet().stream()
        .max(Comparator.<Map.Entry<T, Integer>>comparingInt(Map.Entry::getValue)
            .thenComparing(entry -> entry.getKey().toString()))
        .orElseThrow()
        .getKey();
  }

  /**
   * The route as the kernel had it. A prefix seen before comes back to its table and metric, another one to what most of its
   * family have, else to what babeld does by default.
   *
   * @param lost what babeld tells as installed
   * @return empty if the kernel cannot have it: an address is none, it has no link, or it is an IPv4 route for some sources only,
   *     for which babeld makes rules and tables of its own; ip would make it a route for all (seen)
   */
  public Optional<KernelRoute> toPutBack(Route lost) {
    var key = Key.of(lost.prefix(), lost.source());
    var via = IpPrefix.of(lost.via());
    var family = IpFamily.ofAddress(lost.prefix());
    if (key.isEmpty()
        || via.isEmpty()
        || lost.via().contains("/")
        || lost.interfaceName().isBlank()) {
      return Optional.empty();
    }
    if (family == IpFamily.IPV4
        && !IpPrefix.of(family.everything()).equals(Optional.of(key.get().source()))) {
      return Optional.empty();
    }
    var place = places.getOrDefault(key.get(), usual.getOrDefault(family, byDefault(family)));
    var gateway =
        family == IpFamily.IPV4 ? gateways.getOrDefault(nextHop(lost), lost.via()) : lost.via();
    return Optional.of(new KernelRoute(
        lost.prefix(),
        lost.source(),
        Optional.of(gateway),
        lost.interfaceName(),
        false,
        place.table(),
        place.metric()));
  }

  /** All of them that the kernel can have, in their order. */
  public List<KernelRoute> toPutBack(List<Route> lost) {
    return lost.stream().map(this::toPutBack).flatMap(Optional::stream).toList();
  }

  /** What babeld 1.12.1 brings about if it is told nothing: it names no metric, and for IPv6 the kernel then takes its own. */
  private static Place byDefault(IpFamily family) {
    return new Place(KernelRoute.MAIN_TABLE, family == IpFamily.IPV6 ? 1024 : 0);
  }

  private static NextHop nextHop(Route route) {
    return new NextHop(route.via(), route.interfaceName());
  }

  private static boolean isIpv4(String address) {
    return IpFamily.ofAddress(address) == IpFamily.IPV4;
  }
}
