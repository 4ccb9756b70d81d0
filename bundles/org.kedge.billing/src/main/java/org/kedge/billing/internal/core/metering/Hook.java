package org.kedge.billing.internal.core.metering;

import java.util.Optional;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;

/**
 * Where one direction of an interface is counted: a base chain of the table. Its name tells all of it, since nft 1.0.6 does not list
 * the device. By name and not by index: from Linux 6.16 on a chain outlives its interface and takes up the next one of that name.
 */
public record Hook(Direction direction, MeteredInterface metered) {
  public String chain() {
    return "on_" + (direction == Direction.IN ? "in" : "out") + "_"
        + (metered.kind() == Kind.ETHERNET ? "ether" : "bare") + "_" + metered.name();
  }

  /** Empty where the chain is none. */
  public static Optional<Hook> of(String chain) {
    for (var direction : Direction.values()) {
      for (var kind : Kind.values()) {
        var start = new Hook(direction, new MeteredInterface("", kind)).chain();
        if (chain.startsWith(start) && chain.length() > start.length()) {
          return Optional.of(
              new Hook(direction, new MeteredInterface(chain.substring(start.length()), kind)));
        }
      }
    }
    return Optional.empty();
  }
}
