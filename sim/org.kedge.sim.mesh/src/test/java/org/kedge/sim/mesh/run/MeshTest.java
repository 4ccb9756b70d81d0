package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.net.BrokerPlace;

/** Meshes of real babelds and controllers come up whole, and the broker hears each node say so. */
@Tag("root")
class MeshTest {
  @BeforeAll
  static void canRun() {
    MeshRig.assumeMeshesWork();
  }

  /** In both families every node sees every other, and the exit's default route and its address towards the uplink. */
  private static void comesUpWhole(String topology, BrokerPlace place) throws IOException {
    var drawn = MeshRig.topology(topology);
    var since = System.nanoTime();
    try (var rig = MeshRig.up(drawn, place, Map.of("org.kedge.telemetry/snapshot.seconds", "5"))) {
      var others = drawn.nodes().size() - 1;
      var last = since;
      for (var name : rig.names()) {
        var wanted = 2 * others + (drawn.node(name).exit() ? 0 : 4);
        var whole = rig.await(
            name,
            since,
            "healthy with " + wanted + " routes",
            heard -> heard.isHealthy() && heard.routesInKernel() == wanted);
        assertThat(whole.faultNames()).isEmpty();
        last = Math.max(last, whole.atNanos());
      }
      System.out.printf(
          Locale.ROOT,
          "mesh: %s, broker %s: %d nodes told the broker of all routes, %.1f s after the start of the first (target 30 s)%n",
          topology,
          place,
          drawn.nodes().size(),
          (last - since) / 1e9);
      assertThat(rig.strays()).isEmpty();
    }
  }

  @Test
  void four_nodes_in_a_diamond_see_all_routes() throws IOException {
    comesUpWhole("diamond", BrokerPlace.OUT_OF_BAND);
  }

  @Test
  void a_broker_behind_the_exit_hears_all_nodes_through_the_mesh() throws IOException {
    comesUpWhole("diamond", BrokerPlace.IN_BAND);
  }

  @Test
  void four_nodes_with_the_intervals_babeld_has_by_default_see_all_routes() throws IOException {
    comesUpWhole("diamond-default-intervals", BrokerPlace.OUT_OF_BAND);
  }

  @Test
  void a_ring_of_six_sees_all_routes() throws IOException {
    comesUpWhole("ring-6", BrokerPlace.OUT_OF_BAND);
  }

  @Test
  void a_line_of_eight_sees_all_routes() throws IOException {
    comesUpWhole("line-8", BrokerPlace.OUT_OF_BAND);
  }
}
