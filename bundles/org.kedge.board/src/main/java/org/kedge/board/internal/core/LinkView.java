package org.kedge.board.internal.core;

/**
 * A link as the kernel shows it.
 *
 * @param exists whether there is such an interface
 * @param isUp whether it is set up
 * @param hasCarrier whether anything answers at its far end
 */
public record LinkView(boolean exists, boolean isUp, boolean hasCarrier) {
  public static final LinkView NONE = new LinkView(false, false, false);

  /** Whether no packet can pass it now. */
  public boolean isDead() {
    return !exists || !isUp || !hasCarrier;
  }

  /** For people: "wlan1 ...". */
  public String inWords() {
    return !exists
        ? "does not exist"
        : !isUp ? "is set down" : hasCarrier ? "has a carrier" : "has no carrier";
  }
}
