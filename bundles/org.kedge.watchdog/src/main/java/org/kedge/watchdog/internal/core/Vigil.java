package org.kedge.watchdog.internal.core;

import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Uptime;

/**
 * Judges whether the timer is petted: not when care's own lane is stuck, and not when care's longest ladder came to its last rung.
 * Nothing else, however bad, is its business: that is care's. Time counts in looks: however long the process was paused, or a look
 * was late, it is one look's worth of silence. Pure; one thread.
 */
public final class Vigil {
  /** Care beats every second; the slowest look of a healthy node under full load was a few. */
  static final Duration SILENCE_MAX = Duration.ofSeconds(20);

  /** An update takes care away and brings it back. */
  static final Duration ABSENCE_MAX = Duration.ofMinutes(5);

  private final Uptime notBefore;
  private Optional<LaneReading> before = Optional.empty();
  private Optional<Uptime> lookedAt = Optional.empty();
  private Duration silence = Duration.ZERO;

  /** @param notBefore a stuck lane is borne until then: resets are rationed as all that takes the node away */
  public Vigil(Uptime notBefore) {
    this.notBefore = notBefore;
  }

  /**
   * Looks at care's lane.
   *
   * @param care empty where there is none
   * @param pause from one look to the next, as planned
   * @return why the timer is not to be petted; empty: pet it
   */
  public Optional<String> look(Optional<LaneReading> care, Duration pause, Uptime now) {
    var passed = lookedAt.map(now::since).orElse(Duration.ZERO);
    var isAlive = care.isPresent()
        && (before.isEmpty() || before.get().beats() != care.get().beats());
    silence = isAlive ? Duration.ZERO : silence.plus(shorter(passed, pause));
    lookedAt = Optional.of(now);
    // What it last was counts: a lane that comes and goes without ever beating is no life.
    before = care.or(() -> before);
    var isTooLong = silence.compareTo(care.isPresent() ? SILENCE_MAX : ABSENCE_MAX) >= 0;
    return isTooLong && !now.isBefore(notBefore) ? Optional.of(words(care)) : Optional.empty();
  }

  private String words(Optional<LaneReading> care) {
    return care.map(lane -> "care's lane has not beaten for " + silence.toSeconds() + " s"
            + (lane.task().isEmpty() ? "" : ", it is at '" + lane.task() + "'"))
        .orElse("there has been no care for " + silence.toSeconds() + " s");
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
