package org.kedge.care.api;

/** Where a fault sits, causes before consequences: reports are sorted by it. */
public enum Layer {
  /** The box itself: its timer, its limits. */
  NODE,
  FLASH,
  LANE,
  LINK,
  BABEL,
  EXIT,
  UPLINK,
  BROKER
}
