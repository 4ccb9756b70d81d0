package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.kedge.sim.mesh.fault.Faults;
import org.kedge.sim.mesh.net.BrokerPlace;

/** Zombies made for real on a line of four: what every such test needs. */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Zombies {
  /** Three other nodes in both families; all but the exit have its default routes besides. */
  private static final int ROUTES = 6;

  protected MeshRig rig;
  protected final List<Undo> undo = new ArrayList<>();

  /** Puts right what a test broke. */
  protected interface Undo {
    void run() throws IOException;
  }

  @BeforeAll
  void bringUp() throws IOException {
    MeshRig.assumeMeshesWork();
    rig = MeshRig.up(
        MeshRig.topology("line-4"),
        BrokerPlace.OUT_OF_BAND,
        // What is found is looked at here; remedies would have it cured before all of it is seen.
        Map.of("org.kedge.telemetry/snapshot.seconds", "5", "org.kedge.care/pause.minutes", "600"));
    rig.awaitHealthy(ROUTES);
  }

  @BeforeEach
  void healthy() {
    rig.awaitHealthy(ROUTES);
  }

  @AfterEach
  void mend() throws IOException {
    for (var step : List.copyOf(undo)) {
      step.run();
    }
    undo.clear();
  }

  @AfterAll
  void takeDown() {
    if (rig != null) {
      rig.close();
    }
  }

  /** Faults that are there in truth, too, and may be seen sooner or later than the one in question. */
  private static final Map<String, Set<String>> BESIDES =
      Map.of("descriptors-used-up", Set.of("LIMIT_LOW"));

  /** Waits for exactly this fault at the node and checks who is blamed and what was seen. */
  protected final void expect(
      String zombie, String node, long since, String fault, String blame, String... evidence) {
    var snapshot = rig.await(
        node,
        since,
        fault + " and nothing else",
        heard -> heard.faultNames().stream()
            .filter(name -> !BESIDES.getOrDefault(zombie, Set.of()).contains(name))
            .toList()
            .equals(List.of(fault)));
    var first = rig.await(node, since, fault, heard -> heard.faultNames().contains(fault));
    var told = snapshot.faults().stream()
        .filter(one -> one.get("kind").getAsString().equals(fault))
        .findFirst()
        .orElseThrow();
    System.out.printf(
        Locale.ROOT,
        "zombie: %-34s %-16s blamed %-15s at the broker after %5.1f s (target 15 s): %s%n",
        zombie,
        fault,
        told.get("blame").getAsString(),
        (first.atNanos() - since) / 1e9,
        told.get("evidence").getAsString());
    assertThat(told.get("blame").getAsString()).isEqualTo(blame);
    assertThat(told.get("evidence").getAsString()).contains(evidence);
  }

  /** Makes a fault of the catalogue and waits until its node calls it what the catalogue says, if it says anything. */
  protected final void make(String name, String node, String... evidence) {
    var fault = Faults.find(name).orElseThrow();
    var since = System.nanoTime();
    undo.add(0, fault.make(rig.mesh().site(), node).undo()::run);
    fault.here().ifPresent(told -> expect(name, node, since, told.kind(), told.blame(), evidence));
  }
}
