package org.kedge.care.internal.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.internal.core.CareFaults;

/**
 * What came of asking a probe: its readings, or why there are none. Immutable.
 *
 * @param readings as it gave them last
 * @param trouble why it cannot be trusted to look now; empty while it can
 */
record ProbeLook(List<Reading> readings, Optional<String> trouble) {
  static final Duration LIMIT = Duration.ofSeconds(2);
  static final ProbeLook NONE = new ProbeLook(List.of(), Optional.empty());

  /** Far more kinds of fault than any capability has. */
  private static final int READINGS_MAX = 256;

  private static final Duration BUSY_MAX = Duration.ofSeconds(10);

  /** Beyond what a lane promised; under full load its work takes longer. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

  /** Beside care's lane; a flood is cut before anybody has to carry it. */
  static List<Reading> ask(Probe probe) {
    var given = probe.readings();
    return List.copyOf(given.size() > READINGS_MAX ? given.subList(0, READINGS_MAX + 1) : given);
  }

  ProbeLook after(String name, Lane.Outcome<List<Reading>> outcome, Uptime now) {
    if (outcome instanceof Lane.Outcome.Done<List<Reading>> done) {
      return done.value().size() > READINGS_MAX
          ? troubled(name, "gives more than " + READINGS_MAX + " readings")
          : new ProbeLook(done.value(), Optional.empty());
    }
    if (outcome instanceof Lane.Outcome.Failed<List<Reading>> failed) {
      var cause = failed.cause() instanceof ExecutionException wrapped && wrapped.getCause() != null
          ? wrapped.getCause()
          : failed.cause();
      return troubled(name, "failed: " + cause);
    }
    var limit = ((Lane.Outcome.Late<List<Reading>>) outcome).limit();
    // Not begun for want of a thread says nothing about the probe; its readings age.
    return limit.isZero()
        ? this
        : troubled(name, "has not answered within " + limit.toSeconds() + " s");
  }

  private ProbeLook troubled(String name, String what) {
    return new ProbeLook(readings, Optional.of("probe '" + name + "' " + what));
  }

  /** What to judge by: of a probe in trouble nothing is seen, and its faults stand as they are. */
  List<Reading> readings(Uptime now) {
    return trouble.isEmpty()
        ? readings
        : readings.stream()
            .<Reading>map(one -> new Reading.Unseen(one.kind(), now, trouble.get()))
            .toList();
  }

  /** The reading of LANE_STUCK: every capability that cannot look, and every lane that does not move. */
  static Reading stuck(Collection<ProbeLook> looks, Collection<LaneReading> lanes, Uptime now) {
    var words = new ArrayList<String>();
    looks.forEach(look -> look.trouble().ifPresent(words::add));
    for (var lane : lanes) {
      if (lane.busyFor().compareTo(BUSY_MAX) >= 0) {
        words.add("lane '" + lane.lane() + "' has been at '" + lane.task() + "' for "
            + lane.busyFor().toSeconds() + " s");
      } else if (lane.promised().isPresent()
          && lane.silentFor().compareTo(lane.promised().get().plus(SILENCE_MAX)) >= 0) {
        words.add("lane '" + lane.lane() + "' runs, but has not done its work for "
            + lane.silentFor().toSeconds() + " s");
      } else if (lane.queued() >= lane.capacity()) {
        words.add("lane '" + lane.lane() + "' has its queue of " + lane.capacity() + " full");
      }
    }
    FaultKind kind = CareFaults.LANE_STUCK;
    return words.isEmpty()
        ? new Reading.Well(kind, now)
        : new Reading.Wrong(kind, now, Blame.OURS, String.join("; ", words));
  }
}
