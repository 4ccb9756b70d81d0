package org.kedge.babel.internal.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What the firewall does with packets that pass through this node. Only what is sure is told. */
public sealed interface TransitVerdict {
  record Passes() implements TransitVerdict {}

  /**
   * It surely drops.
   *
   * @param table family and name, such as {@code inet filter}
   * @param reason in words, with the packet it was found for
   */
  record Dropped(String table, String chain, String reason) implements TransitVerdict {}

  /** It depends on more than Kedge knows, or the firewall cannot be read. */
  record Unknown(String why) implements TransitVerdict {}

  /** For one packet. */
  static TransitVerdict on(Ruleset ruleset, TransitPacket packet) {
    return new TransitWalk(ruleset, packet).verdict();
  }

  /**
   * For the node: dropped if it is for any way between two of the interfaces (or back out of the only one) and any of the
   * families, passes if it does for all.
   */
  static TransitVerdict between(
      Ruleset ruleset, Collection<String> interfaces, Collection<IpFamily> families) {
    Optional<TransitVerdict> doubt = Optional.empty();
    var packets = packets(List.copyOf(interfaces), families);
    if (packets.isEmpty()) {
      return new Unknown("no Babel interface is known");
    }
    for (var packet : packets) {
      var verdict = on(ruleset, packet);
      if (verdict instanceof Dropped) {
        return verdict;
      }
      if (verdict instanceof Unknown && doubt.isEmpty()) {
        doubt = Optional.of(verdict);
      }
    }
    return doubt.orElseGet(Passes::new);
  }

  private static List<TransitPacket> packets(
      List<String> interfaces, Collection<IpFamily> families) {
    var packets = new ArrayList<TransitPacket>();
    for (var family : families) {
      for (var from : interfaces) {
        for (var to : interfaces) {
          if (interfaces.size() == 1 || !from.equals(to)) {
            packets.add(new TransitPacket(from, to, family));
          }
        }
      }
    }
    return packets;
  }
}
