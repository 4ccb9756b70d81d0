package org.kedge.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.kedge.sim.mesh.net.MeshFailure;

/**
 * A healthy gateway under the worst load that is none of its faults: all of its processor is taken, and the Java process is paused
 * again and again. The timer must never act.
 */
final class Soak {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration BREATH = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOOPS = 2;

  /**
   * What came of it.
   *
   * @param gapMost the longest in which no new pet was seen, as exact as the looks are
   */
  record Seen(Duration lasted, int pauses, long pets, Duration gapMost, int resets) {
    boolean isQuiet() {
      return resets == 0;
    }

    String inWords() {
      return "gateway soak " + Seconds.of(lasted) + " at full load, " + pauses + " pauses of "
          + PAUSE.toSeconds() + " s: " + pets + " pets, longest gap seen " + Seconds.of(gapMost)
          + ", resets by the timer " + resets;
    }
  }

  private final Gateway gateway;
  private long pets;
  private long petsBefore;
  private Instant petSeenAt = Instant.now();
  private Duration gapMost = Duration.ZERO;

  Soak(Gateway gateway) {
    this.gateway = gateway;
  }

  /** Runs it on a gateway that is up; ends early at a reset. */
  Seen run(Duration length) {
    gateway.awaitStatus("the timer is petted", status -> new Guarded(status).isGuarded());
    for (var i = 0; i < LOOPS; i++) {
      // The shell is ahead of all others; this load is to be as important as Kedge.
      gateway.shell().order("nice -n 10 sh -c 'while :; do :; done' </dev/null >/dev/null 2>&1 &");
    }
    var from = Instant.now();
    petSeenAt = from;
    var pauses = 0;
    var next = from;
    while (Instant.now().isBefore(from.plus(length)) && resets(from) == 0) {
      try {
        signal("STOP");
        sleep(PAUSE);
        signal("CONT");
        pauses++;
        for (var left = BREATH; !left.isNegative() && !left.isZero(); left = left.minus(LOOK)) {
          sleep(LOOK);
          look();
        }
        if (!Instant.now().isBefore(next)) {
          System.out.println(seen(from, pauses).inWords());
          next = Instant.now().plusSeconds(60);
        }
      } catch (GuestShell.Unheard e) {
        // Reset, or as busy as it is meant to be: the events tell which.
        System.out.println("The shell is not heard: " + e.getMessage());
      }
    }
    return seen(from, pauses);
  }

  private void signal(String name) {
    gateway.shell().order("kill -" + name + " $(pidof java)");
  }

  private static void sleep(Duration length) {
    try {
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("Interrupted in a soak", e);
    }
  }

  private void look() {
    gateway.status().map(Guarded::new).ifPresent(status -> {
      var count = status.count("petted_count");
      if (count > petsBefore) {
        var now = Instant.now();
        var gap = Duration.between(petSeenAt, now);
        gapMost = gap.compareTo(gapMost) > 0 ? gap : gapMost;
        petSeenAt = now;
        pets += count - petsBefore;
        petsBefore = count;
      }
    });
  }

  private Seen seen(Instant from, int pauses) {
    return new Seen(Duration.between(from, Instant.now()), pauses, pets, gapMost, resets(from));
  }

  private int resets(Instant from) {
    return gateway.qmp().events("WATCHDOG", from).size();
  }
}
