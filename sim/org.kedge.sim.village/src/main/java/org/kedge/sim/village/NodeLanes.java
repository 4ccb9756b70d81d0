package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;
import org.kedge.base.internal.lane.VirtualLanes;

/** The lanes of one run of Kedge on the village's one agenda; they end together. */
final class NodeLanes implements Lanes {
  private final VirtualLanes agenda;
  private final Consumer<Runnable> within;
  private final List<NodeLane> lanes = new ArrayList<>();

  /** @param within runs each task, so that whose task runs is known */
  NodeLanes(VirtualLanes agenda, Consumer<Runnable> within) {
    this.agenda = agenda;
    this.within = within;
  }

  @Override
  public Lane open(String name, int capacity) {
    var lane = new NodeLane((VirtualLanes.VirtualLane) agenda.open(name, capacity));
    lanes.add(lane);
    return lane;
  }

  @Override
  public List<LaneReading> readings() {
    return lanes.stream().map(NodeLane::reading).toList();
  }

  /** What the last task that failed threw, if one did. */
  RuntimeException lastThrown(String name) {
    return lanes.stream()
        .filter(lane -> lane.name().equals(name))
        .findFirst()
        .orElseThrow()
        .lane
        .lastThrown();
  }

  void close() {
    lanes.forEach(NodeLane::close);
  }

  private final class NodeLane implements Lane {
    private final VirtualLanes.VirtualLane lane;

    NodeLane(VirtualLanes.VirtualLane lane) {
      this.lane = lane;
    }

    @Override
    public String name() {
      return lane.name();
    }

    @Override
    public Posting post(String task, Runnable work) {
      return lane.post(task, () -> within.accept(work));
    }

    @Override
    public Timer after(Duration delay, String task, Runnable work) {
      return lane.after(delay, task, () -> within.accept(work));
    }

    @Override
    public Timer every(Duration pause, String task, Runnable work) {
      return lane.every(pause, task, () -> within.accept(work));
    }

    @Override
    public <T> void aside(
        String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer) {
      lane.aside(task, limit, slow, outcome -> within.accept(() -> answer.accept(outcome)));
    }

    @Override
    public void promise(Duration period) {
      lane.promise(period);
    }

    @Override
    public void beat() {
      lane.beat();
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
}
