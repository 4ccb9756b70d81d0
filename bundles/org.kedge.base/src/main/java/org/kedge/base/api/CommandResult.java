package org.kedge.base.api;

import java.time.Duration;

/** What became of a {@link Command}. */
public sealed interface CommandResult {
  /**
   * It ended by itself; {@code truncated} if its output was longer than the limit, or if more may have come than could be
   * read: a program it left behind holds it open, or the machine is too busy.
   */
  record Ended(int exitCode, String output, String errors, boolean truncated, Duration took)
      implements CommandResult {
    public boolean succeeded() {
      return exitCode == 0;
    }
  }

  /** It was killed at its time limit. Waiting may help. */
  record TimedOut(String output, String errors, Duration limit) implements CommandResult {}

  /** It could not be started: not installed, or not allowed. Waiting does not help. */
  record NotStarted(String reason) implements CommandResult {}

  /** One line for people: what the program did or why it did not. */
  default String inWords() {
    if (this instanceof Ended ended) {
      var said = ended.errors().isBlank() ? ended.output() : ended.errors();
      return "exit code " + ended.exitCode() + (said.isBlank() ? "" : ": " + said.strip());
    }
    if (this instanceof TimedOut late) {
      return "no end within " + late.limit().toMillis() + " ms, killed";
    }
    return "not started: " + ((NotStarted) this).reason();
  }
}
