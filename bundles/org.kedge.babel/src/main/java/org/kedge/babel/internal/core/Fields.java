package org.kedge.babel.internal.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keys and values of one line, where they stand in it; filled anew for every line. The first fault found is kept. */
final class Fields {
  private static final int MOST = 65535;

  /** Where a value stands. */
  private static final class Span {
    private int from;
    private int to;
  }

  private final Names names;
  private final Map<Key, Span> spans = new EnumMap<>(Key.class);
  private final EnumSet<Key> seen = EnumSet.noneOf(Key.class);
  private byte[] bytes = {};
  private Map<String, String> extra = Map.of();
  private String fault = "";

  Fields(Names names) {
    this.names = names;
    for (var key : Key.values()) {
      spans.put(key, new Span());
    }
  }

  /** Reads the pairs that follow; {@link #fault} tells whether they are what the shape asks for. */
  void read(Words words, Shape shape) {
    bytes = words.bytes();
    seen.clear();
    extra = Map.of();
    fault = "";
    while (fault.isEmpty() && words.next()) {
      readPair(words, shape);
    }
    if (fault.isEmpty() && !seen.containsAll(shape.essential())) {
      var missing = EnumSet.copyOf(shape.essential());
      missing.removeAll(seen);
      fault = "without " + missing.iterator().next();
    }
  }

  /** Empty if there is none. */
  String fault() {
    return fault;
  }

  boolean has(Key key) {
    return seen.contains(key);
  }

  /** Of keys the shape does not know, as they came. */
  Map<String, String> extra() {
    return extra;
  }

  String name(Key key) {
    var span = span(key);
    return names.name(bytes, span.from, span.to);
  }

  String text(Key key) {
    var span = span(key);
    return Names.make(bytes, span.from, span.to);
  }

  boolean flag(Key key, String yes, String no) {
    var span = span(key);
    var isYes = Names.isSame(yes, bytes, span.from, span.to);
    if (!isYes && !Names.isSame(no, bytes, span.from, span.to)) {
      fail(key, "neither " + yes + " nor " + no);
    }
    return isYes;
  }

  /** 0 to 65535, decimal. */
  int number(Key key) {
    return number(key, 10, 5);
  }

  /** 0 to 65535, one to four hexadecimal digits. */
  int bits(Key key) {
    return number(key, 16, 4);
  }

  /** Milliseconds, with up to three decimals. */
  Duration milliseconds(Key key) {
    var span = span(key);
    var point = span.from;
    while (point < span.to && bytes[point] != '.') {
      point++;
    }
    var whole = digits(span.from, point, 10, 9);
    var decimals = span.to - point - 1;
    var micros = decimals < 0 ? 0 : digits(point + 1, span.to, 10, 3);
    if (whole < 0 || micros < 0) {
      fail(key, "not in milliseconds");
      return Duration.ZERO;
    }
    for (var i = Math.max(decimals, 0); i < 3; i++) {
      micros *= 10;
    }
    return Duration.ofNanos(whole * 1_000_000 + micros * 1_000);
  }

  private void readPair(Words words, Shape shape) {
    var key = words.key();
    if (!shape.knows(key)) {
      readExtra(words);
      return;
    }
    if (!words.next()) {
      fault = "ends at the key " + key;
    } else if (seen.add(key)) {
      var span = span(key);
      span.from = words.from();
      span.to = words.to();
    } else {
      // Two lines run together would otherwise pass for one object.
      fault = key + " twice";
    }
  }

  private void readExtra(Words words) {
    var key = words.name();
    if (extra.isEmpty()) {
      extra = new LinkedHashMap<>();
    }
    if (!words.next()) {
      fault = "ends at the key " + key;
    } else if (extra.put(key, words.text()) != null) {
      fault = key + " twice";
    }
  }

  private int number(Key key, int radix, int digitsMax) {
    var span = span(key);
    var number = digits(span.from, span.to, radix, digitsMax);
    if (number < 0 || number > MOST) {
      fail(key, "not from 0 to " + (radix == 16 ? "ffff" : "65535"));
      return 0;
    }
    return (int) number;
  }

  /** A number of 1 to {@code most} digits and nothing else; otherwise -1. */
  private long digits(int from, int to, int radix, int most) {
    if (from >= to || to - from > most) {
      return -1;
    }
    var number = 0L;
    for (var i = from; i < to; i++) {
      var digit = Character.digit(bytes[i], radix);
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number;
  }

  private void fail(Key key, String what) {
    if (fault.isEmpty()) {
      fault = key + " is " + what;
    }
  }

  private Span span(Key key) {
    return requireNonNull(spans.get(key));
  }
}
