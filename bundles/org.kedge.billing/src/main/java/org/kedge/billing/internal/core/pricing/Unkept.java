package org.kedge.billing.internal.core.pricing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.ledger.Promise.Terms;

/** Destinations for which something else holds than was kept last. */
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
  <V> Map<IpPrefix, Optional<Terms>> take(
      PrefixTable<V> table, Function<V, Terms> terms, boolean isWhole) {
    var changes = new HashMap<IpPrefix, Optional<Terms>>();
    if (isWhole) {
      destinations.forEach(one -> changes.put(one, table.get(one).map(terms)));
      destinations.clear();
    } else {
      destinations.retainAll(table.all().keySet());
    }
    return changes;
  }
}
