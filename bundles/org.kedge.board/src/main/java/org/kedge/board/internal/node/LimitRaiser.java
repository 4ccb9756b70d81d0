package org.kedge.board.internal.node;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

/** Raises what a process may open, by the program {@code prlimit}. Blocks for up to some seconds. */
public final class LimitRaiser {
  private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(5);
  // As the program prints them; the runner has it speak English.
  private static final String NOT_ALLOWED = "Operation not permitted";
  private static final String NO_PROCESS = "No such process";

  private final LimitFiles files;
  private final CommandRunner runner;

  public LimitRaiser(LimitFiles files, CommandRunner runner) {
    this.files = files;
    this.runner = runner;
  }

  /**
   * Raises the limit of open files, beyond what the process could do itself if Kedge is allowed to; never lowers it.
   *
   * @param pid empty for Kedge itself
   * @return what it was and is, such as {@code 1024 to 4096}
   * @throws IOException if it is still below {@code wanted} afterwards
   */
  public String raise(OptionalLong pid, long wanted) throws IOException {
    var before = files.openFiles(pid);
    if (before.soft().isEmpty() || before.soft().getAsLong() >= wanted) {
      return "nothing to raise";
    }
    var id = pid.orElseGet(() -> ProcessHandle.current().pid());
    var soft = before.soft().getAsLong();
    // Without an upper limit the kernel shows none; the highest number that fits says the same.
    var hard = before.hard().orElse(Long.MAX_VALUE);
    try {
      set(id, wanted, Math.max(hard, wanted));
    } catch (IOException e) {
      if (hard <= soft) {
        throw e;
      }
      // Not allowed to go beyond the upper limit: what is below it is still better than nothing.
      set(id, Math.min(hard, wanted), hard);
    }
    var after = files.openFiles(pid).soft().orElse(Long.MAX_VALUE);
    if (after < wanted) {
      throw new IOException(
          "raised from " + soft + " to " + after + ", and no further than that is allowed");
    }
    return soft + " to " + after;
  }

  private void set(long pid, long soft, long hard) throws IOException {
    var command = Command.of(
        PROGRAM_LIMIT,
        "prlimit",
        "--pid",
        Long.toString(pid),
        "--nofile=" + soft + ":" + (hard == Long.MAX_VALUE ? "unlimited" : Long.toString(hard)));
    var result = runner.run(command);
    if (result instanceof CommandResult.NotStarted absent) {
      throw new IOException(
          "install util-linux with its program prlimit, which OpenWrt has as a package of its own ("
              + absent.reason() + ")");
    }
    if (!(result instanceof CommandResult.Ended ended)) {
      throw new IOException("'" + command + "': " + result.inWords());
    }
    if (!ended.succeeded()) {
      throw new IOException(
          ended.errors().contains(NOT_ALLOWED)
              ? "prlimit " + pid + ": not allowed; run Kedge as root or with CAP_SYS_RESOURCE"
              : ended.errors().contains(NO_PROCESS)
                  ? "prlimit " + pid + ": there is no such process"
                  : "'" + command + "': " + result.inWords());
    }
  }
}
