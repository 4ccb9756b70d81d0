package org.kedge.watchdog.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A kind of timer that acts unless it is petted in time: resets the node, or restarts Kedge. Registered as a service by whoever
 * knows one. All methods are called by one thread, the keeper's own, and may block.
 */
public interface PetDevice {
  /** As settings and telemetry name it: lower case, such as {@code linux}, {@code gpio}, {@code systemd}, {@code kura}. */
  String name();

  /** Whether the present boot of the kernel began with this timer acting; empty where the device does not tell. */
  Optional<Boolean> hasReset();

  /**
   * Takes hold of it; its time runs from then on. At most one hold at a time.
   *
   * @param wanted the time-out to set, where it can be set
   */
  Taking take(Duration wanted);

  /** What came of it. */
  sealed interface Taking {
    record Taken(Hold hold) implements Taking {}

    /**
     * There is none of this kind here. Trying again helps only after somebody changed the node.
     *
     * @param why in plain words, without a full stop
     */
    record Absent(String why) implements Taking {}

    /**
     * There is one, and it cannot be had: held by another, no permission, broken. Trying again may help.
     *
     * @param why in plain words, with who holds it where that can be found, and what to do
     */
    record Refused(String why) implements Taking {}
  }

  /** A timer that runs and is ours to pet. */
  interface Hold {
    /** What it calls itself, such as {@code i6300ESB timer, /dev/watchdog0}. */
    String identity();

    /** What is in force, as the device says; it acts this long after the last {@link #pet}. */
    Duration timeout();

    /** It warns the kernel this long before it acts; empty where it cannot or does not. */
    Optional<Duration> pretimeout();

    /** What is other than was wished, a line for people each: another time-out than wanted, a timer that cannot be stopped. */
    List<String> caveats();

    /**
     * Begins the time-out anew.
     *
     * @throws IOException if the device did not take it; the next try may help, or {@link PetDevice#take} again
     */
    void pet() throws IOException;

    /** Stops the timer and lets it go; this hold is over in either case. */
    Letting letGo();
  }

  /** What came of letting go. */
  sealed interface Letting {
    record Disarmed() implements Letting {}

    /**
     * It goes on and will act unless somebody pets it in time.
     *
     * @param why in plain words, without a full stop
     */
    record Running(String why) implements Letting {}
  }
}
