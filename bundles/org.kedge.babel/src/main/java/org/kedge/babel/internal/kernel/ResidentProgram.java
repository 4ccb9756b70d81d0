package org.kedge.babel.internal.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kedge.babel.internal.core.LineReader;
import org.kedge.base.api.ProgramPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one program running and hears its lines, output and errors alike, on a thread of its own, until it is closed. One that ends
 * or is missing is started again, after a pause that doubles. Holds some 40 KiB, however much and whatever the program says.
 */
final class ResidentProgram implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResidentProgram.class);
  private static final Duration PAUSE_FIRST = Duration.ofSeconds(1);
  private static final Duration PAUSE_LONGEST = Duration.ofSeconds(60);

  /** Of a rush, much is read at once: this costs a reader on a small node little, and the pipe holds what comes meanwhile. */
  private static final Duration BREATH = Duration.ofMillis(20);

  private static final int CHUNK = 16 << 10;

  private final List<String> command;
  private final Ear ear;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private @Nullable Process process;

  /** Hears the lines; on the program's thread. */
  interface Ear {
    void line(String line);

    /** All that was there to read has been told as lines. */
    void quiet();
  }

  private ResidentProgram(List<String> command, Ear ear) {
    this.command = List.copyOf(command);
    this.ear = ear;
    thread = new Thread(this::keep, String.join(" ", command));
    thread.setDaemon(true);
  }

  /** Returns at once; the program starts on its thread. */
  static ResidentProgram start(List<String> command, Ear ear) {
    var program = new ResidentProgram(command, ear);
    program.thread.start();
    return program;
  }

  private void keep() {
    var pause = PAUSE_FIRST;
    var isTold = false;
    do {
      var start = System.nanoTime();
      var end = run();
      if (isClosedWithin(Duration.ZERO)) {
        return;
      }
      if (System.nanoTime() - start > PAUSE_LONGEST.toNanos()) {
        pause = PAUSE_FIRST;
        isTold = false;
      }
      if (!isTold) {
        LOG.warn(
            "'{}' {}. Changes of the kernel are seen at the next look only; it is started again in {} s,"
                + " then more and more seldom, without another word.",
            thread.getName(),
            end,
            pause.toSeconds());
        isTold = true;
      }
      if (isClosedWithin(pause)) {
        return;
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(PAUSE_LONGEST) < 0 ? pause : PAUSE_LONGEST;
    } while (true);
  }

  /** Runs it once; answers how it ended. */
  private String run() {
    var words = new Words();
    try {
      var started = launch();
      if (started.isEmpty()) {
        return "was not wanted any more";
      }
      var running = started.get();
      try {
        read(running, words);
      } finally {
        running.destroyForcibly();
      }
      return "ended with exit code " + running.waitFor() + words.last();
    } catch (IOException e) {
      return "cannot be run: " + e.getMessage() + words.last();
    } catch (InterruptedException e) {
      // Nobody but the end of the runtime interrupts this thread.
      closed.countDown();
      return "was interrupted";
    }
  }

  private synchronized Optional<Process> launch() throws IOException {
    if (closed.getCount() == 0) {
      return Optional.empty();
    }
    var builder = new ProcessBuilder(orphanProof(command))
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PATH", ProgramPath.value());
    var started = builder.start();
    process = started;
    return Optional.of(started);
  }

  /**
   * A program whose reader was killed ends when it next has something to say, which may be never. So the kernel is asked to kill it
   * with this thread, the one that starts it; where setpriv (util-linux) is missing, that next word has to do.
   */
  private static List<String> orphanProof(List<String> command) throws IOException {
    var program = command.get(0);
    var words = new ArrayList<>(command);
    words.set(
        0, ProgramPath.find(program).orElseThrow(() -> new IOException("no program " + program)));
    ProgramPath.find("setpriv")
        .ifPresent(setpriv -> words.addAll(0, List.of(setpriv, "--pdeathsig", "KILL")));
    return words;
  }

  private void read(Process running, Words words) throws IOException, InterruptedException {
    var reader = new LineReader((bytes, offset, length) -> {
      var line = new String(bytes, offset, length, StandardCharsets.UTF_8);
      words.said(line);
      ear.line(line);
    });
    var chunk = new byte[CHUNK];
    try (var stream = running.getInputStream()) {
      for (int count; (count = stream.read(chunk)) >= 0; ) {
        reader.feed(ByteBuffer.wrap(chunk, 0, count));
        ear.quiet();
        if (isClosedWithin(BREATH)) {
          return;
        }
      }
    }
  }

  private boolean isClosedWithin(Duration time) {
    try {
      return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
      return true;
    }
  }

  /** What it said last, for the log. */
  private static final class Words {
    private static final int SHOWN = 200;
    private String line = "";

    void said(String latest) {
      line = latest;
    }

    String last() {
      return line.isBlank()
          ? ""
          : ", its last words: "
              + line.strip().substring(0, Math.min(SHOWN, line.strip().length()));
    }
  }

  /** Ends the program, and says nothing more to the ear but what it is just saying. */
  @Override
  public void close() {
    closed.countDown();
    synchronized (this) {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
