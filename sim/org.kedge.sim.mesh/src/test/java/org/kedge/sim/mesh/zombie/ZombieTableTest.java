package org.kedge.sim.mesh.zombie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.fault.Faults;
import org.kedge.sim.mesh.fault.MeshFault;

class ZombieTableTest {
  private static final String SILENT = "BABEL_SILENT, ours";

  private static MeshFault fault(String name) {
    return Faults.find(name).orElseThrow();
  }

  private static Outcome kedge(String called, Optional<Duration> again, int restarts) {
    return new Outcome(
        Optional.of(Duration.ofMillis(2340)),
        called.isEmpty() ? Optional.empty() : Optional.of(called),
        again,
        37,
        List.of("restart-babeld"),
        restarts,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static Optional<Duration> seconds(long seconds) {
    return Optional.of(Duration.ofSeconds(seconds));
  }

  private static Verdicts.Mark judged(String fault, Intervals intervals, Outcome outcome) {
    return Verdicts.judge(fault(fault), intervals, outcome);
  }

  @Test
  void a_target_is_met_by_the_right_name_and_traffic_in_time() {
    assertThat(judged("frozen", Intervals.SMALL, kedge(SILENT, seconds(12), 1)))
        .isEqualTo(Verdicts.Mark.MET);
    assertThat(judged("frozen", Intervals.SMALL, kedge(SILENT, seconds(13), 1)))
        .isEqualTo(Verdicts.Mark.MISSED);
    assertThat(judged("frozen", Intervals.SMALL, kedge(SILENT, Optional.empty(), 1)))
        .isEqualTo(Verdicts.Mark.MISSED);
    assertThat(judged("frozen", Intervals.SMALL, kedge("BABEL_DEAD, ours", seconds(3), 1)))
        .isEqualTo(Verdicts.Mark.MISSED);
  }

  @Test
  void each_pace_has_its_own_target() {
    assertThat(judged("frozen", Intervals.DEFAULT, kedge(SILENT, seconds(13), 1)))
        .isEqualTo(Verdicts.Mark.MET);
  }

  @Test
  void without_a_figure_promised_it_has_to_be_cured_while_it_is_watched() {
    assertThat(judged("starved", Intervals.DEFAULT, kedge(SILENT, seconds(50), 1)))
        .isEqualTo(Verdicts.Mark.MET);
    assertThat(judged("starved", Intervals.DEFAULT, kedge(SILENT, Optional.empty(), 1)))
        .isEqualTo(Verdicts.Mark.MISSED);
  }

  @Test
  void what_only_others_can_mend_is_named_and_left_alone() {
    var down = "LINK_DOWN, ours, hardware";

    assertThat(judged("carrier-lost", Intervals.SMALL, kedge(down, Optional.empty(), 0)))
        .isEqualTo(Verdicts.Mark.MET);
    assertThat(judged("carrier-lost", Intervals.SMALL, kedge(down, Optional.empty(), 1)))
        .isEqualTo(Verdicts.Mark.MISSED);
    assertThat(judged("carrier-lost", Intervals.SMALL, kedge("", Optional.empty(), 0)))
        .isEqualTo(Verdicts.Mark.MISSED);
  }

  @Test
  void what_is_harmless_is_passed_over_in_silence() {
    assertThat(judged("niced", Intervals.SMALL, kedge("", seconds(0), 0)))
        .isEqualTo(Verdicts.Mark.MET);
    assertThat(judged("niced", Intervals.SMALL, kedge(SILENT, seconds(0), 0)))
        .isEqualTo(Verdicts.Mark.MISSED);
  }

  @Test
  void a_route_that_stays_is_no_cure_though_traffic_flows() {
    var cured = kedge("BABEL_DEAD, ours", seconds(2), 1);
    var uncured = new Outcome(
        cured.found(),
        cured.called(),
        cured.again(),
        cured.lost(),
        cured.remedies(),
        cured.restarts(),
        Optional.of("a route to a vanished node stays in the kernel"),
        Optional.empty(),
        List.of());

    assertThat(judged("routes-left-behind", Intervals.SMALL, cured)).isEqualTo(Verdicts.Mark.MET);
    assertThat(judged("routes-left-behind", Intervals.SMALL, uncured))
        .isEqualTo(Verdicts.Mark.MISSED);
  }

  @Test
  void markdown_has_kedge_in_full_and_the_others_beside_it() {
    var never = new Outcome(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        1034,
        List.of(),
        10,
        Optional.empty(),
        Optional.of("its files are in the way"),
        List.of());
    var table = new ZombieTable(List.of(KeeperKind.KEDGE, KeeperKind.RESPAWN, KeeperKind.SCRIPT));

    var lines = table
        .markdown(List.of(new ZombieTable.Row(
            fault("frozen"),
            Intervals.SMALL,
            Map.of(
                KeeperKind.KEDGE,
                kedge(SILENT, Optional.of(Duration.ofMillis(4250)), 1),
                KeeperKind.RESPAWN,
                never))))
        .lines()
        .toList();

    assertThat(lines)
        .containsExactly(
            "| fault | intervals | found after | called | forwarding again | target |  | lost | helped | restarts | with respawn | with script |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
            "| frozen | small | 2.3 s | BABEL_SILENT, ours | 4.3 s | 12 s | met | 37 | restart-babeld | 1"
                + " | never within 30 s, 1034 lost, 10 starts, its files are in the way | not tried |");
  }

  @Test
  void columns_of_the_text_stand_under_their_heads() {
    var lines = new ZombieTable(List.of(KeeperKind.KEDGE))
        .text(List.of(new ZombieTable.Row(
            fault("niced"),
            Intervals.SMALL,
            Map.of(KeeperKind.KEDGE, kedge("", Optional.of(Duration.ZERO), 0)))))
        .lines()
        .toList();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(1).indexOf("never stopped"))
        .isEqualTo(lines.get(0).indexOf("forwarding again"));
    assertThat(lines.get(1).indexOf("no fault, no loss")).isEqualTo(lines.get(0).indexOf("target"));
  }
}
