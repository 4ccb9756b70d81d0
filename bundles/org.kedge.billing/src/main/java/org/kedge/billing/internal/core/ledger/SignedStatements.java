package org.kedge.billing.internal.core.ledger;

import java.util.Optional;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Statement;

/**
 * What both sides said at the end of a period.
 *
 * @param ours what this node said
 * @param theirs what the neighbour said; empty while it has not answered
 * @param outcome what came of it
 * @param evidence the neighbour's message as it came, with its signature; empty while it has not answered
 */
public record SignedStatements(
    NeighbourId neighbour,
    Statement ours,
    Optional<Statement> theirs,
    Outcome outcome,
    String evidence) {

  /** What came of two statements. */
  public enum Outcome {
    /** The neighbour has not answered. */
    SAID,
    /** Within what is agreed without asking: signed by both. */
    AGREED,
    /** Too far apart: for a person. */
    DISPUTED
  }
}
