package org.kedge.billing.internal.core.enforcement;

import java.util.Optional;
import org.kedge.base.api.Wei;

/**
 * What is known of a neighbour when it is judged.
 *
 * @param owes on balance, by this node's books
 * @param denied what it does not admit of it
 * @param isTold whether it was told prices over the neighbour channel
 */
public record Facts(Wei owes, Wei denied, boolean isTold, Doubts doubts) {
  /** Why what is known may be wrong, each in plain words without a full stop. */
  public record Doubts(
      Optional<String> prices,
      Optional<String> counters,
      Optional<String> clock,
      Optional<String> ledger) {
    public static final Doubts NONE =
        new Doubts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
