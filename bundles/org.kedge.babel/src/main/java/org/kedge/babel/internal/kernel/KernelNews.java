package org.kedge.babel.internal.kernel;

import java.util.Optional;
import java.util.Set;
import org.kedge.babel.internal.supervisor.Surroundings.Change;

/** Tells from one line of a monitor whether something changed that Kedge cares for. */
final class KernelNews {
  private static final Optional<Change> NOTHING = Optional.empty();
  private static final Optional<Change> ROUTES = Optional.of(Change.ROUTES);
  private static final Optional<Change> FORWARDING = Optional.of(Change.FORWARDING);

  private static final Set<String> VERBS =
      Set.of("add", "create", "insert", "replace", "delete", "destroy");

  /** Not the elements of sets: a firewall may add and drop them by the second, and no verdict is read from them. */
  private static final Set<String> OBJECTS = Set.of("table", "chain", "rule");

  private KernelNews() {}

  /** A line of {@code ip monitor link route netconf label}, as of iproute2 6.1. */
  static Optional<Change> fromIp(String line) {
    if (line.startsWith("[ROUTE]")) {
      // An ip without names for protocols tells the number.
      var words = line + " ";
      return words.contains(" proto babel ") || words.contains(" proto 42 ") ? ROUTES : NOTHING;
    }
    if (line.startsWith("[NETCONF]")) {
      return line.contains(" forwarding ") ? FORWARDING : NOTHING;
    }
    // The second: more came than the kernel could keep for it; what, nobody knows.
    return line.startsWith("[LINK]") || line.startsWith("netlink receive error") ? ROUTES : NOTHING;
  }

  /** A line of {@code nft -t monitor ruleset}, as of nft 1.0.6. */
  static Optional<Change> fromNft(String line) {
    var words = line.split(" ", 3);
    var isChange = words.length > 2 && VERBS.contains(words[0]) && OBJECTS.contains(words[1]);
    // The second: it lost some events.
    return isChange || line.startsWith("# ERROR") ? FORWARDING : NOTHING;
  }
}
