package org.kedge.billing.internal.core.metering;

/** Which way bytes went. */
public enum Direction {
  /** A neighbour handed them to this node. */
  IN,
  /** This node handed them to a neighbour. */
  OUT
}
