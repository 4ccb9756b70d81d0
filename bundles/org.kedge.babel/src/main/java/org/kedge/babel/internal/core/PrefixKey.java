package org.kedge.babel.internal.core;

import java.util.Arrays;
import java.util.Optional;

/**
 * A prefix as its bits, so that two ways of writing it are one. IPv4 stands in its mapped form: {@code 192.0.2.0/24} is {@code
 * ::ffff:192.0.2.0/120}. Bits beyond the length are zero.
 */
record PrefixKey(long high, long low, int length) {
  private static final int GROUPS = 8;
  private static final int MAPPED = 96;
  private static final long MAPPED_MARK = 0xFFFFL << 32;

  /** Reads {@code address} or {@code address/length}; empty if it is neither IPv6 nor IPv4. */
  static Optional<PrefixKey> of(String text) {
    var slash = text.indexOf('/');
    var end = slash < 0 ? text.length() : slash;
    var isMapped = text.indexOf(':') < 0;
    var bits = isMapped ? 32 : 128;
    var length = slash < 0 ? bits : number(text, slash + 1, text.length(), 10, 3);
    if (length < 0 || length > bits) {
      return Optional.empty();
    }
    if (isMapped) {
      var address = quad(text, 0, end);
      return address < 0
          ? Optional.empty()
          : Optional.of(masked(0, MAPPED_MARK | address, length + MAPPED));
    }
    return groups(text, end, length);
  }

  /** Whether all of {@code other} is in this prefix. IPv6 prefixes, {@code ::/0} too, cover no IPv4. */
  boolean covers(PrefixKey other) {
    return other.length >= length
        && (length >= MAPPED || !other.isIpv4())
        && masked(other.high, other.low, length).equals(this);
  }

  private boolean isIpv4() {
    return length >= MAPPED && high == 0 && (low & mask(MAPPED - 64)) == MAPPED_MARK;
  }

  private static Optional<PrefixKey> groups(String text, int end, int length) {
    var groups = new int[GROUPS];
    var count = 0;
    var gap = -1;
    var at = 0;
    if (text.startsWith("::")) {
      gap = 0;
      at = 2;
    }
    while (at < end) {
      var colon = text.indexOf(':', at);
      var stop = colon < 0 || colon > end ? end : colon;
      var dot = text.indexOf('.', at);
      if (stop == end && dot >= 0 && dot < end) {
        var quad = quad(text, at, end);
        if (quad < 0 || count > GROUPS - 2) {
          return Optional.empty();
        }
        groups[count++] = (int) (quad >>> 16);
        groups[count++] = (int) (quad & 0xFFFF);
        at = end;
        continue;
      }
      var group = number(text, at, stop, 16, 4);
      if (group < 0 || count == GROUPS) {
        return Optional.empty();
      }
      groups[count++] = group;
      at = stop;
      if (at < end) {
        at++;
        if (at < end && text.charAt(at) == ':') {
          if (gap >= 0) {
            return Optional.empty();
          }
          gap = count;
          at++;
        } else if (at == end) {
          return Optional.empty();
        }
      }
    }
    if (gap < 0 ? count != GROUPS : count == GROUPS) {
      return Optional.empty();
    }
    if (gap >= 0) {
      var tail = count - gap;
      System.arraycopy(groups.clone(), gap, groups, GROUPS - tail, tail);
      Arrays.fill(groups, gap, GROUPS - tail, 0);
    }
    return Optional.of(masked(word(groups, 0), word(groups, 4), length));
  }

  private static long word(int[] groups, int from) {
    return (long) groups[from] << 48
        | (long) groups[from + 1] << 32
        | (long) groups[from + 2] << 16
        | groups[from + 3];
  }

  private static PrefixKey masked(long high, long low, int length) {
    return new PrefixKey(high & mask(length), low & mask(length - 64), length);
  }

  private static long mask(int bits) {
    return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
  }

  private static long quad(String text, int from, int end) {
    var address = 0L;
    var at = from;
    for (var part = 0; part < 4; part++) {
      var dot = text.indexOf('.', at);
      var stop = part == 3 ? end : dot;
      if (stop < 0 || stop > end) {
        return -1;
      }
      var octet = number(text, at, stop, 10, 3);
      if (octet < 0 || octet > 255) {
        return -1;
      }
      address = address << 8 | octet;
      at = stop + 1;
    }
    return address;
  }

  private static int number(String text, int from, int end, int radix, int digits) {
    if (end <= from || end - from > digits) {
      return -1;
    }
    var number = 0;
    for (var at = from; at < end; at++) {
      var digit = text.charAt(at) < 128 ? Character.digit(text.charAt(at), radix) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number;
  }
}
