package org.kedge.telemetry.internal.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;

/** A lane in virtual time whose slow work takes time too, and is late at its limit as on a real lane. */
final class LaneWithSlowWork implements Lane {
  private final Lane lane;
  private Optional<Duration> takes = Optional.of(Duration.ZERO);
  private int underWay;
  private int mostUnderWay;

  LaneWithSlowWork(Lane lane) {
    this.lane = lane;
  }

  void slowWorkTakes(Duration span) {
    takes = Optional.of(span);
  }

  void slowWorkNeverEnds() {
    takes = Optional.empty();
  }

  int mostUnderWay() {
    return mostUnderWay;
  }

  @Override
  public <T> void aside(
      String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer) {
    underWay++;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    var ends = takes.filter(span -> span.compareTo(limit) < 0);
    var unused = lane.after(ends.orElse(limit), task, () -> {
      underWay--;
      if (ends.isPresent()) {
        lane.aside(task, limit, slow, answer);
      } else {
        answer.accept(new Outcome.Late<>(limit));
      }
    });
  }

  @Override
  public String name() {
    return lane.name();
  }

  @Override
  public Posting post(String task, Runnable work) {
    return lane.post(task, work);
  }

  @Override
  public Timer after(Duration delay, String task, Runnable work) {
    return lane.after(delay, task, work);
  }

  @Override
  public Timer every(Duration pause, String task, Runnable work) {
    return lane.every(pause, task, work);
  }

  @Override
  public LaneReading reading() {
    return lane.reading();
  }

  @Override
  public void close() {
    lane.close();
  }
}
