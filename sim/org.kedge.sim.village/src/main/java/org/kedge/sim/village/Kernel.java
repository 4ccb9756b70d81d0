package org.kedge.sim.village;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.supervisor.Surroundings.Change;
import org.kedge.babel.internal.supervisor.Surroundings.Following;

/** What a machine's kernel holds from boot to boot: routes of protocol babel, the forwarding switch, a firewall rule. */
final class Kernel {
  private final Map<String, KernelRoute> routes = new LinkedHashMap<>();
  private final List<Consumer<Change>> ears = new ArrayList<>();
  private final Set<Change> news = EnumSet.noneOf(Change.class);
  private final Consumer<Runnable> soon;
  private List<KernelRoute> listed = List.of();
  private boolean forwards = true;
  private boolean drops;

  /** Whether it tells nobody what changes. */
  boolean mute;

  /** Counts changes. */
  long version;

  /** @param soon runs something a moment later */
  Kernel(Consumer<Runnable> soon) {
    this.soon = soon;
  }

  Optional<KernelRoute> route(String prefix) {
    return Optional.ofNullable(routes.get(prefix));
  }

  List<KernelRoute> routes() {
    if (listed.size() != routes.size()) {
      listed = List.copyOf(routes.values());
    }
    return listed;
  }

  void put(KernelRoute route) {
    if (!route.equals(routes.put(route.prefix(), route))) {
      changed(Change.ROUTES);
    }
  }

  boolean remove(KernelRoute route) {
    if (routes.remove(route.prefix(), route)) {
      changed(Change.ROUTES);
      return true;
    }
    return false;
  }

  void flush() {
    if (!routes.isEmpty()) {
      routes.clear();
      changed(Change.ROUTES);
    }
  }

  boolean forwards() {
    return forwards;
  }

  void forward(boolean on) {
    if (forwards != on) {
      forwards = on;
      changed(Change.FORWARDING);
    }
  }

  boolean drops() {
    return drops;
  }

  void drop(boolean on) {
    if (drops != on) {
      drops = on;
      changed(Change.FORWARDING);
    }
  }

  boolean passesTransit() {
    return forwards && !drops;
  }

  void linksChanged() {
    changed(Change.ROUTES);
  }

  Following follow(Consumer<Change> ear) {
    ears.add(ear);
    return () -> ears.remove(ear);
  }

  /** As after a boot: switches as configured, nothing else. */
  void boot() {
    routes.clear();
    ears.clear();
    forwards = true;
    drops = false;
    mute = false;
    changed(Change.ROUTES);
  }

  private void changed(Change change) {
    version++;
    listed = List.of();
    if (news.add(change)) {
      soon.accept(() -> {
        news.remove(change);
        if (!mute) {
          List.copyOf(ears).forEach(ear -> ear.accept(change));
        }
      });
    }
  }
}
