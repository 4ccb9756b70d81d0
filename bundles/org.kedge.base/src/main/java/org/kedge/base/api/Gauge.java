package org.kedge.base.api;

import java.util.function.Supplier;

/**
 * One section of the health snapshot. A capability registers it as a service and telemetry finds it there, so that neither knows
 * the other; that is why it stands in base and not, as first planned, in telemetry's own contract.
 */
public interface Gauge {
  /** The section's name in the snapshot, such as {@code babel}; lower case, unique on the node. Empty: its figures stand at the top. */
  String section();

  /** The state as last seen. Any thread; returns at once and never blocks. */
  Figures figures();

  static Gauge of(String section, Supplier<Figures> figures) {
    return new Gauge() {
      @Override
      public String section() {
        return section;
      }

      @Override
      public Figures figures() {
        return figures.get();
      }
    };
  }
}
