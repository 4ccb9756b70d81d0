package org.kedge.care.api;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One thing a capability can do about a fault; registered as a service by the capability that owns the part. A remedy does not
 * decide: care orders it, one at a time on the whole node, and only after the order is on flash.
 */
public interface Remedy {
  /** As ladders name it: lower case with hyphens, such as {@code restart-babeld}; unique on the node. */
  String name();

  /** The most it may disturb. */
  Effect effect();

  /** After this time care counts it as failed, whatever still comes of it; above zero. */
  Duration limit();

  /** What has been done once it is done, such as {@code restarted babeld}. */
  String deed();

  /**
   * Does it. Called on care's lane: begins and returns at once.
   *
   * @param done takes the outcome, once, from any thread
   */
  void carryOut(RemedyOrder order, Consumer<RemedyOutcome> done);

  /** @param work as {@link #carryOut} */
  static Remedy of(
      String name,
      Effect effect,
      Duration limit,
      String deed,
      BiConsumer<RemedyOrder, Consumer<RemedyOutcome>> work) {
    return new Remedy() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Effect effect() {
        return effect;
      }

      @Override
      public Duration limit() {
        return limit;
      }

      @Override
      public String deed() {
        return deed;
      }

      @Override
      public void carryOut(RemedyOrder order, Consumer<RemedyOutcome> done) {
        work.accept(order, done);
      }
    };
  }
}
