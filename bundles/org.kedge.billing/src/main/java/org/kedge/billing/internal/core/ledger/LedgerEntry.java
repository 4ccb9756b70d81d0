package org.kedge.billing.internal.core.ledger;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;

/**
 * One line of the ledger. A mistake is put right by a later entry, never by an edit.
 *
 * @param amount may be none, where bytes cost nothing
 * @param bytes that the amount is for; none where it is for no bytes
 * @param traffic of {@link Reason#CARRIED} and {@link Reason#HANDED}
 * @param at wall clock, to the second; for people
 * @param clockTrusted whether that clock was believed
 * @param note for people; may be empty
 */
public record LedgerEntry(
    EntryId id,
    Reason reason,
    Account debit,
    Account credit,
    Wei amount,
    Bytes bytes,
    Optional<Traffic> traffic,
    Instant at,
    boolean clockTrusted,
    String note) {
  public LedgerEntry {
    at = at.truncatedTo(ChronoUnit.SECONDS);
    if (debit.equals(credit)) {
      throw new IllegalArgumentException(
          "Entry " + id.text() + " debits and credits " + debit.name() + " alike");
    }
  }
}
