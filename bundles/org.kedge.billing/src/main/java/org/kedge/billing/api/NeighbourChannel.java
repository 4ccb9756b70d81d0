package org.kedge.billing.api;

import java.util.List;

/**
 * Messages to the nodes that babeld hears, over their link-local addresses, each signed by its node's key. A service; any thread.
 * What is sent may be lost, never comes twice, and never comes from anybody else.
 */
public interface NeighbourChannel {
  /** Longest payload of one message, in octets of UTF-8. */
  int PAYLOAD_MAX = 800;

  /** Neighbours with a session now: heard, their key pinned, this session's messages flowing. */
  List<NeighbourId> peers();

  /**
   * Sends once.
   *
   * @param topic lower case letters and digits, at most 16, such as {@code prices}
   * @param json one JSON object
   */
  Sending send(NeighbourId to, String topic, String json);

  /**
   * Hears messages of a topic until closed; one listener a topic.
   *
   * @throws IllegalStateException where the topic has a listener
   */
  Listening listen(String topic, Listener listener);

  /** Ends the hearing. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /** Hears what a neighbour says. */
  interface Listener {
    /** On billing's lane: returns at once. The payload is one JSON object, checked to come from this neighbour, and nothing else. */
    void heard(NeighbourId from, String json);

    /** A session with a neighbour began, anew after each start of either side: what it was told before is forgotten. */
    default void met(NeighbourId neighbour) {}
  }

  /** What became of sending. */
  enum Sending {
    /** Handed to the kernel. */
    SENT,
    /** No session with it now; waiting helps. */
    NOT_MET,
    /** More than the rate a neighbour may be sent; waiting helps. */
    TOO_FAST,
    /** The link took nothing: it is down, or full; waiting helps. */
    NOT_TAKEN
  }
}
