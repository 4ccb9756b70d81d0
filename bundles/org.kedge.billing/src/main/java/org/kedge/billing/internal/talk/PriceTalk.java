package org.kedge.billing.internal.talk;

import org.kedge.billing.internal.core.pricing.PriceMessage;

/** Messages of the topic {@code prices} as JSON. Any thread. */
public final class PriceTalk {
  public static final String TOPIC = "prices";

  private PriceTalk() {}

  /** At most {@code NeighbourChannel.PAYLOAD_MAX} octets. */
  public static String write(PriceMessage message) {
    throw new UnsupportedOperationException();
  }

  public static Parsed<PriceMessage> read(String json) {
    throw new UnsupportedOperationException();
  }
}
