package org.kedge.babel.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.kernel.KernelRoutes;
import org.kedge.babel.internal.kernel.Namespaces;
import org.kedge.babel.internal.process.BabeldKeeper.Start;
import org.kedge.babel.internal.process.BabeldKeeper.Whereabouts;

/** With the real babeld in a namespace of its own. */
@Tag("root")
class ChildKeeperTest {
  private static final List<String> LINES = List.of("redistribute local deny");

  @TempDir
  Path folder;

  private final Namespaces namespaces = new Namespaces("kh6");
  private final List<ProcessHandle> started = new CopyOnWriteArrayList<>();
  private final AtomicInteger ends = new AtomicInteger();
  private String node = "";

  @BeforeEach
  void make_a_node() throws IOException {
    Namespaces.require("babeld", "ip", "bash", "setsid");
    node = namespaces.add("keeper");
    namespaces.link(node, "to2", node, "peer");
    // Keeps its own path as its name, so that it looks like a babeld started by this path.
    program(
        "babeld",
        "exec ip netns exec " + node
            + " bash -c 'exec -a \"$0\" /usr/sbin/babeld \"$@\"' \"$0\" \"$@\"");
  }

  @AfterEach
  void end_what_was_started() {
    started.forEach(ProcessHandle::destroyForcibly);
    started.forEach(handle -> handle.onExit().join());
    namespaces.close();
  }

  @Test
  void babeld_is_started_with_the_configuration_made_for_it() throws IOException {
    var keeper = keeper(LINES);
    assertThat(keeper.whereabouts()).isInstanceOf(Whereabouts.Unknown.class);

    var running = start(keeper);

    assertThat(running.how()).isEqualTo("started");
    assertThat(keeper.whereabouts()).isEqualTo(new Whereabouts.At(running.pid()));
    assertThat(Files.readString(folder.resolve("babeld.pid")).strip())
        .isEqualTo("" + running.pid());
    assertThat(Files.readString(folder.resolve("babeld.conf")))
        .startsWith("# Written by Kedge")
        .endsWith("\nredistribute local deny\n");
    assertThat(Files.readString(Path.of("/proc/" + running.pid() + "/cmdline")).split("\0", -1))
        .contains("-G", folder.resolve("babeld.sock").toString(), "-h", "0.5", "to2");
    assertThat(folder.resolve("babeld.sock")).exists();
    assertThat(ends).hasValue(0);
  }

