package org.kedge.billing.internal.core.statement;

import org.kedge.billing.api.Statement;

/** What two neighbours tell each other at the end of a period. Both statements of a round carry one number. */
public sealed interface StatementMessage {
  /** The side that proposes says its sums. */
  record Proposal(Statement ours) implements StatementMessage {}

  /** The other side says its own, read at once. @param yours as it was proposed */
  record Answer(Statement ours, Statement yours, boolean agrees) implements StatementMessage {}

  /** What the proposing side makes of the answer. */
  record Verdict(Statement ours, Statement yours, boolean agrees) implements StatementMessage {}

  /** The number proposed has been used before. @param number the highest that was */
  record Behind(long number) implements StatementMessage {}
}
