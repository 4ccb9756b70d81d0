package org.kedge.sim.mesh.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

/** Runs what must succeed. */
final class Tools {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern FAILED_LINE = Pattern.compile("Command failed .*:(\\d+)");

  private final CommandRunner runner;

  Tools(CommandRunner runner) {
    this.runner = runner;
  }

  CommandResult run(Duration limit, List<String> arguments) {
    return runner.run(Command.of(limit, arguments));
  }

  /** Its output; or a failure that names the command, its exit code and what it said. */
  String must(String... arguments) {
    var command = Command.of(LIMIT, arguments);
    var result = runner.run(command);
    if (result instanceof CommandResult.Ended ended && ended.succeeded()) {
      return ended.output();
    }
    throw new MeshFailure("'" + command + "' failed, " + result.inWords());
  }

  /** As {@link #must} for many lines at once; the failure names the line, too. */
  void batch(Path file, List<String> command, List<String> lines) {
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new MeshFailure("Cannot write " + file + ": " + e, e);
    }
    var whole = Command.of(LIMIT, concat(command, "-batch", file.toString()));
    var result = runner.run(whole);
    if (result instanceof CommandResult.Ended ended) {
      if (ended.succeeded()) {
        return;
      }
      var failed = FAILED_LINE.matcher(ended.errors());
      if (failed.find()) {
        throw new MeshFailure("'" + String.join(" ", command) + " "
            + lines.get(Integer.parseInt(failed.group(1)) - 1) + "' failed, " + result.inWords());
      }
    }
    throw new MeshFailure("'" + whole + "' failed, " + result.inWords());
  }

  private static List<String> concat(List<String> head, String... tail) {
    var all = new ArrayList<>(head);
    all.addAll(List.of(tail));
    return all;
  }
}
