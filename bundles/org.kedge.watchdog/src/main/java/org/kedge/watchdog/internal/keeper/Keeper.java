package org.kedge.watchdog.internal.keeper;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.UptimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that pets. It shares nothing with the lanes: neither their threads nor a lock, so that none of them can stop it; and no
 * timer of its own runs in the device's name once it is gone. All methods may be called from any thread.
 */
public final class Keeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  /** A device that does not answer must not keep a bundle from being stopped. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  private final Guarding guarding;
  private final LinkedBlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
  private final Thread thread;
  private boolean isOver; // its thread only

  /** @param lanes how all lanes are now; never blocks */
  public Keeper(Supplier<List<LaneReading>> lanes, UptimeSource uptime) {
    guarding = new Guarding(lanes, uptime);
    thread = new Thread(this::run, "kedge-keeper");
    thread.setDaemon(true);
    thread.setPriority(Thread.MAX_PRIORITY);
    thread.start();
  }

  public Guard guard() {
    return guarding.guard();
  }

  /** Has it done by the keeper's own thread, which alone touches devices; they may block. */
  public void tell(Consumer<Guarding> work) {
    orders.add(() -> work.accept(guarding));
  }

  private void run() {
    var pause = Duration.ZERO;
    while (!isOver) {
      try {
        var order = orders.poll(pause.toNanos(), TimeUnit.NANOSECONDS);
        if (order != null) {
          order.run();
        }
        pause = isOver ? Duration.ZERO : guarding.step();
      } catch (InterruptedException e) {
        // Nobody has a reason to; petting goes on.
        LOG.warn("The keeper was interrupted and goes on.");
      } catch (RuntimeException | LinkageError | AssertionError e) {
        // A device's fault must not end the keeper: what else would pet?
        LOG.error("A step of the keeper failed; it goes on.", e);
        pause = Duration.ofSeconds(1);
      }
    }
  }

  /** Lets the timer go, disarmed if it lets itself, and ends. */
  @Override
  public void close() {
    end(Guarding::letGo);
  }

  /** Ends, and leaves the timer armed. */
  public void leave() {
    end(Guarding::leave);
  }

  private void end(Consumer<Guarding> last) {
    orders.add(() -> {
      isOver = true;
      last.accept(guarding);
    });
    try {
      thread.join(STOP_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn(
          "The watchdog device did not let go within {} s and is left behind.",
          STOP_LIMIT.toSeconds());
    }
  }
}
