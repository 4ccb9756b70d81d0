package org.kedge.base.internal.command;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

/** Runs programs of the system with an argument list, a time limit and a cap on what is kept of their output. */
public final class ProcessCommandRunner implements CommandRunner {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final Duration DRAIN = Duration.ofMillis(500);

  @Override
  public CommandResult run(Command command) {
    var start = System.nanoTime();
    Process process;
    try {
      var builder = new ProcessBuilder(new ArrayList<>(command.arguments()));
      builder.environment().put("LC_ALL", "C");
      // A runtime started by an init system may lack the folders of ip and nft.
      var path = builder.environment().merge("PATH", PATH, (own, more) -> own + ":" + more);
      builder.command().set(0, locate(command.arguments().get(0), path));
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return new CommandResult.NotStarted(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    var output = new Drain(process.getInputStream(), command.outputLimit(), command + " output");
    var errors = new Drain(process.getErrorStream(), command.outputLimit(), command + " errors");
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

  /** The JVM would look along its own PATH, not along the one given to the program. */
  private static String locate(String program, String path) {
    if (program.contains("/")) {
      return program;
    }
    for (var folder : path.split(":", -1)) {
      var file = new File(folder, program);
      if (!folder.isEmpty() && file.isFile() && file.canExecute()) {
        return file.getPath();
      }
    }
    return program;
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
