package org.kedge.billing.internal.talk;

import org.kedge.billing.internal.core.statement.StatementMessage;

/** Messages of the topic {@code statement} as JSON. Any thread. */
public final class StatementTalk {
  public static final String TOPIC = "statement";

  private StatementTalk() {}

  /** At most {@code NeighbourChannel.PAYLOAD_MAX} octets. */
  public static String write(StatementMessage message) {
    throw new UnsupportedOperationException();
  }

  public static Parsed<StatementMessage> read(String json) {
    throw new UnsupportedOperationException();
  }
}
