package org.kedge.billing.internal.core.metering;

/** A link whose bytes are counted. */
public record MeteredInterface(String name, Kind kind) implements Comparable<MeteredInterface> {
  /** How its far end is told. */
  public enum Kind {
    /** By the other side's MAC address. */
    ETHERNET,
    /** There is one other side, without an address: a tunnel. */
    BARE
  }

  @Override
  public int compareTo(MeteredInterface other) {
    return name.compareTo(other.name);
  }
}
