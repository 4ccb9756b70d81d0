package org.kedge.billing.internal.core;

import java.time.Duration;
import java.util.List;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;

/**
 * What the operator wants of billing.
 *
 * @param fee own, for whatever is carried
 * @param tariff what a neighbour asks that does not say
 * @param priceLimit more is never reckoned for what a neighbour carries
 * @param payThreshold owing more is due
 * @param debtLimit owing more, for longer than {@code grace}, is overdue
 * @param slowKilobits kbit/s left to who is slowed, each direction
 * @param period from statement to statement
 */
public record BillingRules(
    Price fee,
    Price tariff,
    Price priceLimit,
    Wei payThreshold,
    Wei debtLimit,
    Duration grace,
    int slowKilobits,
    List<PassAlways> passAlways,
    Duration period,
    Duration minutesKept,
    Duration hoursKept) {
  public BillingRules {
    passAlways = List.copyOf(passAlways);
  }
}
