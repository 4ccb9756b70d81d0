package org.kedge.babel.internal.core;

/** Makes bytes of unknown origin fit for a log. */
final class Quote {
  static final int LONGEST = 120;
  private static final String CUT = "...";

  private Quote() {}

  /** At most 120 characters of printable ASCII; other bytes stand as {@code \x1b}. */
  static String of(byte[] bytes, int offset, int length) {
    var quote = new StringBuilder(LONGEST);
    var fitting = 0;
    for (var i = offset; i < offset + length; i++) {
      append(quote, bytes[i]);
      if (quote.length() > LONGEST) {
        quote.setLength(fitting);
        return quote.append(CUT).toString();
      }
      if (quote.length() <= LONGEST - CUT.length()) {
        fitting = quote.length();
      }
    }
    return quote.toString();
  }

  static boolean isPrintable(byte octet) {
    return octet >= ' ' && octet <= '~';
  }

  private static void append(StringBuilder quote, byte octet) {
    if (isPrintable(octet)) {
      quote.append((char) octet);
    } else {
      quote
          .append("\\x")
          .append(Character.forDigit((octet >> 4) & 0xf, 16))
          .append(Character.forDigit(octet & 0xf, 16));
    }
  }
}
