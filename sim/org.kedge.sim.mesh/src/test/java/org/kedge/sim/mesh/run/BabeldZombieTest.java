package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every way in which babeld itself can be a zombie that one machine can make: the broker hears the right fault with the right blame, and
 * nothing else stands at that node. The time it took is printed. */
class BabeldZombieTest extends Zombies {
  @Test
  void a_frozen_babeld_is_silent() {
    make("frozen", "n2", "stopped");
  }

  @Test
  void a_killed_babeld_is_dead_and_its_stale_files_and_routes_do_not_hinder_the_next() {
    var node = rig.node("n2");
    undo.add(() -> {
      node.stop();
      node.startAgain();
    });

    make("dead-stale-files", "n2", "does not run", "stay in the kernel");

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

    make("dead-stale-files", "n2", "gone");
  }

  @Test
  void an_interface_taken_from_babeld_leaves_it_with_none() {
    make("interface-taken", "n1", "none at all");
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
  void descriptors_used_up_make_babeld_silent() {
    make("descriptors-used-up", "n2", "used up its descriptors");
  }

  @Test
  void a_socket_hogged_by_others_makes_babeld_silent() {
    make("socket-hogged", "n2", "clients hold its socket");
  }

  @Test
  void a_starved_babeld_is_silent() {
    var controller = Path.of("/sys/fs/cgroup/cpu");
    Assumptions.assumeTrue(
        Files.isWritable(controller.resolve("cgroup.procs")),
        "SKIPPED: starving needs a cgroup v1 cpu controller at " + controller);

    make("starved", "n2", "of a core");
  }
}
