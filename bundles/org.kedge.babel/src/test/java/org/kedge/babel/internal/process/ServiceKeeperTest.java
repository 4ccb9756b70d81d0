package org.kedge.babel.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.process.BabeldKeeper.Start;
import org.kedge.babel.internal.process.BabeldKeeper.Whereabouts;
import org.kedge.base.api.CommandResult;

class ServiceKeeperTest {
  @TempDir
  Path folder;

  private final List<String> ran = new ArrayList<>();
  private CommandResult status = ended(0, "");
  private CommandResult start = ended(0, "");

  @Test
  void a_service_that_runs_is_left_alone() throws IOException {
    pidFile(ProcessHandle.current().pid() + "\n");
    assertThat(keeper().ensureRunning())
        .isEqualTo(new Start.Running(ProcessHandle.current().pid(), "runs already"));
    assertThat(ran).containsExactly("service babeld status");
  }

  @Test
  void a_service_that_does_not_run_is_started() throws IOException {
    status = ended(3, "babeld is not running");
    pidFile(ProcessHandle.current().pid() + "\n");
    assertThat(keeper().ensureRunning())
        .isEqualTo(
            new Start.Running(ProcessHandle.current().pid(), "started by 'service babeld start'"));
    assertThat(ran).containsExactly("service babeld status", "service babeld start");
  }

  @Test
  void a_status_that_cannot_be_asked_counts_as_not_running() {
    status = new CommandResult.NotStarted("No such file or directory");
    assertThat(keeper().ensureRunning()).isInstanceOf(Start.Running.class);
    assertThat(ran).containsExactly("service babeld status", "service babeld start");
  }

  @Test
  void a_start_that_fails_is_told_with_what_the_command_said() {
    status = ended(3, "");
    start = ended(1, "Eek... asked to run on no interfaces!");
    assertThat(why()).contains("'service babeld start'", "exit code 1", "no interfaces!");

    start = new CommandResult.TimedOut("", "", Duration.ofSeconds(10));
    assertThat(why()).contains("no end within 10000 ms");

    start = new CommandResult.NotStarted("No such file or directory");
    assertThat(why()).contains("not started", "No such file");
  }

  @Test
  void a_pid_file_that_is_missing_or_holds_no_number_says_nothing_about_the_process()
      throws IOException {
    assertThat(((Whereabouts.Unknown) keeper().whereabouts()).why())
        .contains("no pid file", "babeld.pid");
    for (var text : List.of("", "\n", "-1", "12 13", "9999999999", "babeld")) {
      pidFile(text);
      assertThat(keeper().whereabouts()).as(text).isInstanceOf(Whereabouts.Unknown.class);
    }
  }

  @Test
  void a_pid_file_that_cannot_be_read_is_told() throws IOException {
    Files.createDirectory(folder.resolve("babeld.pid"));
    assertThat(((Whereabouts.Unknown) keeper().whereabouts()).why()).contains("cannot be read");
  }

  @Test
  void a_pid_that_is_gone_has_ended_and_one_that_lives_is_there() throws Exception {
    pidFile("" + ProcessHandle.current().pid());
    assertThat(keeper().whereabouts())
        .isEqualTo(new Whereabouts.At(ProcessHandle.current().pid()));

    var over = new ProcessBuilder("true").start();
    over.waitFor();
    pidFile("" + over.pid());
    assertThat(keeper().whereabouts())
        .isInstanceOfSatisfying(
            Whereabouts.Ended.class,
            ended -> assertThat(ended.how()).contains("process " + over.pid(), "is gone"));
  }

  private String why() {
    return ((Start.Failed) keeper().ensureRunning()).why();
  }

  private ServiceKeeper keeper() {
    return new ServiceKeeper(
        folder.resolve("babeld.pid"),
        Optional.of(folder.resolve("babeld.sock")),
        List.of("service", "babeld", "start"),
        List.of("service", "babeld", "stop"),
        List.of("service", "babeld", "status"),
        command -> {
          ran.add(command.toString());
          return command.toString().endsWith("status") ? status : start;
        });
  }

  private void pidFile(String text) throws IOException {
    Files.writeString(folder.resolve("babeld.pid"), text);
  }

  private static CommandResult ended(int code, String errors) {
    return new CommandResult.Ended(code, "", errors, false, Duration.ofMillis(2));
  }
}
