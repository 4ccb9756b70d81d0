package org.kedge.babel.internal.core;

/** Walks over the words of one line. A run of spaces is one gap: some forks end their lines in a space. */
final class Words {
  private final Names names;
  private byte[] bytes = {};
  private int end;
  private int from;
  private int to;

  Words(Names names) {
    this.names = names;
  }

  void open(byte[] line, int offset, int length) {
    bytes = line;
    end = offset + length;
    from = offset;
    to = offset;
  }

  /** Goes to the next word; false if there is none. */
  boolean next() {
    from = to;
    while (from < end && bytes[from] == ' ') {
      from++;
    }
    to = from;
    while (to < end && bytes[to] != ' ') {
      to++;
    }
    return from < to;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean is(String word) {
    return Names.isSame(word, bytes, from, to);
  }

  /** This word, for one that other lines repeat. */
  String name() {
    return names.name(bytes, from, to);
  }

  /** This word, for one that hardly any other line has. */
  String text() {
    return Names.make(bytes, from, to);
  }

  /** A stretch of the line. */
  String text(int start, int stop) {
    return Names.make(bytes, start, stop).strip();
  }

  Key key() {
    return Key.of(bytes, from, to);
  }

  /** All after this word, without spaces around; may be empty. */
  String rest() {
    return text(to, end);
  }
}
