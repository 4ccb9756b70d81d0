package org.kedge.babel.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessState;
import org.kedge.babel.internal.core.ProcessView;

class ProcFsTest {
  private static final String TAIL =
      " 1 4242 4242 0 -1 4194560 130 0 0 0 250 75 0 0 20 0 1 0 900 4567040 420 18446744073709551615\n";
  private static final String LIMITS = """
      Limit                     Soft Limit           Hard Limit           Units
      Max cpu time              unlimited            unlimited            seconds
      Max open files            1024                 524288               files
      """;

  @TempDir
  Path procRoot;

  @Test
  void a_process_is_read_whole() throws IOException {
    process("4242 (babeld) S" + TAIL, LIMITS, "babeld\0-I\0/run/babeld.pid\0to1\0", 3);
    assertThat(view())
        .isEqualTo(new ProcessView(
            4242,
            ProcessState.SLEEPING,
            Duration.ofMillis(3_250),
            Optional.of(Duration.ofMillis(12)),
            OptionalLong.of(3),
            OptionalLong.of(1024),
            "babeld -I /run/babeld.pid to1"));
  }

  @Test
  void a_name_with_blanks_and_parentheses_does_not_shift_the_fields() throws IOException {
    process("4242 (a) R (b c) T" + TAIL, LIMITS, "", 0);
    assertThat(view().state()).isEqualTo(ProcessState.STOPPED);
    assertThat(view().state().word()).isEqualTo("stopped");
    assertThat(view().cpuTime()).isEqualTo(Duration.ofMillis(3_250));
  }

  @Test
  void descriptors_that_may_not_be_looked_at_and_no_limit_are_empty() throws IOException {
    process("4242 (babeld) R" + TAIL, LIMITS.replace("1024     ", "unlimited"), "babeld\0", 0);
    Files.delete(procRoot.resolve("4242/fd"));
    assertThat(view().descriptors()).isEmpty();
    assertThat(view().descriptorLimit()).isEmpty();
  }

  @Test
  void an_absent_process_and_one_that_waits_to_be_collected_are_gone() throws IOException {
    assertThat(new ProcFs(procRoot).look(4242)).isInstanceOf(ProcessLook.Gone.class);
    process("4242 (babeld) Z" + TAIL, LIMITS, "", 0);
    assertThat(new ProcFs(procRoot).look(4242)).isInstanceOf(ProcessLook.Gone.class);
  }

  @Test
  void a_stat_that_is_not_its_format_is_unseen() throws IOException {
    for (var stat : new String[] {
      "", "4242 (babeld) S 1", "4242 babeld", "4242 (b) S" + TAIL.replace("250", "many")
    }) {
      process(stat, LIMITS, "", 0);
      assertThat(new ProcFs(procRoot).look(4242)).as(stat).isInstanceOf(ProcessLook.Unseen.class);
    }
  }

  @Test
  void this_process_is_alive_in_the_real_proc_and_no_process_has_the_highest_pid() {
    needsProc();
    var proc = new ProcFs(Path.of("/proc"));
    assertThat(proc.look(ProcessHandle.current().pid()))
        .isInstanceOfSatisfying(ProcessLook.Alive.class, alive -> {
          assertThat(alive.view().cpuTime()).isPositive();
          assertThat(alive.view().descriptors().orElseThrow()).isGreaterThan(3);
          assertThat(alive.view().commandLine()).contains("java");
        });
    assertThat(proc.look(Integer.MAX_VALUE)).isInstanceOf(ProcessLook.Gone.class);
  }

  @Test
  void a_stopped_and_an_ended_child_are_told_apart() throws Exception {
    needsProc();
    var proc = new ProcFs(Path.of("/proc"));
    var child = new ProcessBuilder("sleep", "60").start();
    try {
      new ProcessBuilder("kill", "-STOP", Long.toString(child.pid())).start().waitFor();
      await()
          .untilAsserted(() -> assertThat(proc.look(child.pid()))
              .isInstanceOfSatisfying(
                  ProcessLook.Alive.class,
                  alive -> assertThat(alive.view().state()).isEqualTo(ProcessState.STOPPED)));
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertThat(proc.look(child.pid())).isInstanceOf(ProcessLook.Gone.class);
  }

  @Test
  void clients_of_a_real_socket_are_counted_once_accepted_and_the_one_that_listens_never()
      throws IOException {
    needsProc();
    var proc = new ProcFs(Path.of("/proc"));
    var pid = ProcessHandle.current().pid();
    var path = procRoot.resolve("a socket");
    var address = UnixDomainSocketAddress.of(path);
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      assertThat(proc.socketClients(pid, path.toString())).hasValue(0);
      try (var first = SocketChannel.open(address);
          var second = SocketChannel.open(address);
          var accepted = server.accept()) {
        assertThat(first.isConnected() && second.isConnected() && accepted.isConnected())
            .isTrue();
        assertThat(proc.socketClients(pid, path.toString())).hasValue(1);
        try (var alsoAccepted = server.accept()) {
          assertThat(alsoAccepted.isConnected()).isTrue();
          assertThat(proc.socketClients(pid, path.toString())).hasValue(2);
        }
      }
    }
    assertThat(proc.socketClients(pid, path.toString())).isEmpty();
  }

  private static void needsProc() {
    Assumptions.assumeTrue(
        Files.isReadable(Path.of("/proc/self/stat")),
        "NOT TESTED AGAINST THE REAL KERNEL: no /proc");
  }

  private ProcessView view() {
    var look = new ProcFs(procRoot).look(4242);
    assertThat(look).isInstanceOf(ProcessLook.Alive.class);
    return ((ProcessLook.Alive) look).view();
  }

  private void process(String stat, String limits, String commandLine, int descriptors)
      throws IOException {
    var folder = Files.createDirectories(procRoot.resolve("4242"));
    Files.writeString(folder.resolve("stat"), stat);
    Files.writeString(folder.resolve("limits"), limits);
    Files.writeString(folder.resolve("cmdline"), commandLine);
    Files.writeString(folder.resolve("schedstat"), "3250000000 12000000 812\n");
    Files.createDirectories(folder.resolve("fd"));
    for (var number = 0; number < descriptors; number++) {
      Files.writeString(folder.resolve("fd/" + number), "");
    }
  }
}
