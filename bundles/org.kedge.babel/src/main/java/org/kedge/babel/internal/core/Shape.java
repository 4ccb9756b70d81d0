package org.kedge.babel.internal.core;

import static org.kedge.babel.internal.core.Key.ADDRESS;
import static org.kedge.babel.internal.core.Key.COST;
import static org.kedge.babel.internal.core.Key.FROM;
import static org.kedge.babel.internal.core.Key.ID;
import static org.kedge.babel.internal.core.Key.IF;
import static org.kedge.babel.internal.core.Key.INSTALLED;
import static org.kedge.babel.internal.core.Key.IPV4;
import static org.kedge.babel.internal.core.Key.IPV6;
import static org.kedge.babel.internal.core.Key.METRIC;
import static org.kedge.babel.internal.core.Key.PREFIX;
import static org.kedge.babel.internal.core.Key.REACH;
import static org.kedge.babel.internal.core.Key.REFMETRIC;
import static org.kedge.babel.internal.core.Key.RTT;
import static org.kedge.babel.internal.core.Key.RXCOST;
import static org.kedge.babel.internal.core.Key.TXCOST;
import static org.kedge.babel.internal.core.Key.UP;
import static org.kedge.babel.internal.core.Key.UREACH;
import static org.kedge.babel.internal.core.Key.VIA;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.kedge.babel.internal.core.BabelLine.Kind;

/**
 * What a line of one kind is made of. Essential is what every babeld from 1.8 to 1.14 writes.
 *
 * @param word babeld's name of the kind
 */
record Shape(Kind kind, String word, Set<Key> essential, Set<Key> optional) {
  /** The most frequent first. */
  static final List<Shape> ALL = List.of(
      new Shape(
          Kind.ROUTE,
          "route",
          EnumSet.of(PREFIX, FROM, INSTALLED, ID, METRIC, REFMETRIC, VIA, IF),
          EnumSet.noneOf(Key.class)),
      new Shape(
          Kind.NEIGHBOUR,
          "neighbour",
          EnumSet.of(ADDRESS, IF, REACH, RXCOST, TXCOST, COST),
          EnumSet.of(UREACH, RTT)),
      new Shape(
          Kind.EXPORTED, "xroute", EnumSet.of(PREFIX, FROM, METRIC), EnumSet.noneOf(Key.class)),
      new Shape(Kind.INTERFACE, "interface", EnumSet.of(UP), EnumSet.of(IPV6, IPV4)));

  boolean knows(Key key) {
    return essential.contains(key) || optional.contains(key);
  }
}
