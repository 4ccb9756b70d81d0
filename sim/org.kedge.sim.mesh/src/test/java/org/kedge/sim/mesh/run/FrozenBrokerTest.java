package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.fault.Faults;
import org.kedge.sim.mesh.net.BrokerPlace;

/** Forwarding and care wait for no broker. */
@Tag("root")
class FrozenBrokerTest {
  private static final int ROUTES = 6;

  @BeforeAll
  static void canRun() {
    MeshRig.assumeMeshesWork();
  }

  @Test
  void a_fault_is_cured_while_the_broker_hangs_and_what_happened_is_told_once_it_is_back()
      throws IOException, InterruptedException {
    try (var rig = MeshRig.up(
        MeshRig.topology("line-4"),
        BrokerPlace.OUT_OF_BAND,
        Map.of("org.kedge.telemetry/snapshot.seconds", "5"))) {
      rig.awaitHealthy(ROUTES);
      signal(rig, "STOP");
      try {
        // Until the node has noticed, so that it is at its worst: in the middle of its tries.
        MeshRig.waitFor(
            "n2 has noticed",
            () -> rig.node("n2").lastWords().contains("No connection to the broker"));
        var since = System.nanoTime();
        var fault = Faults.find("routes-flushed").orElseThrow();
        var made = fault.make(rig.mesh().site(), "n2");
        MeshRig.waitFor(
            "routes are back in the kernel",
            () -> rig.run("n2", "ip", "-6", "route", "show", "proto", "babel")
                    .lines()
                    .count()
                > 1);
        System.out.printf(
            Locale.ROOT,
            "outage  broker frozen: routes flushed on n2 were back after %.1f s (target 2 s)%n",
            (System.nanoTime() - since) / 1e9);
        made.undo().run();
      } finally {
        signal(rig, "CONT");
      }
      for (var event :
          List.of("fault-raised", "remedy-ordered", "remedy-helped", "fault-cleared")) {
        MeshRig.waitFor(
            "n2 has told of " + event, () -> rig.events("n2").stream().anyMatch(event::equals));
      }
      assertThat(rig.events("n2").stream().filter("remedy-ordered"::equals)).hasSize(1);
    }
  }

  private static void signal(MeshRig rig, String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(rig.broker().pid()))
            .start()
            .waitFor())
        .isZero();
  }
}
