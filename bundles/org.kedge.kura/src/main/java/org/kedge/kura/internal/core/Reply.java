package org.kedge.kura.internal.core;

import java.util.Collection;
import org.kedge.base.api.Inquiry.Answer;

/** What goes back to whoever asked from afar. */
public sealed interface Reply {
  /** Brokers limit messages, some to far less; what is longer would be dropped on its way, or end the connection. */
  int BODY_MAX = 1 << 20;

  /** @param body JSON, UTF-8 */
  record Told(byte[] body) implements Reply {}

  record Untold(Because because, String words) implements Reply {}

  enum Because {
    /** The asker has to ask otherwise. */
    BAD_REQUEST,
    /** The asker has to ask for something else. */
    NOT_FOUND,
    /** The node cannot tell it, or not now. */
    ERROR
  }

  static Reply of(String name, Answer answer) {
    if (answer instanceof Answer.Told told) {
      return told(name, told.body());
    }
    if (answer instanceof Answer.Misunderstood misunderstood) {
      return new Untold(Because.BAD_REQUEST, misunderstood.why());
    }
    if (answer instanceof Answer.NotNow notNow) {
      return new Untold(Because.ERROR, notNow.why() + "; ask again later");
    }
    throw new IllegalStateException("No answer to '" + name + "': " + answer);
  }

  static Reply told(String name, byte[] body) {
    return body.length <= BODY_MAX
        ? new Told(body)
        : new Untold(
            Because.ERROR,
            "the answer to '" + name + "' has " + body.length + " bytes and is not sent: more than "
                + BODY_MAX
                + " may be dropped by a broker, or end the connection. Ask for less of it");
  }

  static Reply malformed(String why) {
    return new Untold(Because.BAD_REQUEST, why);
  }

  static Reply unknown(String name, Collection<String> known) {
    return new Untold(
        Because.NOT_FOUND,
        "'" + name + "' cannot be asked; known are: " + String.join(", ", known));
  }

  /** Nothing is changed from afar as yet. */
  static Reply readOnly(String verb) {
    return new Untold(
        Because.BAD_REQUEST, verb + " is not answered: Kedge only reads as yet, ask by GET");
  }

  static Reply broken(String name) {
    return new Untold(Because.ERROR, "'" + name + "' failed; the log of the node tells more");
  }
}
