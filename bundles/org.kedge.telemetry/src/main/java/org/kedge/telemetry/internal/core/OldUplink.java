package org.kedge.telemetry.internal.core;

/** A way for messages to the central broker. */
public interface OldUplink extends AutoCloseable {
  /**
   * Hands one message over, connecting first where needed. Blocks for seconds: call it from the shared pool, one call at a time.
   *
   * @param subject last part of the topic, such as {@code snapshot}; the uplink puts account and node in front
   */
  Handover publish(String subject, byte[] payload);

  /** What became of a message. */
  sealed interface Handover {
    /** The broker confirmed it. */
    record Confirmed() implements Handover {}

    /**
     * It may have arrived or not.
     *
     * @param waitingHelps false where a setting has to change first
     */
    record Failed(String why, boolean waitingHelps) implements Handover {}
  }

  /** Disconnects; what is under way may be lost. */
  @Override
  void close();
}
