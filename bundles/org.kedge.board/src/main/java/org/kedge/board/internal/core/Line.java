package org.kedge.board.internal.core;

/**
 * One line of the board's GPIO chip.
 *
 * @param number its offset on that chip
 * @param isActiveHigh whether a high level is what its name promises: light on, power cut, pulse
 */
public record Line(int number, boolean isActiveHigh) {
  static final int NUMBER_MAX = 511;

  public Line {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException(
          "A line is a number from 0 to " + NUMBER_MAX + ", but was " + number);
    }
  }

  @Override
  public String toString() {
    return "line " + number + (isActiveHigh ? "" : ", active low");
  }
}
