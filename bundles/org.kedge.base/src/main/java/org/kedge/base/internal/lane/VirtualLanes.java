package org.kedge.base.internal.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/**
 * Lanes in virtual time: one thread, a clock that only moves to the next task due. The same order for the same calls, always.
 * Slow work runs at once and takes no time, unless it says how much by {@link #spend}. Not thread-safe.
 */
public final class VirtualLanes implements Lanes, UptimeSource {
  private final PriorityQueue<Task> agenda = new PriorityQueue<>();
  private final List<VirtualLane> lanes = new ArrayList<>();
  private Uptime now;
  private long posted;
  private Duration spent = Duration.ZERO;

  public VirtualLanes(Uptime start) {
    this.now = start;
  }

  @Override
  public Uptime now() {
    return now;
  }

  @Override
  public Lane open(String name, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "A lane needs a queue of at least 1, but '" + name + "' asked for " + capacity);
    }
    var lane = new VirtualLane(name, capacity);
    lanes.add(lane);
    return lane;
  }

  @Override
  public List<LaneReading> readings() {
    return lanes.stream().map(VirtualLane::reading).toList();
  }

  /** For slow work while it runs: it takes so much longer; beyond its limit its answer is that it is late. */
  public void spend(Duration span) {
    spent = spent.plus(span);
  }

  /** Lets {@code span} pass. */
  public void pass(Duration span) {
    var end = now.plus(span);
    while (!agenda.isEmpty() && agenda.peek().due.compareTo(end) <= 0) {
      step();
    }
    now = end;
  }

  /** Lets time pass until {@code condition} holds; false if it does not within {@code limit}. */
  public boolean passUntil(BooleanSupplier condition, Duration limit) {
    var end = now.plus(limit);
    while (!condition.getAsBoolean()) {
      if (agenda.isEmpty() || agenda.peek().due.compareTo(end) > 0) {
        now = end;
        return condition.getAsBoolean();
      }
      step();
    }
    return true;
  }

  private void step() {
    var task = agenda.remove();
    if (now.isBefore(task.due)) {
      now = task.due;
    }
    task.run();
  }

  private final class Task implements Comparable<Task> {
    private final Uptime due;
    private final long order = posted++;
    private final VirtualLane lane;
    private final Runnable work;
    private final boolean counted;
    private boolean cancelled;

    Task(Uptime due, VirtualLane lane, Runnable work, boolean counted) {
      this.due = due;
      this.lane = lane;
      this.work = work;
      this.counted = counted;
      agenda.add(this);
    }

    private void run() {
      if (counted) {
        lane.queued--;
      }
      if (cancelled || lane.closed) {
        return;
      }
      try {
        work.run();
      } catch (RuntimeException e) {
        lane.thrown++;
        lane.lastThrown = e;
      }
    }

    @Override
    public int compareTo(Task other) {
      var byTime = due.compareTo(other.due);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /** A lane in virtual time. */
  public final class VirtualLane implements Lane {
    private final String name;
    private final int capacity;
    private int queued;
    private long refused;
    private long thrown;
    private boolean closed;
    private Optional<Duration> promised = Optional.empty();
    private Uptime beaten = now;
    private long beats;
    private RuntimeException lastThrown = new IllegalStateException("nothing was thrown");

    private VirtualLane(String name, int capacity) {
      this.name = name;
      this.capacity = capacity;
    }

    /** What the last task that failed threw. */
    public RuntimeException lastThrown() {
      return lastThrown;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Posting post(String task, Runnable work) {
      if (closed) {
        return Posting.CLOSED;
      }
      if (queued >= capacity) {
        refused++;
        return Posting.FULL;
      }
      queued++;
      new Task(now, this, work, true);
      return Posting.ACCEPTED;
    }

    @Override
    public Timer after(Duration delay, String task, Runnable work) {
      var set = new Task(now.plus(delay), this, work, false);
      return () -> set.cancelled = true;
    }

    @Override
    public Timer every(Duration pause, String task, Runnable work) {
      var periodic = new Periodic(pause, task, work);
      periodic.next = after(Duration.ZERO, task, periodic);
      return periodic;
    }

    @Override
    public <T> void aside(
        String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer) {
      after(Duration.ZERO, task, () -> {
        spent = Duration.ZERO;
        Outcome<T> outcome;
        try {
          outcome = new Outcome.Done<>(slow.call());
        } catch (Exception e) {
          outcome = new Outcome.Failed<>(e);
        } catch (LinkageError | AssertionError e) {
          outcome = new Outcome.Failed<>(new ExecutionException(e));
        }
        var isLate = spent.compareTo(limit) > 0;
        Outcome<T> answered = isLate ? new Outcome.Late<>(limit) : outcome;
        if (!spent.isZero()) {
          after(isLate ? limit : spent, task, () -> answer.accept(answered));
        } else if (!closed) {
          answer.accept(answered);
        }
      });
    }

    @Override
    public void promise(Duration period) {
      promised = Optional.of(period);
      beaten = now;
    }

    @Override
    public void beat() {
      beats++;
      beaten = now;
    }

    @Override
    public LaneReading reading() {
      return new LaneReading(
          name,
          closed ? 0 : queued,
          capacity,
          refused,
          thrown,
          Duration.ZERO,
          "",
          promised,
          beats,
          promised.isPresent() ? now.since(beaten) : Duration.ZERO);
    }

    @Override
    public void close() {
      closed = true;
      lanes.remove(this);
    }

    private final class Periodic implements Runnable, Timer {
      private final Duration pause;
      private final String task;
      private final Runnable work;
      private Timer next = () -> {};
      private boolean over;

      Periodic(Duration pause, String task, Runnable work) {
        this.pause = pause;
        this.task = task;
        this.work = work;
      }

      @Override
      public void run() {
        try {
          work.run();
        } finally {
          if (!over) {
            next = after(pause, task, this);
          }
        }
      }

      @Override
      public void cancel() {
        over = true;
        next.cancel();
      }
    }
  }
}
