package org.kedge.billing.internal.core.statement;

import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.SignedStatements;

/**
 * What two sides do not agree on.
 *
 * @param denied what this node earned by its own books and the neighbour does not admit
 * @param evidence both figures, in plain words without a full stop
 */
public record Dispute(Wei denied, String evidence) {
  private static final int DECIMALS = 6;

  static Dispute of(Statement ours, Statement theirs, Optional<SignedStatements> agreed) {
    var denied = ours.earned().minus(ours.earned().min(theirs.owed()));
    var evidence = "statement " + ours.number() + ": this node carried "
        + sum(ours.carried(), ours.earned())
        + ", the neighbour says it handed over " + sum(theirs.handed(), theirs.owed())
        + "; this node handed over " + sum(ours.handed(), ours.owed())
        + ", the neighbour says it carried " + sum(theirs.carried(), theirs.earned());
    return new Dispute(denied, evidence + anew(theirs, agreed));
  }

  private static String sum(Bytes bytes, Wei amount) {
    return bytes.count() + " bytes for " + amount.inCoins(DECIMALS) + " coins";
  }

  private static String anew(Statement theirs, Optional<SignedStatements> agreed) {
    return agreed
        .flatMap(SignedStatements::theirs)
        .filter(before -> theirs.carried().compareTo(before.carried()) < 0
            || theirs.handed().compareTo(before.handed()) < 0)
        .map(before -> "; that is less than it signed in statement " + before.number()
            + ", so its books seem to have begun anew")
        .orElse("");
  }
}
