package org.kedge.billing.internal.core.metering;

/** An absolute counter: packets, and their bytes from the IP header on (layer 3). */
public record Count(long packets, long bytes) {
  public static final Count NONE = new Count(0, 0);

  public Count {
    if (packets < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "A counter cannot be negative, but was " + packets + " packets, " + bytes + " bytes");
    }
  }

  public Count plus(Count other) {
    return new Count(packets + other.packets, bytes + other.bytes);
  }
}
