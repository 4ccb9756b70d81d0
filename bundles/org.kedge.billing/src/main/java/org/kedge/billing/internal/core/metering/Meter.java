package org.kedge.billing.internal.core.metering;

/** Turns absolute counters into what is to be booked, so that each byte is booked once, whatever ends in between. */
public final class Meter {
  private Meter() {}

  /**
   * What is to be booked between what was booked and this reading.
   *
   * @param before {@link Positions#NONE} books all that was counted so far
   */
  public static Difference difference(Positions before, MeterReading now) {
    throw new UnsupportedOperationException(before + " " + now);
  }

  /** Where to begin so that nothing counted until this reading is booked any more: for new books in the place of lost ones. */
  public static Positions startAt(MeterReading now) {
    throw new UnsupportedOperationException(now.generation());
  }
}
