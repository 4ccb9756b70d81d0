package org.kedge.watchdog.internal.linux;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.watchdog.internal.libc.Libc.Refusal;

/**
 * What is in force of a timer that was just taken. Nothing here fails the taking: what is petted guards, if only on other terms.
 *
 * @param caveats what is other than was wished, a line for people each
 */
record Terms(Duration timeout, Optional<Duration> pretimeout, List<String> caveats) {
  /** Petted as if it were this where nothing tells: shorter than what the drivers of routers and gateways begin with. */
  static final Duration ASSUMED = Duration.ofSeconds(10);

  Terms {
    caveats = List.copyOf(caveats);
  }

  /** The time-out is asked for; what the driver says afterwards holds. */
  static Terms asked(
      OpenTimer.Requests requests,
      Optional<Support> support,
      Optional<SysfsTimer> timer,
      Duration wanted) {
    var caveats = new ArrayList<String>();
    // Rounded up: to wait longer than was wished does less harm.
    var seconds = Math.toIntExact(wanted.plusMillis(999).toSeconds());
    var refusal = set(requests, seconds);
    var inForce = inForce(requests).or(() -> timer.flatMap(SysfsTimer::timeout));
    if (refusal.isPresent()) {
      caveats.add("its time-out cannot be set (" + refusal.get() + "); " + told(inForce));
    } else if (!inForce.equals(Optional.of(Duration.ofSeconds(seconds)))) {
      caveats.add(inForce
          .map(time -> "asked for " + seconds + " s, got " + seconds(time))
          .orElseGet(() -> "asked for " + seconds + " s; " + told(inForce)));
    }
    return ended(inForce, pretimeout(requests, support), caveats, timer, support);
  }

  /** It cannot be asked for; it has what sysfs shows. */
  static Terms shown(Optional<SysfsTimer> timer, Duration wanted, String why) {
    var caveats = new ArrayList<String>();
    var inForce = timer.flatMap(SysfsTimer::timeout);
    if (!inForce.equals(Optional.of(wanted))) {
      caveats.add("its time-out could not be set, as " + why + "; " + told(inForce));
    }
    return ended(inForce, timer.flatMap(SysfsTimer::pretimeout), caveats, timer, Optional.empty());
  }

  private static Terms ended(
      Optional<Duration> inForce,
      Optional<Duration> pretimeout,
      List<String> caveats,
      Optional<SysfsTimer> timer,
      Optional<Support> support) {
    var timeout = inForce.orElse(ASSUMED);
    if (support.filter(Support::onlyRaisesAlarm).isPresent()) {
      caveats.add("it only raises an alarm and does not reset the node");
    }
    if (timer.flatMap(SysfsTimer::isUnstoppable).orElse(false)) {
      caveats.add("it cannot be stopped (nowayout): once Kedge stops, the node is reset after "
          + seconds(timeout) + " unless Kedge starts again");
    }
    return new Terms(timeout, pretimeout, caveats);
  }

  static String seconds(Duration time) {
    return time.toSeconds() + " s";
  }

  private static String told(Optional<Duration> inForce) {
    return inForce
        .map(time -> seconds(time) + " is in force")
        .orElse(
            "nothing tells what is in force, and it is petted as if it were " + seconds(ASSUMED));
  }

  private static Optional<String> set(OpenTimer.Requests requests, int seconds) {
    try {
      requests.setTimeout(seconds);
      return Optional.empty();
    } catch (Refusal e) {
      return Optional.of(e.words());
    }
  }

  private static Optional<Duration> inForce(OpenTimer.Requests requests) {
    try {
      return positive(requests.timeoutSeconds());
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> pretimeout(
      OpenTimer.Requests requests, Optional<Support> support) {
    if (support.filter(Support::warnsBefore).isEmpty()) {
      return Optional.empty();
    }
    try {
      return positive(requests.pretimeoutSeconds());
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> positive(int seconds) {
    return seconds > 0 ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty();
  }
}
