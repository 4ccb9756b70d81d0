package org.kedge.base.internal.lane;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lanes on real threads. */
public final class RealLanes implements Lanes, AutoCloseable {
  /** Sockets and programs of all bundles together; a rush beyond it is late, not lost memory. */
  private static final int POOL_THREADS = 12;

  private static final Logger LOG = LoggerFactory.getLogger(RealLanes.class);

  private final List<RealLane> lanes = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
      0,
      POOL_THREADS,
      30,
      TimeUnit.SECONDS,
      new SynchronousQueue<>(),
      work -> thread("kedge-aside", work));
  private final ScheduledThreadPoolExecutor limits =
      new ScheduledThreadPoolExecutor(1, work -> thread("kedge-limits", work));

  public RealLanes() {
    limits.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Lane open(String name, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "A lane needs a queue of at least 1, but '" + name + "' asked for " + capacity);
    }
    var lane = new RealLane(name, capacity);
    lanes.add(lane);
    return lane;
  }

  @Override
  public List<LaneReading> readings() {
    return lanes.stream().map(RealLane::reading).toList();
  }

  @Override
  public void close() {
    lanes.forEach(RealLane::close);
    pool.shutdownNow();
    limits.shutdownNow();
  }

  private static Thread thread(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  private record Running(String task, long since) {}

  private record Heart(Duration period, long since) {}

  private final class RealLane implements Lane {
    private final String name;
    private final int capacity;
    private final ScheduledThreadPoolExecutor executor;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong thrown = new AtomicLong();
    private volatile @Nullable Running running;
    private volatile boolean closed;
    private final AtomicLong beats = new AtomicLong();
    private volatile @Nullable Heart heart;

    RealLane(String name, int capacity) {
      this.name = name;
      this.capacity = capacity;
      executor = new ScheduledThreadPoolExecutor(1, work -> thread("kedge-" + name, work));
      executor.setRemoveOnCancelPolicy(true);
      executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
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
      if (queued.incrementAndGet() > capacity) {
        queued.decrementAndGet();
        if (refused.getAndIncrement() == 0) {
          LOG.warn(
              "Lane {} has {} tasks waiting and dropped '{}'; later ones are only counted. Its reading shows the count.",
              name,
              capacity,
              task);
        }
        return Posting.FULL;
      }
      try {
        executor.execute(() -> {
          queued.decrementAndGet();
          run(task, work);
        });
        return Posting.ACCEPTED;
      } catch (RejectedExecutionException e) {
        queued.decrementAndGet();
        return Posting.CLOSED;
      }
    }

    @Override
    public Timer after(Duration delay, String task, Runnable work) {
      try {
        var future =
            executor.schedule(() -> run(task, work), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
      } catch (RejectedExecutionException e) {
        return () -> {};
      }
    }

    @Override
    public Timer every(Duration pause, String task, Runnable work) {
      try {
        var future = executor.scheduleWithFixedDelay(
            () -> run(task, work), 0, pause.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
      } catch (RejectedExecutionException e) {
        return () -> {};
      }
    }

    @Override
    public <T> void aside(
        String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer) {
      var answered = new AtomicBoolean();
      Consumer<Outcome<T>> once = outcome -> {
        if (answered.compareAndSet(false, true)) {
          // An answer is owed: it waits even where the queue is full.
          after(Duration.ZERO, task, () -> answer.accept(outcome));
        }
      };
      try {
        var running = pool.submit(() -> {
          try {
            once.accept(new Outcome.Done<>(slow.call()));
          } catch (Exception e) {
            once.accept(new Outcome.Failed<>(e));
          } catch (Throwable e) {
            // A class that is missing or a deep recursion: known now, not only at the limit.
            once.accept(new Outcome.Failed<>(new ExecutionException(e)));
          }
        });
        var unused = limits.schedule(
            () -> {
              once.accept(new Outcome.Late<>(limit));
              running.cancel(true);
            },
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        once.accept(new Outcome.Late<>(Duration.ZERO));
      }
    }

    private void run(String task, Runnable work) {
      if (closed) {
        return;
      }
      running = new Running(task, System.nanoTime());
      try {
        work.run();
      } catch (Throwable e) {
        // Whatever left here would end a periodic task for good, without a word.
        thrown.incrementAndGet();
        LOG.error("Task '{}' of lane {} failed and was dropped; the lane goes on.", task, name, e);
      } finally {
        running = null;
      }
    }

    @Override
    public void promise(Duration period) {
      heart = new Heart(period, System.nanoTime());
    }

    @Override
    public void beat() {
      beats.incrementAndGet();
      var promised = heart;
      if (promised != null) {
        heart = new Heart(promised.period(), System.nanoTime());
      }
    }

    @Override
    public LaneReading reading() {
      var now = running;
      var promised = heart;
      return new LaneReading(
          name,
          closed ? 0 : queued.get(),
          capacity,
          refused.get(),
          thrown.get(),
          now == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - now.since()),
          now == null ? "" : now.task(),
          promised == null ? Optional.empty() : Optional.of(promised.period()),
          beats.get(),
          promised == null
              ? Duration.ZERO
              : Duration.ofNanos(System.nanoTime() - promised.since()));
    }

    @Override
    public void close() {
      closed = true;
      lanes.remove(this);
      executor.shutdown();
      executor.getQueue().clear();
    }
  }
}
