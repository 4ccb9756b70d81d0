package org.kedge.care.internal.node;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends this Java machine for its keeper to start it again. Bundles are stopped first, and if they hang, as is likely after a fault
 * that leads here, it ends all the same.
 */
public final class Leaving implements Consumer<String> {
  /** What the machine ends with: a keeper starts it again. The number of {@code EX_TEMPFAIL}. */
  public static final int EXIT_CODE = 75;

  private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public void accept(String reason) {
    LOG.warn("Kedge leaves with exit code {} and comes back: {}.", EXIT_CODE, reason);
    // Two threads: the first hangs where a shutdown hook does.
    start("kedge-leaving", () -> System.exit(EXIT_CODE));
    start("kedge-leaving-for-sure", () -> {
      try {
        Thread.sleep(PATIENCE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Runtime.getRuntime().halt(EXIT_CODE);
    });
  }

  private static void start(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
