package org.kedge.billing.internal.core.statement;

import java.time.Instant;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.Balance;

/**
 * This node's sums with a neighbour, all that was counted up to now included.
 *
 * @param highest the highest price either charges the other: what the smallest difference that matters is worth
 */
public record Figures(
    Bytes carried,
    Wei earned,
    Bytes handed,
    Wei owed,
    Price highest,
    Instant at,
    boolean clockTrusted) {
  public static Figures of(Balance balance, Price highest, Instant at, boolean clockTrusted) {
    return new Figures(
        balance.carried(),
        balance.earned(),
        balance.handed(),
        balance.spent(),
        highest,
        at,
        clockTrusted);
  }

  Statement statement(long number) {
    return new Statement(number, carried, earned, handed, owed, at);
  }
}
