package org.kedge.base.internal.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.ProgramPath;

/** Runs programs of the system with an argument list, a time limit and a cap on what is kept of their output. */
public final class ProcessCommandRunner implements CommandRunner {
  private static final Duration DRAIN = Duration.ofMillis(500);

  @Override
  public CommandResult run(Command command) {
    var start = System.nanoTime();
    Process started;
    try {
      var builder = new ProcessBuilder(new ArrayList<>(command.arguments()));
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("PATH", ProgramPath.value());
      var program = command.arguments().get(0);
      builder.command().set(0, ProgramPath.find(program).orElse(program));
      started = builder.start();
      if (command.input().isEmpty()) {
        started.getOutputStream().close();
      }
    } catch (IOException e) {
      return new CommandResult.NotStarted(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    var process = started;
    var output = new Drain(process.getInputStream(), command.outputLimit(), command + " output");
    var errors = new Drain(process.getErrorStream(), command.outputLimit(), command + " errors");
    command.input().ifPresent(text -> feed(process.getOutputStream(), text, command + " input"));
    try {
      if (!process.waitFor(command.limit().toNanos(), TimeUnit.NANOSECONDS)) {
        kill(process);
        return new CommandResult.TimedOut(output.text(), errors.text(), command.limit());
      }
      return new CommandResult.Ended(
          process.exitValue(),
          output.text(),
          errors.text(),
          output.truncated || errors.truncated,
          Duration.ofNanos(System.nanoTime() - start));
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      return new CommandResult.TimedOut("", "interrupted", command.limit());
    }
  }

  /**
   * Writes on a thread of its own: a pipe holds 64 KiB, and a program may answer before it has read all, or never read. A killed
   * one's pipe breaks, and that ends the thread.
   */
  private static void feed(OutputStream stream, String text, String name) {
    var thread = new Thread(
        () -> {
          try (stream) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
          } catch (IOException unread) {
            // It ended before it had read all; what it says of that stands in its answer.
          }
        },
        name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Reads one stream to its end on a thread of its own, so that a full pipe never stops the program. */
  private static final class Drain {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread thread;
    private volatile boolean truncated;

    Drain(InputStream stream, Bytes limit, String name) {
      thread = new Thread(() -> read(stream, limit.count()), name);
      thread.setDaemon(true);
      thread.start();
    }

    private void read(InputStream stream, long limit) {
      var buffer = new byte[8192];
      try (stream) {
        for (int count; (count = stream.read(buffer)) >= 0; ) {
          synchronized (kept) {
            var room = (int) Math.min(count, limit - kept.size());
            kept.write(buffer, 0, room);
            truncated |= room < count;
          }
        }
      } catch (IOException e) {
        // The pipe of a killed program is closed under the reader; what was read stands.
        truncated = true;
      }
    }

    /** What was read, waiting a moment for the rest; a grandchild that keeps the pipe open does not hold us. */
    String text() throws InterruptedException {
      thread.join(DRAIN.toMillis());
      // Who parses half an output has to know that it is half.
      truncated |= thread.isAlive();
      synchronized (kept) {
        return kept.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
