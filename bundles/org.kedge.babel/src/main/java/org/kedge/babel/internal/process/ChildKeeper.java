package org.kedge.babel.internal.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kedge.base.api.CommandRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs babeld as Kedge's own child, in a session of its own: it goes on forwarding while Kedge restarts, and is adopted by the
 * next Kedge if it was started with the same configuration. Before a start it removes what a dead babeld leaves behind.
 */
public final class ChildKeeper implements BabeldKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ChildKeeper.class);
  /** A babeld that is well retracts its routes and ends within milliseconds; one that is not should not cost more time. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  /** babeld writes its pid file within milliseconds, or says why not and ends. */
  private static final Duration START_LIMIT = Duration.ofSeconds(3);

  private final Plan plan;
  private final CommandRunner runner;
  private final Runnable onEnd;
  private volatile Whereabouts whereabouts = new Whereabouts.Unknown("babeld was not started yet");

  /**
   * How to start it.
   *
   * @param socket unix path, or the port of {@code [::1]} as digits: what babeld's option -G takes
   * @param folder for pid file, state and configuration
   */
  public record Plan(
      String program,
      List<String> interfaces,
      List<String> arguments,
      List<String> configuration,
      String socket,
      Path folder) {
    private Path pidFile() {
      return folder.resolve("babeld.pid");
    }

    private Optional<Path> socketFile() {
      return socket.startsWith("/") ? Optional.of(Path.of(socket)) : Optional.empty();
    }

    private Path configurationFile() {
      return folder.resolve("babeld.conf");
    }

    private String configurationText() {
      return "# Written by Kedge at each start of babeld; set its lines in Kedge's settings.\n"
          + String.join("\n", configuration)
          + "\n";
    }

    private List<String> command() {
      var command = new ArrayList<String>();
      command.add(program);
      command.addAll(List.of(
          "-I", pidFile().toString(), "-S", folder.resolve("babeld.state").toString()));
      command.addAll(List.of("-c", configurationFile().toString(), "-G", socket));
      command.addAll(arguments);
      command.addAll(interfaces);
      return command;
    }
  }

  /** @param onEnd called once when a babeld that was started or adopted ends; any thread */
  public ChildKeeper(Plan plan, CommandRunner runner, Runnable onEnd) {
    this.plan = plan;
    this.runner = runner;
    this.onEnd = onEnd;
  }

  @Override
  public Whereabouts whereabouts() {
    return whereabouts;
  }

  @Override
  public Start startAnew(boolean kindly) {
    return attempt(() -> {
      var old = ours();
      if (old.isPresent()) {
        if (kindly) {
          end(old.get());
        } else {
          kill(old.get());
        }
      }
      removeLeftovers();
      return start();
    });
  }

  @Override
  public Start ensureRunning() {
    return attempt(() -> {
      var old = ours();
      if (old.isPresent() && isAsPlanned(old.get())) {
        if (!(whereabouts instanceof Whereabouts.At at && at.pid() == old.get().pid())) {
          watch(old.get(), Optional.empty());
        }
        return new Start.Running(old.get().pid(), "adopted");
      }
      if (old.isPresent()) {
        LOG.info(
            "babeld (pid {}) runs with other settings; it is stopped and started anew.",
            old.get().pid());
        end(old.get());
      }
      removeLeftovers();
      return start();
    });
  }

  private interface Attempt {
    Start make() throws IOException, InterruptedException;
  }

  private Start attempt(Attempt attempt) {
    try {
      return attempt.make();
    } catch (IOException e) {
      return failed("babeld cannot be started: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted while babeld was started");
    }
  }

  /** A babeld that an earlier Kedge started here: named by our pid file and started with our configuration file. */
  private Optional<ProcessHandle> ours() throws IOException {
    if (!Files.exists(plan.pidFile())) {
      return Optional.empty();
    }
    var text = Files.readString(plan.pidFile()).strip();
    return text.matches("\\d{1,9}")
        ? ProcessHandle.of(Long.parseLong(text))
            .filter(ProcessHandle::isAlive)
            .filter(handle ->
                commandLine(handle.pid()).contains(plan.configurationFile().toString()))
        : Optional.empty();
  }

  private boolean isAsPlanned(ProcessHandle handle) throws IOException {
    return commandLine(handle.pid()).equals(plan.command())
        && Files.exists(plan.configurationFile())
        && Files.readString(plan.configurationFile()).equals(plan.configurationText());
  }

  private static List<String> commandLine(long pid) {
    try {
      return List.of(
          Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static void kill(ProcessHandle handle) {
    handle.destroyForcibly();
    handle.onExit().join();
  }

  private static void end(ProcessHandle handle) throws InterruptedException {
    handle.destroy();
    try {
      handle.onExit().get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn(
          "babeld (pid {}) does not end within {} s and is killed.",
          handle.pid(),
          STOP_LIMIT.toSeconds());
      kill(handle);
    }
  }

  private void removeLeftovers() throws IOException {
    Leftovers.remove(plan.pidFile(), plan.socketFile(), runner);
  }

  private Start start() throws IOException, InterruptedException {
    Files.writeString(plan.configurationFile(), plan.configurationText());
    var command = new ArrayList<String>();
    // A session of its own: a Ctrl-C meant for Kedge must not end the routing.
    command.add("setsid");
    command.addAll(plan.command());
    var process = new ProcessBuilder(command)
        .directory(plan.folder().toFile())
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .start();
    var words = new LastWords(process.getInputStream());
    watch(process.toHandle(), Optional.of(new Child(process, words)));
    var deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!Files.exists(plan.pidFile())) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        return failed(obituary(process.pid(), Optional.of(new Child(process, words))));
      }
      if (System.nanoTime() > deadline) {
        // Without its pid file nobody would ever find it again.
        process.destroyForcibly();
        return failed("babeld (pid " + process.pid() + ") wrote no pid file within "
            + START_LIMIT.toSeconds() + " s");
      }
    }
    return new Start.Running(process.pid(), "started");
  }

  private record Child(Process process, LastWords words) {}

  private void watch(ProcessHandle handle, Optional<Child> child) {
    Whereabouts here = new Whereabouts.At(handle.pid());
    whereabouts = here;
    CompletableFuture<?> end = child.isPresent() ? child.get().process().onExit() : handle.onExit();
    var unused = end.thenRun(() -> {
      ended(here, obituary(handle.pid(), child));
      onEnd.run();
    });
  }

  /** Unless another one has been started in its place by now. */
  private synchronized void ended(Whereabouts here, String how) {
    if (whereabouts.equals(here)) {
      whereabouts = new Whereabouts.Ended(how);
    }
  }

  private static String obituary(long pid, Optional<Child> child) {
    if (child.isEmpty()) {
      return "the adopted process " + pid + " is gone";
    }
    var code = child.get().process().exitValue();
    // The JVM reports a signal as 128 and its number.
    var how = code > 128 ? "ended by signal " + (code - 128) : "ended with exit code " + code;
    var words = child.get().words().words();
    return "process " + pid + " " + how + (words.isEmpty() ? "" : ", its last words: " + words);
  }

  private synchronized Start failed(String why) {
    if (!(whereabouts instanceof Whereabouts.Ended)) {
      whereabouts = new Whereabouts.Ended(why);
    }
    return new Start.Failed(why);
  }
}
