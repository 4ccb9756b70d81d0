package org.kedge.billing.internal.core.pricing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;

/** Destinations for which another price holds than was kept last, or none. */
final class Unkept {
  private final Set<IpPrefix> destinations = new HashSet<>();

  void add(IpPrefix destination) {
    destinations.add(destination);
  }

  void addAll(Set<IpPrefix> more) {
    destinations.addAll(more);
  }

  /**
   * What holds for them now; once.
   *
   * @param isWhole whether the table is complete: before that nothing is kept of it
   */
  <V> Map<IpPrefix, Optional<Price>> take(
      PrefixTable<V> table, Function<V, Price> price, boolean isWhole) {
    var changes = new HashMap<IpPrefix, Optional<Price>>();
    if (isWhole) {
      destinations.forEach(one -> changes.put(one, table.get(one).map(price)));
      destinations.clear();
    } else {
      destinations.retainAll(table.all().keySet());
    }
    return changes;
  }
}
