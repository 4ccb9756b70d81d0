package org.kedge.billing.internal.nft;

/**
 * How many elements the kernel's sets take.
 *
 * @param stations of a set with one element a station
 * @param targets of a set with one element a station and address
 */
record Sizes(int stations, int targets) {
  /** A set full of targets takes 3 MB of the kernel's memory, and nft 3.3 kB an element for as long as it lists them. */
  static final Sizes USUAL = new Sizes(4096, 16384);
}
