package org.kedge.billing.internal.core.pricing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;

/**
 * What neighbours tell each other of prices. Of each speaker it is one stream of numbered messages, taken in order and acknowledged
 * by number; {@code run} names the stream, which begins anew, at number 1, whenever the two meet.
 */
public sealed interface PriceMessage {
  long run();

  /**
   * Changes to the speaker's table.
   *
   * @param number from 1; without a gap
   * @param isWhole whether the table is complete with this message, so that what this run did not name is not offered any more
   */
  record Prices(long run, long number, List<Change> changes, boolean isWhole)
      implements PriceMessage {
    public Prices {
      changes = List.copyOf(changes);
      if (number < 1) {
        throw new IllegalArgumentException("Messages count from 1, but this is " + number);
      }
    }
  }

  /**
   * All messages of the run up to this one have been taken.
   *
   * @param number 0 for none
   */
  record Taken(long run, long number) implements PriceMessage {
    public Taken {
      if (number < 0) {
        throw new IllegalArgumentException("Messages count from 1, but this is " + number);
      }
    }
  }

  /** @param offer empty where the destination is not offered any more */
  record Change(IpPrefix destination, Optional<Offer> offer) {}

  /**
   * What a byte to a destination costs.
   *
   * @param next what comes after; another than {@code price}
   */
  record Offer(Price price, Optional<Next> next) {
    public Offer {
      if (next.filter(other -> other.price().equals(price)).isPresent()) {
        throw new IllegalArgumentException("There is no change from " + price + " to itself");
      }
    }
  }

  /** @param in how long until it holds, whole milliseconds, counted from when it is said */
  record Next(Price price, Duration in) {
    public Next {
      if (in.isNegative()) {
        throw new IllegalArgumentException(
            "A price to come is yet to come, but this was due " + in);
      }
    }
  }
}
