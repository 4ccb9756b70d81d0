package org.kedge.base.api;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * What a byte costs, in wei; whole, never negative. As it is whole, what bytes cost is exact: nothing is rounded anywhere between
 * the counter and the ledger. One coin a gigabyte (10^9 bytes) is 10^9 wei a byte, so up to nine decimals of a price a gigabyte can
 * be said.
 */
public record Price(long weiPerByte) implements Comparable<Price> {
  public static final Price FREE = new Price(0);
  private static final int DECIMALS = 9;

  public Price {
    if (weiPerByte < 0) {
      throw new IllegalArgumentException(
          "A price cannot be negative, but was " + weiPerByte + " wei a byte");
    }
  }

  /**
   * @param coins for 10^9 bytes
   * @throws ArithmeticException with more than nine decimals, or beyond 9 * 10^9 coins: it could not be exact
   */
  public static Price ofCoinsPerGigabyte(BigDecimal coins) {
    return new Price(coins.movePointRight(DECIMALS).longValueExact());
  }

  /** What these bytes cost, exactly. */
  public Wei of(Bytes bytes) {
    return new Wei(BigInteger.valueOf(weiPerByte).multiply(BigInteger.valueOf(bytes.count())));
  }

  /** Both together; the highest price there is where they would be beyond it. */
  public Price plus(Price other) {
    var sum = weiPerByte + other.weiPerByte;
    return new Price(sum < 0 ? Long.MAX_VALUE : sum);
  }

  public Price min(Price other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /** For people, exact: {@code 0.2} for 2 * 10^8 wei a byte. */
  public String inCoinsPerGigabyte() {
    var coins = BigDecimal.valueOf(weiPerByte, DECIMALS).stripTrailingZeros();
    return coins.signum() == 0 ? "0" : coins.toPlainString();
  }

  @Override
  public int compareTo(Price other) {
    return Long.compare(weiPerByte, other.weiPerByte);
  }

  @Override
  public String toString() {
    return weiPerByte + " wei/byte";
  }
}
