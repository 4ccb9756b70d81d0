package org.kedge.base.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.ChildJvm;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandResult.Ended;
import org.kedge.base.api.CommandResult.NotStarted;
import org.kedge.base.api.CommandResult.TimedOut;

@Timeout(120)
class ProcessCommandRunnerTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ProcessCommandRunner runner = new ProcessCommandRunner();

  @TempDir
  Path folder;

  @Test
  void output_errors_and_exit_code_are_told_apart() {
    var ended = ended(Command.of(LONG, "sh", "-c", "echo out; echo err >&2; exit 7"));
    assertThat(ended.exitCode()).isEqualTo(7);
    assertThat(ended.succeeded()).isFalse();
    assertThat(ended.output()).isEqualTo("out\n");
    assertThat(ended.errors()).isEqualTo("err\n");
    assertThat(ended.truncated()).isFalse();
    assertThat(ended.took()).isPositive();
    assertThat(ended.inWords()).isEqualTo("exit code 7: err");
    assertThat(ended(Command.of(LONG, "true")).inWords()).isEqualTo("exit code 0");
  }

  @Test
  void arguments_go_to_the_program_as_they_are_and_to_no_shell() {
    var arguments = List.of("two words", "$HOME", "`id`", "a;b|c>d", "*", "'\"\\", "");
    var command = new ArrayList<>(List.of("printf", "[%s]"));
    command.addAll(arguments);
    assertThat(ended(Command.of(LONG, command)).output())
        .isEqualTo("[two words][$HOME][`id`][a;b|c>d][*]['\"\\][]");
  }

  @Test
  void a_program_speaks_the_c_locale_and_has_no_input_to_wait_for() {
    assertThat(ended(Command.of(LONG, "sh", "-c", "cat; echo $LC_ALL")).output())
        .isEqualTo("C\n");
  }

  @Test
  void a_program_reads_the_input_it_is_given_and_then_its_end() {
    assertThat(ended(Command.of(LONG, "cat").withInput("one\nz\u00fcrich\n")).output())
        .isEqualTo("one\nz\u00fcrich\n");
    assertThat(ended(Command.of(LONG, "wc", "-c").withInput("")).output().strip())
        .isEqualTo("0");
  }

  @Test
  void input_longer_than_any_pipe_and_as_much_output_do_not_wait_for_each_other() {
    var text = "0123456789abcde\n".repeat(1 << 18);
    assertThat(ended(Command.of(LONG, "cat").withInput(text)).output()).isEqualTo(text);
  }

  @Test
  void input_that_is_not_read_holds_neither_the_answer_nor_the_time_limit() {
    var text = "x".repeat(1 << 20);
    assertThat(ended(Command.of(LONG, "echo", "done").withInput(text)).output())
        .isEqualTo("done\n");
    assertThat(runner.run(Command.of(Duration.ofMillis(300), "sleep", "600").withInput(text)))
        .isInstanceOf(TimedOut.class);
    await("end of the thread that wrote")
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().endsWith(" input")));
  }

  @Test
  void a_program_that_is_not_there_or_may_not_be_run_is_not_started() throws IOException {
    var text = Files.writeString(folder.resolve("text"), "no program").toString();
    for (var program : List.of("no-such-program-of-kedge", "/no/such/program", text, "a\0b")) {
      assertThat(runner.run(Command.of(LONG, program)))
          .as(program)
          .isInstanceOfSatisfying(NotStarted.class, result -> {
            assertThat(result.reason()).isNotBlank();
            assertThat(result.inWords()).startsWith("not started: ");
          });
    }
  }

  @Test
  void at_its_time_limit_a_program_is_killed_with_what_it_started() throws IOException {
    var limit = Duration.ofMillis(300);
    var pids = folder.resolve("pids");
    var script =
        "sleep 600 & echo $! >> '%s'; sh -c 'echo $$ >> \"%s\"; sleep 600; true' & echo $$ >> '%s'; echo said; wait"
            .formatted(pids, pids, pids);
    CommandResult result;
    List<String> started;
    var tries = 0;
    do {
      // On a machine that is busy the script may not come to its end within the limit.
      Files.deleteIfExists(pids);
      result = runner.run(Command.of(limit.multipliedBy(1L << tries++), "sh", "-c", script));
      started = Files.exists(pids) ? Files.readAllLines(pids) : List.of();
    } while (started.size() < 3 && tries < 6);

    assertThat(result).isInstanceOfSatisfying(TimedOut.class, late -> {
      assertThat(late.output()).isEqualTo("said\n");
      assertThat(late.inWords()).endsWith("ms, killed");
    });
    assertThat(started).hasSize(3);
    for (var pid : started) {
      await("end of " + pid).until(() -> isGone(pid));
    }
  }

  @Test
  void ten_megabytes_on_both_streams_neither_block_nor_are_kept() {
    var loud =
        "head -c 10000000 /dev/zero | tr '\\0' x && head -c 10000000 /dev/zero | tr '\\0' y >&2 && exit 3";
    var ended = ended(new Command(List.of("sh", "-c", loud), LONG, Bytes.kibi(3)));
    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.truncated()).isTrue();
    assertThat(ended.output()).isEqualTo("x".repeat(3072));
    assertThat(ended.errors()).isEqualTo("y".repeat(3072));
  }

  @Test
  void output_of_just_the_limit_is_whole() {
    var command = List.of("printf", "12345");
    var whole = ended(new Command(command, LONG, new Bytes(5)));
    assertThat(whole.output()).isEqualTo("12345");
    assertThat(whole.truncated()).isFalse();
    var cut = ended(new Command(command, LONG, new Bytes(4)));
    assertThat(cut.output()).isEqualTo("1234");
    assertThat(cut.truncated()).isTrue();
  }

  @Test
  void a_program_left_behind_with_the_output_open_does_not_hold_the_answer() throws IOException {
    var ended = ended(Command.of(LONG, "sh", "-c", "sleep 600 & echo $!"));
    var pid = Long.parseLong(ended.output().strip());
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    assertThat(ended.succeeded()).isTrue();
  }

  @Test
  void output_that_may_not_have_been_read_to_its_end_is_not_called_whole() throws Exception {
    var go = folder.resolve("go");
    var pid = folder.resolve("pid");
    var script =
        "sleep 600 & echo $! > '%s'; until [ -e '%s' ]; do sleep 0.02; done".formatted(pid, go);
    var command = Command.of(LONG, "sh", "-c", script);
    var result = new AtomicReference<CommandResult>();
    var thread = new Thread(() -> result.set(runner.run(command)));
    thread.start();
    // Once the reader waits in the kernel, the end of the program alone does not wake it.
    await()
        .until(() -> Thread.getAllStackTraces().entrySet().stream()
            .anyMatch(one -> one.getKey().getName().equals(command + " output")
                && one.getValue().length > 0
                && one.getValue()[0].getMethodName().equals("readBytes")));
    Files.createFile(go);
    thread.join();
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
    assertThat(result.get()).isInstanceOfSatisfying(Ended.class, ended -> {
      assertThat(ended.succeeded()).isTrue();
      assertThat(ended.truncated()).isTrue();
    });
  }

  @Test
  void an_interruption_kills_the_program_and_stays_set() throws Exception {
    var started = folder.resolve("started");
    var result = new AtomicReference<CommandResult>();
    var thread = new Thread(() -> {
      var command = "echo $$ > '%s.part'; mv '%s.part' '%s'; exec sleep 600"
          .formatted(started, started, started);
      var late = runner.run(Command.of(Duration.ofHours(1), "sh", "-c", command));
      result.set(Thread.currentThread().isInterrupted() ? late : new NotStarted("not interrupted"));
    });
    thread.start();
    await().until(() -> Files.exists(started));
    thread.interrupt();
    thread.join();
    assertThat(result.get()).isInstanceOf(TimedOut.class);
    var pid = Files.readString(started).strip();
    await().until(() -> isGone(pid));
  }

  @Test
  void a_runtime_whose_path_lacks_the_system_folders_finds_their_programs() throws Exception {
    assertThat(ChildJvm.run(
            Map.of("PATH", "/nowhere"), List.of(), Poor.class, List.of("sh", "-c", "echo found")))
        .isEqualTo("exit code 0: found");
  }

  /** Runs one command and says what came of it. */
  static final class Poor {
    private Poor() {}

    public static void main(String[] arguments) {
      System.out.print(
          new ProcessCommandRunner().run(Command.of(LONG, arguments)).inWords());
    }
  }

  private Ended ended(Command command) {
    var result = runner.run(command);
    assertThat(result).isInstanceOf(Ended.class);
    return (Ended) result;
  }

  /** Ended, though perhaps not yet collected by its parent. */
  private static boolean isGone(String pid) {
    try {
      var stat = Files.readString(Path.of("/proc", pid, "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return true;
    }
  }
}
