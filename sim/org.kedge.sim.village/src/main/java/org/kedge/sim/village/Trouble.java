package org.kedge.sim.village;

import java.util.Locale;

/** What the world does to a village. */
enum Trouble {
  BABELD_KILLED(3, true),
  BABELD_FROZEN(3, true),
  BABELD_MUTE(2, true),
  BABELD_SLOW(2, true),
  BABELD_LYING(2, true),
  ROUTES_LOST(4, true),
  ROUTES_STALE(3, true),
  FORWARDING_OFF(3, true),
  TRANSIT_DROPPED(3, true),
  INTERFACES_TAKEN(2, true),
  PROGRAM_GONE(1, false),
  ANSWERS_TORN(2, false),
  LINK_CUT(4, false),
  POWER_CUT(4, false),
  EXIT_DEAF(1, false),
  UPLINK_OUT(1, false),
  BROKER_REFUSES(1, false),
  CLOCK_STEP(3, false),
  FLASH_FULL(2, false),
  FLASH_READ_ONLY(1, false),
  KERNEL_MUTE(2, false);

  /** How often it comes, beside the others. */
  final int weight;

  /** Whether the node has to cure it itself. */
  final boolean isOwn;

  Trouble(int weight, boolean isOwn) {
    this.weight = weight;
    this.isOwn = isOwn;
  }

  /** Whether it takes a restart of babeld or the like: of those a node can only bear some a day. */
  boolean takesRestart() {
    return switch (this) {
      case BABELD_KILLED, BABELD_FROZEN, BABELD_MUTE, BABELD_SLOW, INTERFACES_TAKEN, PROGRAM_GONE ->
        true;
      default -> false;
    };
  }

  /** For people. */
  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
