package org.kedge.babel.internal.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;

/**
 * Where babeld and the kernel disagree about the routes in force. A route is named by prefix and source; text forms of one
 * address are one.
 *
 * @param missing babeld says installed with a finite metric, but the kernel has none that carries packets; in the dump's order
 * @param stale the kernel carries packets by it, but babeld names it as installed with no metric at all; in the kernel's order
 * @param agreed routes both have
 * @param unreadable routes of either side left out because a prefix is no address; should be 0
 */
public record RouteComparison(
    List<Route> missing, List<KernelRoute> stale, int agreed, int unreadable) {
  public RouteComparison {
    missing = List.copyOf(missing);
    stale = List.copyOf(stale);
  }

  /** What names a route, however its addresses are written. */
  record Key(IpPrefix prefix, IpPrefix source) {
    static Optional<Key> of(String prefix, String source) {
      var to = IpPrefix.of(prefix);
      var from = IpPrefix.of(source);
      return to.isEmpty() || from.isEmpty()
          ? Optional.empty()
          : Optional.of(new Key(to.get(), from.get()));
    }
  }

  public static RouteComparison of(RoutingTable told, List<KernelRoute> kernel) {
    var unreadable = 0;
    Set<Key> carried = new HashSet<>();
    for (var route : kernel) {
      var key = Key.of(route.prefix(), route.source());
      if (key.isEmpty()) {
        unreadable++;
      } else if (!route.unreachable()) {
        carried.add(key.get());
      }
    }
    Set<Key> installed = new HashSet<>();
    var missing = new ArrayList<Route>();
    var agreed = 0;
    for (var route : told.routes()) {
      if (!route.installed()) {
        continue;
      }
      var key = Key.of(route.prefix(), route.source());
      if (key.isEmpty()) {
        unreadable++;
        continue;
      }
      installed.add(key.get());
      if (route.isFinite()) {
        if (carried.contains(key.get())) {
          agreed++;
        } else {
          missing.add(route);
        }
      }
    }
    var stale = new ArrayList<KernelRoute>();
    for (var route : kernel) {
      if (!route.unreachable()
          && Key.of(route.prefix(), route.source())
              .filter(key -> !installed.contains(key))
              .isPresent()) {
        stale.add(route);
      }
    }
    return new RouteComparison(missing, stale, agreed, unreadable);
  }

  public int missingCount() {
    return missing.size();
  }

  public int staleCount() {
    return stale.size();
  }

  /** Whether nothing is missing and nothing stale. */
  public boolean agrees() {
    return missing.isEmpty() && stale.isEmpty();
  }
}
