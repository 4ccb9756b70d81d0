package org.kedge.babel.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

/** babeld as a service of the system: started by its command where its status says it does not run, found by its pid file. */
public final class ServiceKeeper implements BabeldKeeper {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Path pidFile;
  private final List<String> start;
  private final List<String> status;
  private final CommandRunner runner;

  public ServiceKeeper(
      Path pidFile, List<String> start, List<String> status, CommandRunner runner) {
    this.pidFile = pidFile;
    this.start = start;
    this.status = status;
    this.runner = runner;
  }

  @Override
  public Start ensureRunning() {
    if (isRunning()) {
      return running("runs already");
    }
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
