package org.kedge.sim.mesh.zombie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.fault.Faults;
import org.kedge.sim.mesh.net.RootRig;

/** Nodes of a real mesh heal themselves, as fast as promised; all faults are in sim/zombies. The times are printed. */
@Tag("root")
class CureTest {
  private final CaseRunner runner =
      new CaseRunner(Path.of("..", "node").toAbsolutePath().normalize());

  @BeforeAll
  static void canRun() {
    RootRig.require();
  }

  private Outcome cured(String name) throws IOException {
    var fault = Faults.find(name).orElseThrow();
    var outcome = runner.kedge(fault, Intervals.SMALL);
    System.out.println(
        "cure: " + name + ": " + ZombieTable.kedgeInWords(fault, Intervals.SMALL, outcome));
    assertThat(Verdicts.judge(fault, Intervals.SMALL, outcome))
        .as("%s: %s", name, String.join("\n", outcome.journal()))
        .isEqualTo(Verdicts.Mark.MET);
    return outcome;
  }

  @Test
  void a_killed_babeld_forwards_again_though_its_files_lie_in_the_way() throws IOException {
    assertThat(cured("dead-stale-files").remedies()).contains("start-babeld");
  }

  @Test
  void a_frozen_babeld_is_restarted() throws IOException {
    assertThat(cured("frozen").remedies()).contains("restart-babeld");
  }

  @Test
  void a_firewall_that_drops_transit_is_opened_again_and_babeld_left_alone() throws IOException {
    var outcome = cured("forward-drop");

    assertThat(outcome.remedies()).containsExactly("restore-forwarding");
    assertThat(outcome.restarts()).isZero();
  }

  @Test
  void a_link_that_only_a_person_can_mend_is_named_and_babeld_left_alone() throws IOException {
    assertThat(cured("carrier-lost").restarts()).isZero();
  }
}
