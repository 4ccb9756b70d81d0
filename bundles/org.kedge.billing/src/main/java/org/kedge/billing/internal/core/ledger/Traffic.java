package org.kedge.billing.internal.core.ledger;

/** What kind of traffic a charge is for. */
public enum Traffic {
  /** To this node or the networks it announces itself, or, handed over, to the neighbour's own: costs nothing. */
  LOCAL,
  /** To somewhere in the mesh. */
  RELAYED,
  /** Out of the mesh, by the default route. */
  EXIT
}
