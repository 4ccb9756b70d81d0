package org.kedge.babel.internal.core;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gives one String for one word, for the few words that stand on every line. Bounded: a word may push out another, which is then
 * made anew.
 */
final class Names {
  private static final int SLOTS = 1024; // a power of two
  private static final int TRIES = 4;
  private static final int LONGEST = 64;

  private final @Nullable String[] slots = new String[SLOTS];

  String name(byte[] bytes, int from, int to) {
    if (to - from > LONGEST) {
      return make(bytes, from, to);
    }
    var hash = hash(bytes, from, to);
    for (var i = 0; i < TRIES; i++) {
      var slot = (hash + i) & (SLOTS - 1);
      var held = slots[slot];
      if (held == null) {
        var made = make(bytes, from, to);
        slots[slot] = made;
        return made;
      }
      if (isSame(held, bytes, from, to)) {
        return held;
      }
    }
    var made = make(bytes, from, to);
    slots[hash & (SLOTS - 1)] = made;
    return made;
  }

  static String make(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }

  static boolean isSame(String word, byte[] bytes, int from, int to) {
    if (word.length() != to - from) {
      return false;
    }
    for (var i = 0; i < word.length(); i++) {
      if (word.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  private static int hash(byte[] bytes, int from, int to) {
    var hash = 0;
    for (var i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 16);
  }
}
