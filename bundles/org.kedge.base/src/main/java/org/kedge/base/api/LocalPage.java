package org.kedge.base.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Something a capability shows to who asks on the node itself, beside the status page: a service, answered on the loopback address
 * alone. To ask changes nothing.
 */
public interface LocalPage {
  /** Such as {@code /ledger.csv}; unique on the node. */
  String path();

  /**
   * Answers one request; blocks. Any thread, two at a time at most.
   *
   * @param query names and values behind the path, decoded
   */
  Answer answer(Map<String, String> query);

  /** What came of it. */
  sealed interface Answer {
    /**
     * @param type such as {@code text/csv}; text is UTF-8
     * @param body writes all of it, however long
     */
    record Told(String type, Body body) implements Answer {}

    /** @param why what the query should have been, one sentence */
    record Misunderstood(String why) implements Answer {}

    /** Asking again later helps. */
    record NotNow(String why) implements Answer {}
  }

  /** Writes a body to a stream that the caller closes. */
  interface Body {
    void write(OutputStream out) throws IOException;
  }
}
