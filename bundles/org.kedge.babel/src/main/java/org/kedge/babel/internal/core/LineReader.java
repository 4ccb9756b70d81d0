package org.kedge.babel.internal.core;

import java.nio.ByteBuffer;

/**
 * Cuts a stream of bytes into lines that end in LF or CRLF, wherever the chunks were cut. One thread. Holds 16 KiB and nothing per
 * line.
 */
public final class LineReader {
  /** In bytes, without the line's end. babeld's own lines stay under 512. */
  public static final int LONGEST = 4096;

  /** One more than the longest, for the CR. */
  private static final int KEPT = LONGEST + 1;

  private final Sink sink;
  private final byte[] buffer = new byte[4 * LONGEST];
  private int filled;
  private boolean skipping;

  public LineReader(Sink sink) {
    this.sink = sink;
  }

  /** Takes lines. The bytes are only its own until it returns. */
  @FunctionalInterface
  public interface Sink {
    void line(byte[] bytes, int offset, int length);

    /**
     * A line above {@link #LONGEST}: its first 4097 bytes, told once; the rest is dropped. Passed on as a line, which the parser
     * calls malformed because of its length.
     */
    default void tooLong(byte[] bytes, int offset, int length) {
      line(bytes, offset, length);
    }
  }

  /** Reads all that remains in the chunk, which may be of any size and of any kind of buffer. */
  public void feed(ByteBuffer chunk) {
    while (chunk.hasRemaining()) {
      var count = Math.min(chunk.remaining(), buffer.length - filled);
      chunk.get(buffer, filled, count);
      var fresh = filled;
      filled += count;
      drain(fresh);
    }
  }

  /** Forgets the line that was begun, because the connection it came from ended. */
  public void reset() {
    filled = 0;
    skipping = false;
  }

  private void drain(int fresh) {
    var begin = 0;
    for (var i = fresh; i < filled; i++) {
      if (buffer[i] == '\n') {
        endLine(begin, i);
        begin = i + 1;
      }
    }
    keep(begin);
  }

  private void endLine(int begin, int end) {
    if (skipping) {
      skipping = false;
      return;
    }
    var length = end - begin;
    if (length > 0 && buffer[end - 1] == '\r') {
      length--;
    }
    if (length > LONGEST) {
      sink.tooLong(buffer, begin, KEPT);
    } else {
      sink.line(buffer, begin, length);
    }
  }

  /** Moves the begun line to the front, or drops it once it is too long to become one. */
  private void keep(int begin) {
    var left = filled - begin;
    filled = 0;
    if (skipping) {
      return;
    }
    if (left > KEPT) {
      skipping = true;
      sink.tooLong(buffer, begin, KEPT);
      return;
    }
    System.arraycopy(buffer, begin, buffer, 0, left);
    filled = left;
  }
}
