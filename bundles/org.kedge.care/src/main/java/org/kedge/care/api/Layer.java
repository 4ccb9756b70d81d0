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
  /** Counting, the books, what neighbours agree on. */
  BILLING,
  BROKER,
  /** What an operator has set: the least of all, as what was in force goes on. */
  SETTING
}
