package org.kedge.board.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.internal.command.ProcessCommandRunner;

/** With a real process, whose limits the kernel keeps. */
@EnabledOnOs(OS.LINUX)
class LimitRaiserTest {
  private static final CommandRunner NO_PROGRAM =
      command -> new CommandResult.NotStarted("not installed");
  private static final long CAP_SYS_RESOURCE = 1L << 24;
  private static final CommandRunner PROGRAM = new ProcessCommandRunner();

  private final LimitFiles files = new LimitFiles(Path.of("/proc"), Path.of("/"));
  private Process child;

  @BeforeEach
  void start() throws IOException {
    child = new ProcessBuilder("prlimit", "--nofile=40:64", "sleep", "60").start();
    await().atMost(Duration.ofSeconds(10)).until(() -> limit() == 40);
  }

  @AfterEach
  void end() throws InterruptedException {
    child.destroyForcibly().waitFor();
  }

  @Test
  void a_limit_is_raised_and_the_upper_one_left_where_it_is() throws IOException {
    assertThat(raiser(PROGRAM).raise(pid(), 50)).isEqualTo("40 to 50");
    assertThat(limit()).isEqualTo(50);
    assertThat(files.openFiles(pid()).hard()).hasValue(64);
  }

  @Test
  void kedge_raises_its_own_limit() throws IOException {
    var own = files.openFiles(OptionalLong.empty()).soft();
    Assumptions.assumeTrue(own.isPresent(), "without a limit there is nothing to raise");
    var asked = new ArrayList<String>();
    CommandRunner noted = command -> {
      asked.add(command.toString());
      return new CommandResult.TimedOut("", "", command.limit());
    };
    var wanted = own.getAsLong() + 1;
    assertThatThrownBy(() -> raiser(noted).raise(OptionalLong.empty(), wanted))
        .hasMessageContaining("no end within 5000 ms");
    assertThat(asked.get(0))
        .startsWith("prlimit --pid " + ProcessHandle.current().pid() + " --nofile=" + wanted + ":");
  }

  @Test
  void who_may_raises_it_beyond_the_upper_limit() throws IOException {
    Assumptions.assumeTrue(
        mayRaise(),
        "CAP_SYS_RESOURCE is needed to raise an upper limit, and these tests run without");
    assertThat(raiser(PROGRAM).raise(pid(), 128)).isEqualTo("40 to 128");
    assertThat(files.openFiles(pid()).hard()).hasValue(128);
  }

  @Test
  void who_may_not_raises_it_as_far_as_allowed_and_says_so() {
    // Refused for real where these tests run without the capability, and with it in the same words.
    CommandRunner allowed = command -> command.toString().endsWith(":128")
        ? refused("prlimit: failed to set the NOFILE resource limit: Operation not permitted")
        : PROGRAM.run(command);
    assertThatThrownBy(() -> raiser(allowed).raise(pid(), 128))
        .hasMessage("raised from 40 to 64, and no further than that is allowed");
    assertThatThrownBy(() -> raiser(allowed).raise(pid(), 128))
        .hasMessage(
            "prlimit " + child.pid() + ": not allowed; run Kedge as root or with CAP_SYS_RESOURCE");
  }

  @Test
  void what_the_kernel_really_refuses_is_told_as_not_allowed() throws IOException {
    Assumptions.assumeFalse(mayRaise(), "these tests run with CAP_SYS_RESOURCE");
    raiser(PROGRAM).raise(pid(), 64);
    assertThatThrownBy(() -> raiser(PROGRAM).raise(pid(), 128)).hasMessageContaining("not allowed");
  }

  @Test
  void a_limit_is_never_lowered() throws IOException {
    assertThat(raiser(NO_PROGRAM).raise(pid(), 10)).isEqualTo("nothing to raise");
    assertThat(limit()).isEqualTo(40);
  }

  @Test
  void without_the_program_it_is_told_what_to_install() {
    assertThatThrownBy(() -> raiser(NO_PROGRAM).raise(pid(), 64))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "install util-linux with its program prlimit, which OpenWrt has as a package of its own (not installed)");
  }

  @Test
  void a_process_that_ends_meanwhile_is_told() {
    CommandRunner late = command -> {
      child.destroyForcibly().onExit().join();
      return PROGRAM.run(command);
    };
    assertThatThrownBy(() -> raiser(late).raise(pid(), 50))
        .isInstanceOf(IOException.class)
        .hasMessage("prlimit " + child.pid() + ": there is no such process");
  }

  @Test
  void anything_else_is_told_in_the_programs_words() {
    assertThatThrownBy(() -> raiser(command -> refused("prlimit: no idea")).raise(pid(), 64))
        .hasMessage(
            "'prlimit --pid " + child.pid() + " --nofile=64:64': exit code 1: prlimit: no idea");
  }

  private static CommandResult refused(String errors) {
    return new CommandResult.Ended(1, "", errors, false, Duration.ofMillis(1));
  }

  private LimitRaiser raiser(CommandRunner runner) {
    return new LimitRaiser(files, runner);
  }

  private static boolean mayRaise() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("CapEff:"))
        .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
        .anyMatch(capabilities -> (capabilities & CAP_SYS_RESOURCE) != 0);
  }

  private OptionalLong pid() {
    return OptionalLong.of(child.pid());
  }

  private long limit() throws IOException {
    return files.openFiles(pid()).soft().orElseThrow();
  }
}
