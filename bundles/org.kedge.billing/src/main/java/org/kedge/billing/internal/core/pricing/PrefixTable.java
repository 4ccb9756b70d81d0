package org.kedge.billing.internal.core.pricing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.IpPrefix;

/** Something for each of many prefixes, found by the longest that covers an address as a router does. One thread. */
final class PrefixTable<V> {
  private static final int BITS = 128;
  private static final int IPV4 = 96;
  private final Map<IpPrefix, V> entries = new HashMap<>();

  /** How many prefixes there are of each length: few lengths are in use, and only these are looked at. */
  private final int[] lengths = new int[BITS + 1];

  void put(IpPrefix prefix, V value) {
    if (entries.put(prefix, value) == null) {
      lengths[prefix.length()]++;
    }
  }

  void remove(IpPrefix prefix) {
    if (entries.remove(prefix) != null) {
      lengths[prefix.length()]--;
    }
  }

  void clear() {
    Set.copyOf(entries.keySet()).forEach(this::remove);
  }

  Optional<V> get(IpPrefix prefix) {
    return Optional.ofNullable(entries.get(prefix));
  }

  /** What stands for the longest prefix that covers {@code destination}, itself included. */
  Optional<Map.Entry<IpPrefix, V>> find(IpPrefix destination) {
    // ::/0 is no way to an IPv4 address.
    var shortest = destination.isIpv4() ? IPV4 : 0;
    for (var length = destination.length(); length >= shortest; length--) {
      if (lengths[length] > 0) {
        var prefix = new IpPrefix(
            destination.high() & mask(length), destination.low() & mask(length - 64), length);
        var value = entries.get(prefix);
        if (value != null) {
          return Optional.of(Map.entry(prefix, value));
        }
      }
    }
    return Optional.empty();
  }

  Map<IpPrefix, V> all() {
    return entries;
  }

  int size() {
    return entries.size();
  }

  private static long mask(int bits) {
    return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
  }
}
