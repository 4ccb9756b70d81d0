package org.kedge.billing.internal.core.ledger;

import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;

/**
 * Sums of one account over all of its entries, as {@link Tally} reckons them. Of this node's own accounts only {@code UNKNOWN} has
 * more than debit and credit.
 *
 * @param earned debited for {@link Reason#CARRIED} bytes, less what agreements took off it
 * @param spent credited for {@link Reason#HANDED} bytes, less what agreements took off it
 * @param received settled by it
 * @param paid settled to it
 * @param debit all that was debited, and {@code credit} all that was credited, whatever the reason
 */
public record Balance(
    Bytes carried,
    Bytes handed,
    Wei earned,
    Wei spent,
    Wei received,
    Wei paid,
    Wei debit,
    Wei credit) {
  public static final Balance NONE = new Balance(
      Bytes.NONE, Bytes.NONE, Wei.NONE, Wei.NONE, Wei.NONE, Wei.NONE, Wei.NONE, Wei.NONE);
}
