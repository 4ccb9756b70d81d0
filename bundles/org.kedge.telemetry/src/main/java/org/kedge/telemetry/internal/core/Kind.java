package org.kedge.telemetry.internal.core;

/** What a message is. */
public enum Kind {
  /** The whole state of the node at one moment. */
  SNAPSHOT("snapshot"),
  /** Something that happened; urgent, and kept when snapshots are thinned. */
  EVENT("event");

  private final String subject;

  Kind(String subject) {
    this.subject = subject;
  }

  /** Last part of its topic. */
  public String subject() {
    return subject;
  }
}
