package org.kedge.billing.internal.nft;

/**
 * How many elements the kernel's sets take.
 *
 * @param stations of a set with one element a station
 * @param targets of a set with one element a station and address
 */
record Sizes(int stations, int targets) {
  /** 4,096 stations; of targets some 20 MB of the kernel's memory a set, if somebody fills it. */
  static final Sizes USUAL = new Sizes(4096, 65535);
}
