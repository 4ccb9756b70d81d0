package org.kedge.babel.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** babeld as a service of the system: started by its command where its status says it does not run, found by its pid file. */
public final class ServiceKeeper implements BabeldKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceKeeper.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** A frozen babeld does not stop when it is told to, and every second of waiting is one without routes. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private static final Duration KILL_LIMIT = Duration.ofSeconds(2);

  private final Path pidFile;
  private final Optional<Path> socket;
  private final List<String> start;
  private final List<String> stop;
  private final List<String> status;
  private final CommandRunner runner;

  public ServiceKeeper(
      Path pidFile,
      Optional<Path> socket,
      List<String> start,
      List<String> stop,
      List<String> status,
      CommandRunner runner) {
    this.pidFile = pidFile;
    this.socket = socket;
    this.start = start;
    this.stop = stop;
    this.status = status;
    this.runner = runner;
  }

  @Override
  public Start ensureRunning() {
    if (isRunning()) {
      return running("runs already");
    }
    // Only a process known to be dead leaves anything: a status that lies must cost a living babeld
    // nothing.
    if (whereabouts() instanceof Whereabouts.Ended) {
      removeLeftovers();
    }
    return start();
  }

  @Override
  public Start startAnew(boolean kindly) {
    var before = whereabouts();
    if (!kindly && before instanceof Whereabouts.At at && isBabeld(at.pid())) {
      // The system would wait a minute and more for one that does not hear.
      ProcessHandle.of(at.pid()).ifPresent(ServiceKeeper::kill);
    }
    var stopped = runner.run(Command.of(STOP_LIMIT, stop));
    if (before instanceof Whereabouts.At at && isBabeld(at.pid())) {
      LOG.warn(
          "babeld (pid {}) is still there after '{}' ({}) and is killed.",
          at.pid(),
          String.join(" ", stop),
          stopped.inWords());
      ProcessHandle.of(at.pid()).ifPresent(ServiceKeeper::kill);
    }
    removeLeftovers();
    return start();
  }

  /** A stale pid file may name another process by now. */
  private static boolean isBabeld(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "comm")).startsWith("babel");
    } catch (IOException e) {
      return false;
    }
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    try {
      process.onExit().get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn(
          "babeld (pid {}) does not end though it was killed: {}.", process.pid(), e.toString());
    }
  }

  private void removeLeftovers() {
    try {
      Leftovers.remove(pidFile, socket, runner);
    } catch (IOException e) {
      LOG.warn("What a dead babeld left behind cannot be removed: {}.", e.toString());
    }
  }

  private Start start() {
    var command = Command.of(LIMIT, start);
    var result = runner.run(command);
    return result instanceof CommandResult.Ended ended && ended.succeeded()
        ? running("started by '" + command + "'")
        : new Start.Failed("'" + command + "': " + result.inWords());
  }

  private Start running(String how) {
    return new Start.Running(whereabouts() instanceof Whereabouts.At at ? at.pid() : 0, how);
  }

  private boolean isRunning() {
    return runner.run(Command.of(LIMIT, status)) instanceof CommandResult.Ended ended
        && ended.succeeded();
  }

  @Override
  public Whereabouts whereabouts() {
    try {
      var text = Files.readString(pidFile).strip();
      if (!text.matches("\\d{1,9}")) {
        return new Whereabouts.Unknown("the pid file " + pidFile + " holds no process id");
      }
      var pid = Long.parseLong(text);
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
          ? new Whereabouts.At(pid)
          : new Whereabouts.Ended("process " + pid + " of the pid file " + pidFile + " is gone");
    } catch (NoSuchFileException e) {
      return new Whereabouts.Unknown("there is no pid file " + pidFile);
    } catch (IOException e) {
      return new Whereabouts.Unknown("the pid file cannot be read: " + e.getMessage());
    }
  }
}
