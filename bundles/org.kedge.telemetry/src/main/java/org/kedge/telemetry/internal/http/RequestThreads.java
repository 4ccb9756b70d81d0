package org.kedge.telemetry.internal.http;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few threads for requests, each of which has to end in time. The JDK's server gives a request a thread as soon as its first
 * byte has come and lets it read and write for ever; its own limits are system properties, which belong to the whole runtime.
 * Here a thread that is too long at one request is interrupted, which closes the connection it reads from or writes to.
 */
final class RequestThreads implements Executor, AutoCloseable {
  private static final int THREADS = 8;
  private static final int IDLE_SECONDS = 30;

  private final Duration limit;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor watch;
  private final ThreadLocal<Running> running = new ThreadLocal<>();

  RequestThreads(String name, Duration limit) {
    this.limit = limit;
    threads = new ThreadPoolExecutor(
        THREADS,
        THREADS,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        work -> daemon(work, name));
    threads.allowCoreThreadTimeOut(true);
    watch = new ScheduledThreadPoolExecutor(1, work -> daemon(work, name + "-limit"));
    watch.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    watch.allowCoreThreadTimeOut(true);
    watch.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable work, String name) {
    var made = new Thread(work, name);
    made.setDaemon(true);
    return made;
  }

  @Override
  public void execute(Runnable request) {
    threads.execute(() -> {
      var now = new Running(Thread.currentThread());
      running.set(now);
      now.allow(limit);
      try {
        request.run();
      } finally {
        now.end();
        running.remove();
      }
    });
  }

  /** The request that runs on this thread may take so long from now on. */
  void allow(Duration more) {
    running.get().allow(more);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    watch.shutdownNow();
  }

  /** One request on its thread; after its end the thread is another's and must not be interrupted any more. */
  private final class Running {
    private final Thread thread;
    private @Nullable Future<?> due;
    private int limits;
    private boolean ended;

    Running(Thread thread) {
      this.thread = thread;
    }

    synchronized void allow(Duration length) {
      cancel();
      var limit = ++limits;
      due = watch.schedule(() -> tooLong(limit), length.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void cancel() {
      if (due != null) {
        due.cancel(false);
      }
    }

    /** Only the last limit counts, also where one before it had just run out. */
    private synchronized void tooLong(int limit) {
      if (!ended && limit == limits) {
        thread.interrupt();
      }
    }

    synchronized void end() {
      ended = true;
      cancel();
      // An interruption that came too late to be noticed is not the next request's.
      Thread.interrupted();
    }
  }
}
