package org.kedge.telemetry.api;

import java.time.Duration;

/**
 * A way for messages to the central broker; one at a time is in use. Its methods may block for seconds and are called from the
 * shared pool, one at a time; only {@link #close} may come while another runs, and ends it.
 */
public interface Uplink extends AutoCloseable {
  /** What the snapshot calls it, such as {@code mqtt}. */
  String name();

  Pace pace();

  /** Connects, dropping a connection that stands. What was handed over on an older one may still be confirmed. */
  Connection connect(Presence presence, Ears ears);

  /** Hands a message over; connected before. */
  Handover hand(Message message);

  /** Tells another presence while connected; nothing where the transport has a presence of its own. */
  void tell(Presence presence);

  /** Ends for good, after telling that the node leaves where that can be told within a second or two. */
  @Override
  void close();

  /**
   * How fast the transport may be used when many messages wait.
   *
   * @param window messages handed over and not yet confirmed, at least 1
   * @param gap from one message to the next
   * @param confirmation how long a message may go without its confirmation before the connection counts as lost
   */
  record Pace(int window, Duration gap, Duration confirmation) {}

  /**
   * What everybody who asks is told about the node by the broker itself.
   *
   * @param now while it is connected, JSON
   * @param afterwards once it is not, JSON
   */
  record Presence(byte[] now, byte[] afterwards) {}

  /**
   * One message.
   *
   * @param ticket names it in confirmations
   * @param subject last part of the topic: {@code snapshot} or {@code event}; the uplink puts account and node in front
   * @param body JSON, uncompressed
   * @param isUrgent goes before others where the transport knows priorities
   */
  record Message(long ticket, String subject, byte[] body, boolean isUrgent) {}

  /** How connecting went. */
  sealed interface Connection {
    record Ready() implements Connection {}

    /** @param waitingHelps false where a setting or a file has to change first */
    record Refused(String why, boolean waitingHelps) implements Connection {}
  }

  /** What became of a message. */
  sealed interface Handover {
    /** It is on its way; {@link Ears#confirmed} tells of its arrival. */
    record Taken() implements Handover {}

    /** It is on its way, and no confirmation will ever come: the transport is set to give none. */
    record Unconfirmable() implements Handover {}

    /**
     * It may have arrived or not.
     *
     * @param waitingHelps false where a setting has to change first
     */
    record Failed(String why, boolean waitingHelps) implements Handover {}
  }

  /** Hears from the transport. Any thread; returns at once and throws nothing. */
  interface Ears {
    /** The broker has the message; may be told late, twice, or of tickets of older connections. */
    void confirmed(long ticket);

    /** The connection is gone. */
    void lost(String why);
  }
}
