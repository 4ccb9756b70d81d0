package org.kedge.telemetry.internal.mqtt;

import java.io.IOException;

/** Why there is no connection, for people. */
final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean waitingHelps;

  private Refusal(String why, boolean waitingHelps) {
    super(why);
    this.waitingHelps = waitingHelps;
  }

  /** May pass by itself. */
  static Refusal passing(String why) {
    return new Refusal(why, true);
  }

  /** Stays until somebody changes a setting or a file. */
  static Refusal lasting(String why) {
    return new Refusal(why, false);
  }

  String why() {
    return String.valueOf(getMessage());
  }

  boolean waitingHelps() {
    return waitingHelps;
  }
}
