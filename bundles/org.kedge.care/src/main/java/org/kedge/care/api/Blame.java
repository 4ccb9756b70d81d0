package org.kedge.care.api;

/** Whose fault it is, which decides whether anything here may be disturbed because of it. */
public enum Blame {
  /** This node's software or settings. */
  OURS("ours"),
  /** This node's hardware: a link, a radio, a disk. */
  OURS_HARDWARE("ours, hardware"),
  /** The exit, or a node on the way to it. */
  EXIT("the exit's"),
  /** Beyond the exit. */
  UPSTREAM("upstream"),
  UNKNOWN("unknown");

  private final String words;

  Blame(String words) {
    this.words = words;
  }

  /** As people read it, also in telemetry. */
  public String words() {
    return words;
  }

  /** Whether this node could mend it. */
  public boolean isOurs() {
    return this == OURS || this == OURS_HARDWARE;
  }
}
