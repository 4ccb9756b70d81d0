package org.kedge.billing.internal.core.statement;

import java.util.List;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Batch;

/** What is to be done next. */
public sealed interface Step {
  NeighbourId neighbour();

  /** Read the counters and charge now, then tell {@link Statements#figures}; if that cannot be done, {@link Statements#dropped}. */
  record TakeReading(NeighbourId neighbour) implements Step {}

  /** Send; that it is lost is provided for. */
  record Say(NeighbourId neighbour, StatementMessage message) implements Step {}

  /** Book; once it is durable send what is to be said and tell {@link Statements#booked}; if it never will be, {@link Statements#dropped}. */
  record Book(NeighbourId neighbour, Batch batch, List<StatementMessage> after) implements Step {
    public Book {
      after = List.copyOf(after);
    }
  }
}
