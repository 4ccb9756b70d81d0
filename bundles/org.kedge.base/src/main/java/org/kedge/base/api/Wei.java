package org.kedge.base.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** An amount in wei, 10^18 to the coin; whole, never negative. A debt is a direction, not a sign. */
public record Wei(BigInteger amount) implements Comparable<Wei> {
  public static final Wei NONE = new Wei(BigInteger.ZERO);
  private static final int DECIMALS = 18;

  public Wei {
    if (amount.signum() < 0) {
      throw new IllegalArgumentException("An amount in wei cannot be negative, but was " + amount);
    }
  }

  public static Wei of(long amount) {
    return new Wei(BigInteger.valueOf(amount));
  }

  /**
   * What so many coins are, exactly.
   *
   * @throws ArithmeticException with more than 18 decimals
   */
  public static Wei ofCoins(BigDecimal coins) {
    return new Wei(coins.movePointRight(DECIMALS).toBigIntegerExact());
  }

  public Wei plus(Wei other) {
    return new Wei(amount.add(other.amount));
  }

  /** @throws IllegalArgumentException where {@code other} is more */
  public Wei minus(Wei other) {
    return new Wei(amount.subtract(other.amount));
  }

  public boolean isNone() {
    return amount.signum() == 0;
  }

  public Wei min(Wei other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /** In coins, rounded down to this many decimals: for people, never for reckoning. */
  public String inCoins(int decimals) {
    return new BigDecimal(amount, DECIMALS)
        .setScale(decimals, RoundingMode.DOWN)
        .toPlainString();
  }

  @Override
  public int compareTo(Wei other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public String toString() {
    return amount + " wei";
  }
}
