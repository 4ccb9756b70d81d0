package org.kedge.base.api;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The one thread on which a bundle's state lives, with a bounded queue and a scheduler. Work runs in the order it was posted. A
 * task that throws is logged with its name and counted; the lane lives on. All methods may be called from any thread.
 */
public interface Lane extends AutoCloseable {
  String name();

  /** Queues {@code work} under a name that logs and readings show. */
  Posting post(String task, Runnable work);

  /** Runs {@code work} once, not before {@code delay} has passed. Not bounded by the queue: keep these few. */
  Timer after(Duration delay, String task, Runnable work);

  /** Runs {@code work} now and then again {@code pause} after each end, so that a slow run is never followed by a rush. */
  Timer every(Duration pause, String task, Runnable work);

  /**
   * Runs slow work (a socket, a file, an external program) in the small shared pool and posts what came of it back to this lane.
   * At {@code limit} the work is interrupted and {@link Outcome.Late} is posted; a later end of it is dropped.
   */
  <T> void aside(String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer);

  /**
   * Promises that {@link #beat} is called at least this often from now on; replaces an earlier promise. Who watches the lane judges
   * it by that.
   */
  void promise(Duration period);

  /** Keeps the promise. Called where the lane's real work has been done, never by a bare timer: a beat says that the work goes on. */
  void beat();

  LaneReading reading();

  /** Stops the lane: the task that runs may end, what waits is dropped, later posts answer {@link Posting#CLOSED}. */
  @Override
  void close();

  /** What became of a post. */
  enum Posting {
    ACCEPTED,
    /** The queue is full; the work was dropped and counted. Waiting helps. */
    FULL,
    /** The lane has been closed; waiting does not help. */
    CLOSED
  }

  /** A timer that was set. */
  interface Timer {
    /** No run begins after this returns, unless it has begun already. */
    void cancel();
  }

  /** How slow work ended. */
  sealed interface Outcome<T> {
    record Done<T>(T value) implements Outcome<T> {}

    /** It threw. */
    record Failed<T>(Exception cause) implements Outcome<T> {}

    /** It had not ended at its limit, or the shared pool was too busy to begin it. Waiting may help. */
    record Late<T>(Duration limit) implements Outcome<T> {}
  }
}
