package org.kedge.billing.internal.core.metering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.IpPrefix;

/**
 * What is to be changed in one transaction so that the table is as wanted. No counter is touched by it.
 *
 * @param makes the table with all its sets first
 * @param removes hooks of interfaces that are gone, or wanted no more
 * @param adds hooks
 * @param mesh takes the place of all prefixes of the mesh; none of them is within another
 * @param slowing takes the place of all that slows, in {@link WantedTable#slowed} and {@link WantedTable#passAlways}
 */
public record TablePlan(
    boolean makes,
    List<Hook> removes,
    List<Hook> adds,
    Optional<List<IpPrefix>> mesh,
    Optional<WantedTable> slowing) {
  public TablePlan {
    removes = List.copyOf(removes);
    adds = List.copyOf(adds);
  }

  /** What was made of a table before. */
  public record Past(String life, WantedTable wanted) {}

  /**
   * Hooks are compared with what is seen. Prefixes and slowing are compared with what was applied to this same table, and applied
   * whole where that is not known.
   *
   * @param seen empty where there is no table
   */
  public static TablePlan between(
      Optional<SeenTable> seen, Optional<Past> past, WantedTable wanted) {
    var hooks = new HashSet<Hook>();
    wanted.interfaces().forEach(metered -> {
      hooks.add(new Hook(Direction.IN, metered));
      hooks.add(new Hook(Direction.OUT, metered));
    });
    var there = seen.map(SeenTable::hooks).orElse(Set.of());
    var known = past.filter(
            last -> seen.filter(table -> table.life().equals(last.life())).isPresent())
        .map(Past::wanted);
    var mesh = largest(wanted.mesh());
    return new TablePlan(
        seen.isEmpty(),
        inOrder(there, hooks),
        inOrder(hooks, there),
        known.filter(last -> largest(last.mesh()).equals(mesh)).isPresent()
            ? Optional.empty()
            : Optional.of(mesh),
        known
                .filter(last -> last.slowed().equals(wanted.slowed())
                    && last.passAlways().equals(wanted.passAlways()))
                .isPresent()
            ? Optional.empty()
            : Optional.of(wanted));
  }

  public boolean isNothing() {
    return !makes && removes.isEmpty() && adds.isEmpty() && mesh.isEmpty() && slowing.isEmpty();
  }

  private static List<Hook> inOrder(Set<Hook> these, Set<Hook> withoutThose) {
    var order = Comparator.comparing(Hook::chain);
    return these.stream()
        .filter(hook -> !withoutThose.contains(hook))
        .sorted(order)
        .toList();
  }

  /** Without those within another, and without default routes: a set of intervals takes no overlap. */
  private static List<IpPrefix> largest(List<IpPrefix> prefixes) {
    var sorted = prefixes.stream()
        .filter(prefix -> !prefix.isDefault())
        .distinct()
        .sorted(Comparator.comparing(IpPrefix::high, Long::compareUnsigned)
            .thenComparing(IpPrefix::low, Long::compareUnsigned)
            .thenComparing(IpPrefix::length))
        .toList();
    var kept = new ArrayList<IpPrefix>();
    for (var prefix : sorted) {
      // In this order whatever covers it stands right before it.
      if (kept.isEmpty() || !kept.get(kept.size() - 1).covers(prefix)) {
        kept.add(prefix);
      }
    }
    return kept;
  }
}
