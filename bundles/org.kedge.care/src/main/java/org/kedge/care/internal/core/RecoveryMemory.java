package org.kedge.care.internal.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.Effect;

/**
 * What recovery has to remember over restarts, reboots and power cuts; immutable. Times are ages: how long the node has run in all
 * since its first start, as far as that was written down. An age never runs faster than true time, so that a budget that holds by
 * age holds in truth, whatever the clock on the wall does; the hours a node was without power do not count.
 *
 * @param age of the node when this was taken
 * @param kernelBoot the kernel's name of the boot it was taken in
 * @param uptime of that boot when it was taken
 * @param boots boots of the kernel that Kedge has seen
 * @param faultSince faults that stand on their own, and since when
 * @param spent remedies carried out that still count against something, oldest first
 * @param pauseSetting the minutes of pause that were set last; setting the same again begins no other pause
 * @param ladder version of the ladder that the climbs are on; empty before the first look
 * @param journalCount entries ever written
 * @param journal the latest of them, oldest first
 */
public record RecoveryMemory(
    Duration age,
    String kernelBoot,
    Duration uptime,
    long boots,
    Map<String, Duration> faultSince,
    List<Climb> climbs,
    List<Spent> spent,
    Optional<Order> order,
    Optional<Pause> pause,
    int pauseSetting,
    String ladder,
    long journalCount,
    List<Entry> journal) {
  public static final RecoveryMemory NONE = new RecoveryMemory(
      Duration.ZERO,
      "",
      Duration.ZERO,
      0,
      Map.of(),
      List.of(),
      List.of(),
      Optional.empty(),
      Optional.empty(),
      0,
      "",
      0,
      List.of());

  public RecoveryMemory {
    faultSince = Map.copyOf(faultSince);
    climbs = List.copyOf(climbs);
    spent = List.copyOf(spent);
    journal = List.copyOf(journal);
  }

  /**
   * Where a fault stands on its ladder.
   *
   * @param rung from 0
   * @param failed tries of this rung that did not help
   * @param anyFailed whether any remedy has failed to help since the fault was first climbed against
   * @param latest effect of the remedy tried last; none before the first
   * @param restUntil while it rests
   * @param goneSince while the fault is away and may come back
   */
  public record Climb(
      String fault,
      int rung,
      int failed,
      boolean anyFailed,
      Effect latest,
      Optional<Duration> restUntil,
      Optional<Duration> goneSince) {
    static Climb begin(String fault) {
      return new Climb(fault, 0, 0, false, Effect.NONE, Optional.empty(), Optional.empty());
    }

    Climb nextRung() {
      return new Climb(fault, rung + 1, 0, anyFailed, latest, restUntil, goneSince);
    }

    Climb tried(Effect effect) {
      return new Climb(fault, rung, failed, anyFailed, effect, restUntil, goneSince);
    }

    Climb failedOnce() {
      return new Climb(fault, rung, failed + 1, true, latest, restUntil, goneSince);
    }

    /** From the first rung again, on another ladder. */
    Climb anew() {
      return new Climb(fault, 0, 0, anyFailed, latest, Optional.empty(), goneSince);
    }

    Climb resting(Duration until) {
      return new Climb(fault, 0, 0, anyFailed, latest, Optional.of(until), goneSince);
    }

    Climb rested() {
      return new Climb(fault, rung, failed, anyFailed, latest, Optional.empty(), goneSince);
    }

    Climb gone(Duration since) {
      return new Climb(fault, rung, failed, anyFailed, latest, restUntil, Optional.of(since));
    }

    Climb back() {
      return new Climb(fault, rung, failed, anyFailed, latest, restUntil, Optional.empty());
    }
  }

  /** A remedy that was carried out, or may have been. */
  public record Spent(Duration at, String remedy, Effect effect, String fault) {}

  /**
   * The one remedy under way.
   *
   * @param rung from 0
   * @param attempt from 1, on this rung
   * @param at when it was ordered
   * @param settle how long it is given to help
   * @param settlesUntil empty while it acts
   */
  public record Order(
      String remedy,
      Effect effect,
      String deed,
      String fault,
      int rung,
      int rungs,
      int attempt,
      int tries,
      Duration at,
      Duration settle,
      Optional<Duration> settlesUntil) {
    Order settling(Duration until) {
      return new Order(
          remedy, effect, deed, fault, rung, rungs, attempt, tries, at, settle, Optional.of(until));
    }

    /** The deed was not done. */
    Order inVain() {
      return new Order(
          remedy,
          effect,
          "tried " + remedy,
          fault,
          rung,
          rungs,
          attempt,
          tries,
          at,
          settle,
          settlesUntil);
    }

    /** Such as {@code rung 2 of 4, for BABEL_SILENT}. */
    String place() {
      return "rung " + (rung + 1) + " of " + rungs + ", for " + fault;
    }
  }

  /** Remedies are held back until then. */
  public record Pause(Duration until, String reason) {}

  /**
   * One line of the node's diary.
   *
   * @param number from 1, one more with each, over restarts and reboots
   * @param wallClock for people; may be wrong where the clock is
   * @param fault the kind it is about; empty where it is about none
   * @param remedy likewise
   */
  public record Entry(
      long number,
      Duration at,
      Instant wallClock,
      Topic topic,
      Optional<String> fault,
      Optional<String> remedy,
      String words) {}
}
