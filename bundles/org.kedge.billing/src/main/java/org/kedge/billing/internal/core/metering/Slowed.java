package org.kedge.billing.internal.core.metering;

/**
 * A station whose traffic is slowed, each direction for itself.
 *
 * @param kilobits kbit/s of what would otherwise be forwarded or delivered; at least 8
 */
public record Slowed(Station station, int kilobits) {
  private static final int LEAST = 8;

  public Slowed {
    if (kilobits < LEAST) {
      throw new IllegalArgumentException(
          "A station is slowed to 8 kbit/s at least, but to " + kilobits + ": " + station);
    }
  }
}
