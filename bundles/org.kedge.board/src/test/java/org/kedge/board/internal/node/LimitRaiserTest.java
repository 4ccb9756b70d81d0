package org.kedge.board.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  private static final LimitRaiser.Call NO_CALL = (pid, soft, hard) -> {
    throw new NoClassDefFoundError("com/sun/jna/Function");
  };

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
  void a_limit_is_raised_by_the_kernels_call() throws IOException {
    var raiser = new LimitRaiser(files, NO_PROGRAM);
    assertThat(raiser.raise(pid(), 50)).isEqualTo("40 to 50");
    assertThat(limit()).isEqualTo(50);
    assertThat(files.openFiles(pid()).hard()).hasValue(64);
  }

  @Test
  void without_that_call_the_program_raises_it() throws IOException {
    var raiser = new LimitRaiser(files, new ProcessCommandRunner(), NO_CALL);
    assertThat(raiser.raise(pid(), 64)).isEqualTo("40 to 64");
    assertThat(limit()).isEqualTo(64);
  }

  @Test
  void who_may_raises_it_beyond_the_upper_limit() throws IOException {
    Assumptions.assumeTrue(
        mayRaise(),
        "CAP_SYS_RESOURCE is needed to raise an upper limit, and these tests run without");
    assertThat(new LimitRaiser(files, NO_PROGRAM).raise(pid(), 128)).isEqualTo("40 to 128");
    assertThat(files.openFiles(pid()).hard()).hasValue(128);
  }

  @Test
  void who_may_not_raises_it_as_far_as_allowed_and_says_so() throws IOException {
    LimitRaiser.Call allowed = (pid, soft, hard) -> {
      if (hard > 64) {
        throw new IOException("not allowed");
      }
      PrlimitCall.set(pid, soft, hard);
    };
    var raiser = new LimitRaiser(files, NO_PROGRAM, allowed);
    assertThatThrownBy(() -> raiser.raise(pid(), 128)).hasMessageContaining("raised from 40 to 64");
    assertThatThrownBy(() -> raiser.raise(pid(), 128)).hasMessageContaining("not allowed");
  }

  @Test
  void a_limit_is_never_lowered() throws IOException {
    assertThat(new LimitRaiser(files, NO_PROGRAM).raise(pid(), 10)).isEqualTo("nothing to raise");
    assertThat(limit()).isEqualTo(40);
  }

  @Test
  void without_call_and_program_it_is_told() {
    assertThatThrownBy(() -> new LimitRaiser(files, NO_PROGRAM, NO_CALL).raise(pid(), 64))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not installed");
  }

  @Test
  void a_process_that_is_gone_is_told() {
    assertThatThrownBy(() -> PrlimitCall.set(4_000_000, 10, 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such process");
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
