package org.kedge.babel.internal.core;

import java.util.Arrays;

/** The keys of babeld's object lines that Kedge knows. */
enum Key {
  UP("up"),
  IPV6("ipv6"),
  IPV4("ipv4"),
  ADDRESS("address"),
  IF("if"),
  REACH("reach"),
  UREACH("ureach"),
  RXCOST("rxcost"),
  TXCOST("txcost"),
  COST("cost"),
  RTT("rtt"),
  PREFIX("prefix"),
  FROM("from"),
  INSTALLED("installed"),
  ID("id"),
  METRIC("metric"),
  REFMETRIC("refmetric"),
  VIA("via"),
  /** Any other: a fork's, or a newer babeld's. */
  OTHER("");

  private static final int LONGEST = "refmetric".length();
  private static final Key[][] BY_LENGTH = byLength();

  private final String word;

  Key(String word) {
    this.word = word;
  }

  static Key of(byte[] bytes, int from, int to) {
    if (to - from <= LONGEST) {
      for (var key : BY_LENGTH[to - from]) {
        if (Names.isSame(key.word, bytes, from, to)) {
          return key;
        }
      }
    }
    return OTHER;
  }

  @Override
  public String toString() {
    return word;
  }

  private static Key[][] byLength() {
    var keys = new Key[LONGEST + 1][];
    for (var i = 0; i < keys.length; i++) {
      var length = i;
      keys[i] =
          Arrays.stream(values()).filter(key -> key.word.length() == length).toArray(Key[]::new);
    }
    return keys;
  }
}
