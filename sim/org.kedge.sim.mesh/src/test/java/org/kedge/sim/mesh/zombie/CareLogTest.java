package org.kedge.sim.mesh.zombie;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.broker.Received;
import org.kedge.sim.mesh.fault.MeshFault.Verdict;

class CareLogTest {
  private static final Instant START = Instant.ofEpochSecond(1_763_839_616L);
  private static final Verdict DEAD = new Verdict("BABEL_DEAD", "ours");

  private final CareLog log = new CareLog();

  private void hear(long second, String json) {
    log.received(new Received(
        START.plusSeconds(second),
        "n2",
        "kedge/n2/KEDGE-V1/snapshot",
        json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_fault_is_found_when_the_broker_first_hears_its_name() {
    hear(1, "{'node':'n2','state':'healthy','faults':[]}");
    hear(3, "{'node':'n2','state':'faulty','faults':[{'kind':'NO_ROUTES','blame':'ours'}]}");
    hear(4, "{'node':'n2','state':'faulty','faults':[{'kind':'BABEL_DEAD','blame':'ours'}]}");

    assertThat(log.found("n2", START, 0, Optional.of(DEAD)))
        .contains(new CareLog.Finding(START.plusSeconds(4), DEAD));
    assertThat(log.found("n2", START, 0, Optional.of(new Verdict("LINK_DOWN", "ours"))))
        .contains(new CareLog.Finding(START.plusSeconds(3), new Verdict("NO_ROUTES", "ours")));
    assertThat(log.found("n1", START, 0, Optional.of(DEAD))).isEmpty();
    assertThat(log.found("n2", START.plusSeconds(5), 0, Optional.of(DEAD))).isEmpty();
  }

  @Test
  void a_fault_that_was_over_before_the_next_snapshot_is_found_in_the_journal() {
    hear(
        1,
        "{'node':'n2','faults':[],'care':{'journal':["
            + "{'number':4,'kind':'found','fault':'LINK_DOWN','words':'LINK_DOWN, ours, hardware: to2'},"
            + "{'number':5,'kind':'found','fault':'BABEL_DEAD','words':'BABEL_DEAD, ours: it: is gone'}]}}");

    assertThat(log.found("n2", START, 4, Optional.empty()))
        .contains(new CareLog.Finding(START.plusSeconds(1), DEAD));
    assertThat(log.found("n2", START, 3, Optional.empty()))
        .map(CareLog.Finding::verdict)
        .contains(new Verdict("LINK_DOWN", "ours, hardware"));
    assertThat(log.found("n2", START, 5, Optional.of(DEAD))).isEmpty();
  }

  @Test
  void a_node_is_healthy_again_when_its_last_word_is() {
    hear(1, "{'node':'n2','state':'healthy','babel':{'routes_kernel_count':6}}");
    assertThat(log.isHealthy("n2", 6)).isTrue();
    assertThat(log.isHealthy("n2", 7)).isFalse();

    hear(2, "{'node':'n2','state':'faulty'}");
    assertThat(log.isHealthySince("n2", START)).isFalse();

    hear(3, "{'node':'n2','state':'healthy'}");
    assertThat(log.isHealthySince("n2", START.plusSeconds(2))).isTrue();
    assertThat(log.isHealthySince("n2", START.plusSeconds(4))).isFalse();
  }

  @Test
  void lines_of_the_journal_are_told_once_though_snapshots_repeat_them() {
    var found =
        "{'number':4,'at':'2025-11-22T19:26:57.25Z','kind':'found','fault':'BABEL_DEAD','words':'x'}";
    var helped = "{'number':5,'kind':'helped','remedy':'restart-babeld','words':'y'}";
    hear(1, "{'node':'n2','care':{'journal':[" + found + "]}}");
    hear(2, "{'node':'n2','care':{'journal':[" + found + "," + helped + "]}}");

    assertThat(log.lastEntry("n2")).isEqualTo(5);
    assertThat(log.entries("n2", 3))
        .extracting(CareLog.Entry::at)
        .containsExactly(Instant.parse("2025-11-22T19:26:57.25Z"), START.plusSeconds(2));
    assertThat(log.entries("n2", 4))
        .containsExactly(
            new CareLog.Entry(5, START.plusSeconds(2), "helped", "", "restart-babeld", "y"));
  }

  @Test
  void a_snapshot_without_a_journal_has_none() {
    hear(1, "{'node':'n2','state':'healthy'}");

    assertThat(log.lastEntry("n2")).isZero();
    assertThat(log.entries("n2", 0)).isEmpty();
  }
}
