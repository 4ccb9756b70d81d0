package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.core.Ladder.Problem;

/**
 * The ladder that is climbed, and the one that was offered. What is offered is checked whole; refused, the one before stays. One
 * thread.
 */
public final class LadderInForce {
  /** Capabilities come up one after the other: a remedy that is not there yet may be in a moment. */
  static final Duration GRACE = Duration.ofSeconds(30);

  private final Ladder builtIn;
  private Ladder inForce;
  private Optional<Offer> offer = Optional.empty();
  private Optional<String> refused = Optional.empty();

  private record Offer(Ladder ladder, Uptime at) {}

  /** @param builtIn the bundle's own, valid by its tests */
  public LadderInForce(Ladder builtIn) {
    this.builtIn = builtIn;
    inForce = builtIn;
  }

  public Ladder ladder() {
    return inForce;
  }

  /** Where it comes from and exactly which it is, such as {@code built-in 3f2a9c1d}. */
  public String version() {
    return (inForce == builtIn ? "built-in " : "set ") + inForce.version();
  }

  /** Why the ladder that was offered last was refused; empty if it is in force, or not yet decided about. */
  public Optional<String> refused() {
    return refused;
  }

  /** Goes back to the built-in one. */
  public void offerNone() {
    offer = Optional.empty();
    refused = Optional.empty();
    inForce = builtIn;
  }

  /** Offers a text; {@link #check} decides. */
  public void offer(String text, Uptime now) {
    var reading = LadderText.parse(text);
    if (reading instanceof LadderText.Reading.Refused wrong) {
      refuse(List.of(wrong.problem()));
    } else {
      offer = Optional.of(new Offer(((LadderText.Reading.Read) reading).ladder(), now));
      refused = Optional.empty();
    }
  }

  /** Refuses what could not even be read. */
  public void refuse(String why) {
    offer = Optional.empty();
    refused = Optional.of(why);
  }

  private void refuse(List<Problem> problems) {
    refuse(
        problems.get(0) + (problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : ""));
  }

  /**
   * Judges what is offered against the remedies there are.
   *
   * @return whether something was decided: a ladder taken or refused
   */
  public boolean check(Map<String, Effect> known, Uptime now) {
    if (offer.isEmpty()) {
      return false;
    }
    var offered = offer.get();
    var problems = offered.ladder().problems(known);
    if (problems.isEmpty()) {
      problems = offered.ladder().unknown(known);
      if (!problems.isEmpty() && now.since(offered.at()).compareTo(GRACE) < 0) {
        return false;
      }
    }
    offer = Optional.empty();
    if (problems.isEmpty()) {
      inForce = offered.ladder();
      refused = Optional.empty();
    } else {
      refuse(problems);
    }
    return true;
  }
}
