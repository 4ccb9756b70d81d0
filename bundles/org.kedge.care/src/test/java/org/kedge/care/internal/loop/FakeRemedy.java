package org.kedge.care.internal.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;

/** Notes its orders and does what a test says; it answers at once that it is done. */
final class FakeRemedy implements Remedy {
  final List<RemedyOrder> orders = new ArrayList<>();
  final List<Consumer<RemedyOutcome>> answers = new ArrayList<>();
  Runnable deed = () -> {};
  boolean isMute;
  private final String name;
  private final Effect effect;

  FakeRemedy(String name, Effect effect) {
    this.name = name;
    this.effect = effect;
  }

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
    return Duration.ofSeconds(30);
  }

  @Override
  public String deed() {
    return "did " + name;
  }

  @Override
  public void carryOut(RemedyOrder order, Consumer<RemedyOutcome> done) {
    orders.add(order);
    answers.add(done);
    deed.run();
    if (!isMute) {
      done.accept(new RemedyOutcome.Done("fine"));
    }
  }
}
