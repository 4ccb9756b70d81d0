package org.kedge.watchdog.internal.linux;

import java.util.Optional;
import java.util.Set;

/**
 * What the driver of a timer says that it can do.
 *
 * @param identity its name, may be empty
 * @param options the bits WDIOF_ of linux/watchdog.h
 */
record Support(String identity, int options) {
  private static final int CARD_RESET = 0x20;
  private static final int MAGIC_CLOSE = 0x100;
  private static final int PRETIMEOUT = 0x200;
  private static final int ALARM_ONLY = 0x400;

  /** Drivers that tell that they reset the node, and do not say that they can. */
  private static final Set<String> SILENT_TELLERS = Set.of("i6300ESB timer");

  boolean stopsAtMagicClose() {
    return (options & MAGIC_CLOSE) != 0;
  }

  boolean warnsBefore() {
    return (options & PRETIMEOUT) != 0;
  }

  boolean onlyRaisesAlarm() {
    return (options & ALARM_ONLY) != 0;
  }

  /**
   * Most drivers have 0 as status after every boot, because they cannot tell.
   *
   * @param bootStatus the same bits, as they were when the kernel started
   */
  Optional<Boolean> hasReset(int bootStatus) {
    if ((bootStatus & CARD_RESET) != 0) {
      return Optional.of(true);
    }
    var tells = (options & CARD_RESET) != 0 || SILENT_TELLERS.contains(identity);
    return tells ? Optional.of(false) : Optional.empty();
  }
}
