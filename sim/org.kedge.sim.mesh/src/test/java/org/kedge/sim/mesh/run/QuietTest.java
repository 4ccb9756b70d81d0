package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.net.BrokerPlace;

/** A healthy mesh reports no fault: for a minute in every build, for as long as {@code kedge.quiet.seconds} says in sim/bench. */
@Tag("root")
class QuietTest {
  @Test
  void a_healthy_mesh_reports_no_fault() throws IOException {
    MeshRig.assumeMeshesWork();
    var span = Duration.ofSeconds(Integer.getInteger("kedge.quiet.seconds", 60));
    try (var rig = MeshRig.up(
        MeshRig.topology("diamond"),
        BrokerPlace.OUT_OF_BAND,
        Map.of("org.kedge.telemetry/snapshot.seconds", "5"))) {
      rig.awaitHealthy(6);
      var since = System.nanoTime();

      await("the quiet time is over")
          .atMost(span.plusSeconds(60))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> System.nanoTime() - since > span.toNanos());

      var heard = rig.heard().stream()
          .filter(snapshot -> snapshot.atNanos() - since > 0)
          .toList();
      System.out.printf(
          "quiet: %d snapshots of 4 nodes in %d s, %d of them not healthy (target 0)%n",
          heard.size(),
          span.toSeconds(),
          heard.stream().filter(snapshot -> !snapshot.isHealthy()).count());
      assertThat(heard).hasSizeGreaterThan((int) span.toSeconds() / 5);
      assertThat(heard).allSatisfy(snapshot -> assertThat(snapshot.state()).isEqualTo("healthy"));
    }
  }
}
