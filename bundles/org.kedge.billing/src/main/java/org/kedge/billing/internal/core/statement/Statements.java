package org.kedge.billing.internal.core.statement;

import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.SignedStatements;

/** Agrees with each neighbour at the end of each period. One thread. */
public final class Statements {
  /** @param self this node, by its key */
  public Statements(BillingRules rules, NeighbourId self) {}

  public void rules(BillingRules changed) {
    throw new UnsupportedOperationException();
  }

  /** What the books remember of a neighbour; told before anything else about it. */
  public void remember(
      NeighbourId neighbour, Optional<SignedStatements> latest, Optional<SignedStatements> agreed) {
    throw new UnsupportedOperationException();
  }

  public void met(NeighbourId neighbour, Uptime now) {
    throw new UnsupportedOperationException();
  }

  public void lost(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** Called about once a second. */
  public List<Step> tick(Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** @param evidence the message as it came, with its signature */
  public List<Step> heard(NeighbourId from, StatementMessage message, String evidence, Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** The reading that was asked for. */
  public List<Step> figures(NeighbourId neighbour, Figures figures, Uptime now) {
    throw new UnsupportedOperationException();
  }

  /** What was to be booked is durable; balances hold it. */
  public void booked(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** What was asked for could not be done. */
  public void dropped(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** The last statement that both signed, as this node said it. */
  public Optional<Statement> agreed(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** Present where the latest statements of the two do not agree. */
  public Optional<Dispute> dispute(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }
}
