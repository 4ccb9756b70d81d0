package org.kedge.billing.internal.core.neighbour;

import java.util.regex.Pattern;
import org.kedge.base.api.NodeId;

/**
 * What one node says to another, signed as a whole.
 *
 * @param from address of the speaker on the link, in the shortest usual form
 * @param to address of the listener on the link
 * @param session drawn by the speaker for this link
 * @param echo what the listener drew, as the speaker heard it last; empty where it heard nothing
 * @param number grows with each message of the speaker on this link
 */
public record Message(
    String from, String to, String session, String echo, long number, Content content) {
  private static final Pattern DRAWN = Pattern.compile("[A-Za-z0-9_-]{16}");
  private static final Pattern TOPIC = Pattern.compile("[a-z0-9]{1,16}");

  /** Kept out of the topics of others. */
  public static final String HELLO = "hello";

  /** Largest number; every reader of JSON holds it exactly. */
  public static final long NUMBER_MAX = (1L << 53) - 1;

  public Message {
    if (!isDrawn(session) || !(echo.isEmpty() || isDrawn(echo))) {
      throw new IllegalArgumentException(
          "A session has 16 characters, but these were '" + session + "' and '" + echo + "'");
    }
    if (number < 1 || number > NUMBER_MAX) {
      throw new IllegalArgumentException("Messages count from 1, but this is " + number);
    }
  }

  /** What is said. */
  public sealed interface Content {
    String topic();
  }

  /** @param run drawn by the speaker at its start, the same on all of its links */
  public record Hello(NodeId node, String run) implements Content {
    public Hello {
      if (!isDrawn(run)) {
        throw new IllegalArgumentException("A run has 16 characters, but was '" + run + "'");
      }
    }

    @Override
    public String topic() {
      return HELLO;
    }
  }

  /** @param json one JSON object */
  public record Word(String topic, String json) implements Content {
    public Word {
      if (!isTopic(topic)) {
        throw new IllegalArgumentException(
            "A topic has 1 to 16 lower case letters and digits, and 'hello' is taken, but was '"
                + topic + "'");
      }
    }
  }

  /** Whether this may name a session or a run. */
  public static boolean isDrawn(String text) {
    return DRAWN.matcher(text).matches();
  }

  public static boolean isTopic(String text) {
    return TOPIC.matcher(text).matches() && !text.equals(HELLO);
  }
}
