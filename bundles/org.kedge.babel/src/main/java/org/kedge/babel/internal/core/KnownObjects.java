package org.kedge.babel.internal.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.BabelLine.ExportedLine;
import org.kedge.babel.internal.core.BabelLine.FlushLine;
import org.kedge.babel.internal.core.BabelLine.InterfaceLine;
import org.kedge.babel.internal.core.BabelLine.NeighbourLine;
import org.kedge.babel.internal.core.BabelLine.RouteLine;
import org.kedge.babel.internal.core.BabelLine.Statement;
import org.kedge.base.api.Uptime;

/** The objects told so far, by kind and handle, in the order they were first told. */
final class KnownObjects {
  /** Far above any mesh; keeps a babeld gone mad from filling the heap. */
  static final int OBJECTS_MAX = 65_536;

  private static final int STATEMENTS_MAX = 64;

  private final Map<String, BabelInterface> interfaces = new LinkedHashMap<>();
  private final Map<String, Neighbour> neighbours = new LinkedHashMap<>();
  private final Map<String, ExportedRoute> exported = new LinkedHashMap<>();
  private final Map<String, Route> routes = new LinkedHashMap<>();
  private final Map<String, String> statements = new LinkedHashMap<>();

  /** What a line came to. */
  enum Effect {
    /** A repeat, a small change, or a line about no object. */
    NOTHING_MATERIAL,
    MATERIAL,
    /** A new object for which there is no room. */
    NO_ROOM
  }

  Effect apply(BabelLine line) {
    if (line instanceof RouteLine route) {
      return put(routes, route.told().handle(), route.told(), KnownObjects::isMaterial);
    }
    if (line instanceof NeighbourLine neighbour) {
      return put(neighbours, neighbour.told().handle(), neighbour.told(), KnownObjects::isMaterial);
    }
    if (line instanceof InterfaceLine link) {
      return put(
          interfaces, link.told().name(), link.told(), (one, other) -> one.up() != other.up());
    }
    if (line instanceof ExportedLine prefix) {
      return put(exported, prefix.handle(), prefix.told(), KnownObjects::isMaterial);
    }
    if (line instanceof FlushLine flush) {
      return remove(flush) ? Effect.MATERIAL : Effect.NOTHING_MATERIAL;
    }
    return line instanceof Statement statement ? put(statement) : Effect.NOTHING_MATERIAL;
  }

  RoutingTable snapshot(Uptime at) {
    return new RoutingTable(
        at,
        new ArrayList<>(interfaces.values()),
        new ArrayList<>(neighbours.values()),
        new ArrayList<>(exported.values()),
        new ArrayList<>(routes.values()),
        statements);
  }

  private <T> Effect put(
      Map<String, T> objects, String handle, T told, BiPredicate<T, T> isMaterial) {
    var before = objects.get(handle);
    if (before == null) {
      if (size() >= OBJECTS_MAX) {
        return Effect.NO_ROOM;
      }
      objects.put(handle, told);
      return Effect.MATERIAL;
    }
    if (before.equals(told)) {
      return Effect.NOTHING_MATERIAL;
    }
    objects.put(handle, told);
    return isMaterial.test(before, told) ? Effect.MATERIAL : Effect.NOTHING_MATERIAL;
  }

  private Effect put(Statement statement) {
    if (statements.size() >= STATEMENTS_MAX && !statements.containsKey(statement.key())) {
      return Effect.NO_ROOM;
    }
    statements.put(statement.key(), statement.value());
    return Effect.NOTHING_MATERIAL;
  }

  private boolean remove(FlushLine flush) {
    var objects = switch (flush.kind()) {
      case INTERFACE -> interfaces;
      case NEIGHBOUR -> neighbours;
      case EXPORTED -> exported;
      case ROUTE -> routes;
    };
    return objects.remove(flush.handle()) != null;
  }

  private int size() {
    return interfaces.size() + neighbours.size() + exported.size() + routes.size();
  }

  // A handle is a heap address and may come back as another object without a flush between.

  private static boolean isMaterial(Route before, Route now) {
    return before.installed() != now.installed()
        || before.isFinite() != now.isFinite()
        || !before.prefix().equals(now.prefix())
        || !before.source().equals(now.source())
        || !before.via().equals(now.via())
        || !before.interfaceName().equals(now.interfaceName());
  }

  private static boolean isMaterial(Neighbour before, Neighbour now) {
    return before.isUsable() != now.isUsable()
        || !before.address().equals(now.address())
        || !before.interfaceName().equals(now.interfaceName());
  }

  private static boolean isMaterial(ExportedRoute before, ExportedRoute now) {
    return !before.prefix().equals(now.prefix()) || !before.source().equals(now.source());
  }
}
