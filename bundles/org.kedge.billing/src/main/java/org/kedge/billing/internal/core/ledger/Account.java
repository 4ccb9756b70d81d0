package org.kedge.billing.internal.core.ledger;

import org.kedge.billing.api.NeighbourId;

/** An account of the ledger. What is debited to it, it owes; what is credited, it is owed. */
public sealed interface Account {
  /** As it stands in the ledger and in exports. */
  String name();

  /** What a neighbour and this node owe each other. */
  record Neighbour(NeighbourId id) implements Account {
    @Override
    public String name() {
      return id.value();
    }
  }

  /** One of this node's own. */
  enum Own implements Account {
    /** Earned by carrying. */
    INCOME,
    /** Spent on being carried. */
    EXPENSE,
    /** Given up, or gained, where two sides agreed on a little less than was booked. */
    WRITE_OFF,
    /** Carried for, or handed to, a station nobody knows yet. */
    UNKNOWN,
    /** Money that moved outside. */
    SETTLED,
    /** Where new books begin from: what was agreed before, after the old ones were lost. */
    OPENING
  }

  /** @throws IllegalArgumentException where it names none */
  static Account of(String name) {
    return name.contains(":") ? new Neighbour(new NeighbourId(name)) : Own.valueOf(name);
  }
}