  @Test
  void it_leads_a_session_of_its_own_and_survives_the_pipe_of_a_kedge_that_is_gone()
      throws IOException {
    var running = start(keeper(LINES));
    var stat = Files.readString(Path.of("/proc/" + running.pid() + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    assertThat(fields[3]).as("session").isEqualTo("" + running.pid());
    var ignored = Files.readAllLines(Path.of("/proc/" + running.pid() + "/status")).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .findFirst()
        .orElseThrow();
    assertThat(ignored & 1L << 12).as("SIGPIPE is ignored").isNotZero();
  }

  @Test
  void a_stale_pid_file_a_stale_socket_and_the_routes_of_a_dead_one_are_removed_first()
      throws IOException {
    Files.writeString(folder.resolve("babeld.pid"), "999999999\n");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(folder.resolve("babeld.sock")))
        .close();
    namespaces.run(
        "ip -n " + node + " -6 route add 2001:db8:77::1 via fe80::1 dev to2 onlink proto babel");
    namespaces.run("ip -n " + node
        + " -4 route add 198.51.100.77 via inet6 fe80::1 dev to2 onlink proto babel");
    namespaces.run(
        "ip -n " + node + " -6 route add 2001:db8:78::1 via fe80::1 dev to2 onlink proto static");
    assertThat(babelRoutes()).isEqualTo(2);

    assertThat(start(keeper(LINES)).how()).isEqualTo("started");

    assertThat(babelRoutes()).isZero();
    assertThat(namespaces.succeeds(node, "ip -6 route get 2001:db8:78::1")).isTrue();
  }

  @Test
  void a_running_one_with_the_same_configuration_is_adopted_with_its_routes() throws IOException {
    var first = start(keeper(LINES));
    namespaces.run(
        "ip -n " + node + " -6 route add 2001:db8:77::1 via fe80::1 dev to2 onlink proto babel");

    var nextKeeper = keeper(LINES);
    var next = start(nextKeeper);

    assertThat(next).isEqualTo(new Start.Running(first.pid(), "adopted"));
    assertThat(nextKeeper.whereabouts()).isEqualTo(new Whereabouts.At(first.pid()));
    assertThat(babelRoutes()).isEqualTo(1);

    ProcessHandle.of(first.pid()).orElseThrow().destroy();
    soon().until(() -> nextKeeper.whereabouts() instanceof Whereabouts.Ended);
    assertThat(((Whereabouts.Ended) nextKeeper.whereabouts()).how())
        .contains("adopted process " + first.pid());
    // Once to the one that started it and once to the one that adopted it.
    soon().until(() -> ends.get() == 2);
  }

  @Test
  void one_with_another_configuration_is_ended_and_started_anew() throws IOException {
    var first = start(keeper(LINES));

    var next = start(keeper(List.of("redistribute local deny", "default update-interval 2")));

    assertThat(next.how()).isEqualTo("started");
    assertThat(next.pid()).isNotEqualTo(first.pid());
    assertThat(ProcessHandle.of(first.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Files.readString(folder.resolve("babeld.conf"))).contains("update-interval 2");
  }

  @Test
  void one_that_is_stopped_and_does_not_end_is_killed() throws IOException {
    var first = start(keeper(LINES));
    signal("STOP", first.pid());

    var next = start(keeper(List.of("redistribute deny")));

    assertThat(next.pid()).isNotEqualTo(first.pid());
    assertThat(ProcessHandle.of(first.pid()).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void a_babeld_that_refuses_to_start_has_failed_with_its_last_words() {
    var keeper = keeper(List.of("nonsense from a person"));
    var failed = keeper.ensureRunning();
    assertThat(failed).isInstanceOf(Start.Failed.class);
    assertThat(((Start.Failed) failed).why()).contains("exit code 1", "last words", "babeld.conf");
    assertThat(keeper.whereabouts())
        .isInstanceOfSatisfying(
            Whereabouts.Ended.class,
            ended -> assertThat(ended.how()).contains("exit code 1", "babeld.conf"));
    soon().until(() -> ends.get() == 1);
  }

  @Test
  void a_program_that_does_not_exist_has_failed_too() {
    var why =
        ((Start.Failed) keeper(folder.resolve("none").toString(), LINES).ensureRunning()).why();
    assertThat(why).contains("none", "No such file");
  }

  @Test
  void one_that_never_writes_its_pid_file_is_not_left_running() throws IOException {
    var slow = program("slow", "echo $$ > " + folder.resolve("slow.pid") + "; exec sleep 60");

    var failed = keeper(slow, LINES).ensureRunning();

    var pid = Long.parseLong(Files.readString(folder.resolve("slow.pid")).strip());
    ProcessHandle.of(pid).ifPresent(started::add);
    assertThat(((Start.Failed) failed).why()).contains("no pid file within 3 s");
    soon().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    soon().until(() -> ends.get() == 1);
  }

  @Test
  void its_end_is_told_once_with_the_signal_also_where_it_was_made_sure_of_twice() {
    var keeper = keeper(LINES);
    var first = start(keeper);
    assertThat(start(keeper).pid()).isEqualTo(first.pid());

    signal("KILL", first.pid());

    soon().until(() -> keeper.whereabouts() instanceof Whereabouts.Ended && ends.get() > 0);
    assertThat(((Whereabouts.Ended) keeper.whereabouts()).how())
        .startsWith("process " + first.pid() + " ended by signal 9");
    await().during(Duration.ofMillis(300)).until(() -> ends.get() == 1);
  }

  @Test
  void an_end_of_its_own_will_is_told_with_the_exit_code() {
    var keeper = keeper(LINES);
    signal("TERM", start(keeper).pid());
    soon().until(() -> keeper.whereabouts() instanceof Whereabouts.Ended && ends.get() == 1);
    assertThat(((Whereabouts.Ended) keeper.whereabouts()).how()).contains("ended with exit code 0");
  }

  @Test
  void after_an_end_the_same_keeper_starts_it_anew() {
    var keeper = keeper(LINES);
    var first = start(keeper);
    signal("KILL", first.pid());
    soon().until(() -> ends.get() == 1);

    var next = start(keeper);

    assertThat(next.how()).isEqualTo("started");
    assertThat(keeper.whereabouts()).isEqualTo(new Whereabouts.At(next.pid()));
  }

  @Test
  void a_foreign_process_in_the_pid_file_is_never_killed() throws IOException {
    var foreign = new ProcessBuilder("sleep", "60").start();
    started.add(foreign.toHandle());
    Files.writeString(folder.resolve("babeld.pid"), foreign.pid() + "\n");

    var running = start(keeper(LINES));

    assertThat(running.how()).isEqualTo("started");
    assertThat(running.pid()).isNotEqualTo(foreign.pid());
    assertThat(foreign.isAlive()).isTrue();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  private Start.Running start(ChildKeeper keeper) {
    var start = keeper.ensureRunning();
    assertThat(start).isInstanceOf(Start.Running.class);
    var running = (Start.Running) start;
    ProcessHandle.of(running.pid()).ifPresent(started::add);
    soon().until(this::greets);
    return running;
  }

  /** A babeld that is asked to end before its loop runs may take seconds to see it. */
  private boolean greets() {
    try (var client =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("babeld.sock")))) {
      return client.read(ByteBuffer.allocate(99)) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private ChildKeeper keeper(List<String> configuration) {
    return keeper(folder.resolve("babeld").toString(), configuration);
  }

  private ChildKeeper keeper(String program, List<String> configuration) {
    return new ChildKeeper(
        new ChildKeeper.Plan(
            program,
            List.of("to2"),
            List.of("-h", "0.5"),
            configuration,
            folder.resolve("babeld.sock").toString(),
            folder),
        namespaces.runnerIn(node),
        ends::incrementAndGet);
  }

  private String program(String name, String line) throws IOException {
    var file = folder.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private void signal(String name, long pid) {
    namespaces.run("kill -" + name + " " + pid);
  }

  private int babelRoutes() {
    var look = new KernelRoutes(namespaces.runnerIn(node)).look();
    assertThat(look).isInstanceOf(KernelRoutesLook.Seen.class);
    return ((KernelRoutesLook.Seen) look).routes().size();
  }
}
