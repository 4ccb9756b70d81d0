package org.kedge.billing.api;

/** How a neighbour stands with this node. */
public enum Standing {
  /** Owes little or nothing, or is owed. */
  GOOD,
  /** Owes more than the pay threshold: should pay now. */
  DUE,
  /** Owes more than the limit, for longer than the grace time: its traffic is slowed, never cut. */
  OVERDUE
}
