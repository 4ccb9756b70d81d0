package org.kedge.base.api;

import java.util.Arrays;
import java.util.Optional;

/**
 * A prefix, or an address as the longest prefix there is, as its bits, so that two ways of writing it are one. IPv4 stands in its
 * mapped form: {@code 192.0.2.0/24} is {@code ::ffff:192.0.2.0/120}. Bits beyond the length are zero.
 */
public record IpPrefix(long high, long low, int length) {
  private static final int GROUPS = 8;
  private static final int MAPPED = 96;
  private static final long MAPPED_MARK = 0xFFFFL << 32;

  /** Reads {@code address} or {@code address/length}; empty if it is neither IPv6 nor IPv4. */
  public static Optional<IpPrefix> of(String text) {
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
  public boolean covers(IpPrefix other) {
    return other.length >= length
        && (length >= MAPPED || !other.isIpv4())
        && masked(other.high, other.low, length).equals(this);
  }

  public boolean isIpv4() {
    return length >= MAPPED && high == 0 && (low & mask(MAPPED - 64)) == MAPPED_MARK;
  }

  /** Whether it covers all of its family, as a default route does. */
  public boolean isDefault() {
    return length == (isIpv4() ? MAPPED : 0);
  }

  /** Whether it is one address. */
  public boolean isAddress() {
    return length == GROUPS * 16;
  }

  /** In the shortest usual form, an address without its length: {@code 192.0.2.0/24}, {@code 2001:db8::1}. */
  @Override
  public String toString() {
    var bits = isIpv4() ? length - MAPPED : length;
    return isAddress() ? address() : address() + "/" + bits;
  }

  /** The address alone, without the length: {@code 192.0.2.0}, {@code 2001:db8::}. */
  public String address() {
    if (isIpv4()) {
      return (low >>> 24 & 0xFF) + "." + (low >>> 16 & 0xFF) + "." + (low >>> 8 & 0xFF) + "."
          + (low & 0xFF);
    }
    var groups = new int[GROUPS];
    for (var at = 0; at < GROUPS; at++) {
      groups[at] = (int) ((at < 4 ? high : low) >>> (48 - at % 4 * 16) & 0xFFFF);
    }
    var gap = longestGap(groups);
    var text = new StringBuilder();
    for (var at = 0; at < GROUPS; at++) {
      if (gap[1] > 1 && at == gap[0]) {
        text.append("::");
        at += gap[1] - 1;
      } else {
        text.append(text.length() == 0 || text.charAt(text.length() - 1) == ':' ? "" : ":")
            .append(Integer.toHexString(groups[at]));
      }
    }
    return text.toString();
  }

  /** Where the first of the longest runs of zeroes begins, and how long it is. */
  private static int[] longestGap(int[] groups) {
    var best = new int[] {0, 0};
    for (var at = 0; at < GROUPS; at++) {
      var end = at;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - at > best[1]) {
        best = new int[] {at, end - at};
      }
    }
    return best;
  }

  private static Optional<IpPrefix> groups(String text, int end, int length) {
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

  private static IpPrefix masked(long high, long low, int length) {
    return new IpPrefix(high & mask(length), low & mask(length - 64), length);
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
