package org.kedge.babel.internal.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what babeld prints, so that its log never fills a disk: out of descriptors it writes 28 MB a second. The last lines are
 * kept as evidence, a few a minute are passed on to Kedge's log, the rest is counted and dropped.
 */
final class LastWords {
  private static final Logger LOG = LoggerFactory.getLogger(LastWords.class);
  private static final int KEPT = 5;
  private static final int LINE_MAX = 200;
  private static final int LOGGED_A_MINUTE = 20;
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final Deque<String> kept = new ArrayDeque<>();
  private final Thread thread;
  private int logged;
  private long dropped;
  private long minuteBegan = System.nanoTime();

  LastWords(InputStream output) {
    thread = new Thread(() -> read(output), "kedge-babeld-output");
    thread.setDaemon(true);
    thread.start();
  }

  private void read(InputStream output) {
    try (var reader = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
      for (String line; (line = reader.readLine()) != null; ) {
        take(line.length() > LINE_MAX ? line.substring(0, LINE_MAX) + "..." : line);
      }
    } catch (IOException e) {
      LOG.debug("babeld's output ended: {}", e.toString());
    }
    tellDropped();
  }

  private synchronized void take(String line) {
    kept.addLast(line);
    if (kept.size() > KEPT) {
      kept.removeFirst();
    }
    var now = System.nanoTime();
    if (now - minuteBegan > MINUTE_NANOS) {
      tellDropped();
      minuteBegan = now;
      logged = 0;
    }
    if (logged < LOGGED_A_MINUTE) {
      logged++;
      LOG.info("babeld: {}", line);
    } else {
      dropped++;
    }
  }

  private synchronized void tellDropped() {
    if (dropped > 0) {
      LOG.warn("babeld printed {} more lines within the last minute; they were dropped.", dropped);
      dropped = 0;
    }
  }

  /** The last lines in one, once babeld has ended. */
  String words() {
    try {
      thread.join(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return kept.stream().collect(Collectors.joining(" / "));
    }
  }
}
