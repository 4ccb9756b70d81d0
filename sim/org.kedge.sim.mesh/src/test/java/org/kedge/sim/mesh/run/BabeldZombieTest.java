package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every way in which babeld itself can be a zombie that one machine can make: the broker hears the right fault with the right blame, and
 * nothing else stands at that node. The time it took is printed. */
class BabeldZombieTest extends Zombies {
  @Test
  void a_frozen_babeld_is_silent() throws IOException {
    var babeld = rig.node("n2").babeld();
    undo.add(() -> signal("CONT", babeld));
    var since = System.nanoTime();

    signal("STOP", babeld);

    expect("frozen", "n2", since, "BABEL_SILENT", "ours", "stopped");
  }

  @Test
  void a_killed_babeld_is_dead_and_its_stale_files_and_routes_do_not_hinder_the_next()
      throws IOException {
    var node = rig.node("n2");
    undo.add(() -> {
      node.stop();
      node.startAgain();
    });
    var since = System.nanoTime();

    signal("KILL", node.babeld());

    expect("dead", "n2", since, "BABEL_DEAD", "ours", "does not run", "stay in the kernel");
    assertThat(rig.run("n2", "ip", "-6", "route", "show", "proto", "babel")).isNotBlank();
    assertThat(node.data().resolve("babeld.pid")).exists();
    assertThat(node.data().resolve("babeld.sock")).exists();
  }

  @Test
  void a_killed_babeld_that_an_earlier_kedge_had_started_is_dead_too() throws IOException {
    var node = rig.node("n2");
    var adopted = node.babeld();
    node.stop();
    var again = System.nanoTime();
    node.startAgain();
    rig.await("n2", again, "healthy again", MeshRig.Snapshot::isHealthy);
    assertThat(node.babeld()).isEqualTo(adopted);
    undo.add(() -> {
      node.stop();
      node.startAgain();
    });
    var since = System.nanoTime();

    signal("KILL", adopted);

    expect("dead, adopted", "n2", since, "BABEL_DEAD", "ours", "gone");
  }

  @Test
  void an_interface_taken_from_babeld_leaves_it_with_none() throws IOException {
    var socket = rig.node("n1").data().resolve("babeld.sock");
    undo.add(() -> tell(socket, "interface to2"));
    var since = System.nanoTime();

    tell(socket, "flush interface to2");

    expect("interface taken away", "n1", since, "NO_INTERFACE", "ours", "none at all");
  }

  private static void tell(Path socket, String command) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap((command + "\nquit\n").getBytes(StandardCharsets.US_ASCII)));
      var buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) >= 0) {
        buffer.clear();
      }
    }
  }

  @Test
  void a_name_that_never_was_an_interface_leaves_babeld_without_any() throws IOException {
    var node = rig.node("n1");
    undo.add(() -> node.startWith("org.kedge.babel/interfaces", "to2"));
    var since = System.nanoTime();

    node.startWith("org.kedge.babel/interfaces", "nosuch0");

    expect(
        "interface that does not exist",
        "n1",
        since,
        "NO_INTERFACE",
        "ours",
        "nosuch0 (does not exist on this node)");
  }

  @Test
  void a_babeld_that_refuses_to_start_is_dead_and_its_last_words_are_told() throws IOException {
    var node = rig.node("n1");
    var before = String.join(" ", rig.mesh().topology().babeldOptions());
    undo.add(() -> node.startWith("org.kedge.babel/babeld.arguments", before));
    var since = System.nanoTime();

    node.startWith("org.kedge.babel/babeld.arguments", before + " -C nonsense");

    expect("refuses to start", "n1", since, "BABEL_DEAD", "ours", "exit code", "last words");
  }

  @Test
  void descriptors_used_up_make_babeld_silent() throws IOException {
    var node = rig.node("n2");
    var babeld = node.babeld();
    var clients = new ArrayList<SocketChannel>();
    undo.add(() -> {
      rig.run("n2", "prlimit", "--pid", Long.toString(babeld), "--nofile=1024:1024");
      for (var client : clients) {
        client.close();
      }
    });
    long used;
    try (var open = Files.list(Path.of("/proc", Long.toString(babeld), "fd"))) {
      used = open.count();
    }
    rig.run("n2", "prlimit", "--pid", Long.toString(babeld), "--nofile=" + used + ":1024");
    var since = System.nanoTime();

    clients.add(client(node.data().resolve("babeld.sock")));

    expect("descriptors used up", "n2", since, "BABEL_SILENT", "ours", "used up its descriptors");
  }

  @Test
  void a_socket_hogged_by_others_makes_babeld_silent() throws IOException {
    var node = rig.node("n2");
    var held = new AtomicBoolean();
    node.stop();
    var hog = rig.mesh()
        .start(
            "n2",
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx16m",
                "-cp",
                System.getProperty("java.class.path"),
                Hog.class.getName(),
                node.data().resolve("babeld.sock").toString(),
                "5"),
            Map.of(),
            line -> held.set(true),
            System.err::println);
    undo.add(() -> hog.end(Duration.ofSeconds(3)));
    MeshRig.waitFor("the hog holds its connections", held::get);
    var since = System.nanoTime();

    node.startAgain();

    expect(
        "socket hogged by others", "n2", since, "BABEL_SILENT", "ours", "clients hold its socket");
  }

  private static SocketChannel client(Path socket) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return channel;
  }

  @Test
  void a_starved_babeld_is_silent() throws IOException, InterruptedException {
    var controller = Path.of("/sys/fs/cgroup/cpu");
    var cgroup = controller.resolve("kedge-" + rig.mesh().id());
    Assumptions.assumeTrue(
        Files.isWritable(controller),
        "SKIPPED: starving needs a cgroup v1 cpu controller at " + controller);
    var babeld = rig.node("n2").babeld();
    Files.createDirectory(cgroup);
    var busy = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    undo.add(() -> {
      Files.writeString(controller.resolve("cgroup.procs"), Long.toString(babeld));
      busy.destroyForcibly();
      MeshRig.waitFor("the busy loop ends", () -> !busy.isAlive());
      MeshRig.waitFor(
          "the group is empty",
          () -> Files.readString(cgroup.resolve("cgroup.procs")).isBlank());
      Files.delete(cgroup);
    });
    Files.writeString(cgroup.resolve("cpu.cfs_period_us"), "1000000");
    Files.writeString(cgroup.resolve("cpu.cfs_quota_us"), "1000");
    Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(busy.pid()));
    var since = System.nanoTime();

    Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(babeld));

    expect("starved of CPU", "n2", since, "BABEL_SILENT", "ours", "of a core");
    assertThat(busy.waitFor(0, TimeUnit.SECONDS)).isFalse();
  }
}
