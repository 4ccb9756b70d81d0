package org.kedge.sim.mesh.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.sim.mesh.console.MadeUp.NOON;
import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.noonPlus;
import static org.kedge.sim.mesh.console.MadeUp.paused;
import static org.kedge.sim.mesh.console.MadeUp.presence;
import static org.kedge.sim.mesh.console.MadeUp.remedy;
import static org.kedge.sim.mesh.console.MadeUp.told;
import static org.kedge.sim.mesh.console.MadeUp.topic;
import static org.kedge.sim.mesh.console.MadeUp.with;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTableTest {
  private final FleetPlan plan = MadeUp.plan(3, "1-2", "2-3");
  private final FleetState fleet = new FleetState(plan);

  @Test
  void a_small_fleet_is_drawn_in_columns() {
    hearOneHealthyOneFaulty();
    assertThat(ConsoleTable.live(100).lines(fleet.view(noonPlus(5))))
        .containsExactly(
            "1 of 3 nodes faulty: n2 BABEL_SILENT, ours, for 17 s. 1 not heard yet: n3. Links n1–n2 and n2–n3 ha…",
            "NODE  STATE    NEIGHBOURS  ROUTES F/I/K  FAULTS                  REMEDY  AGE",
            "n1    healthy  1/1         6/6/6         -                       -       5 s",
            "n2    faulty   0/2         0/0/6         BABEL_SILENT ours 17 s  -       5 s",
            "n3    waiting  -/1         -             -                       -         -");
  }

  @Test
  void trouble_with_telemetry_has_a_line_beneath_the_nodes_and_no_trouble_has_none() {
    hearOneHealthyOneFaulty();
    assertThat(ConsoleTable.live(100).lines(fleet.view(noonPlus(5)))).hasSize(5);
    fleet.hear(
        noonPlus(6),
        topic("n1", "state"),
        bytes(presence("n1", "1f0c2a7e.3", "reduced", "the flash is full")));
    fleet.hear(noonPlus(6), topic("n2", "state"), bytes(presence("n2", "1f0c2a7e.3", "offline")));
    assertThat(ConsoleTable.live(100).lines(fleet.view(noonPlus(7))).subList(5, 7))
        .containsExactly(
            "Telemetry of n1: reduced: the flash is full",
            "Telemetry of n2: offline since 12:00:06 UTC");
  }

  @Test
  void long_faults_are_cut_to_the_width_of_the_terminal() {
    fleet.hear(
        NOON,
        topic("n2"),
        bytes(with(
            with(healthy(plan, "n2", 1), babelSilent(Duration.ofSeconds(12))),
            babelSilent(Duration.ofDays(3)))));
    var lines = ConsoleTable.live(80).lines(fleet.view(noonPlus(5)));
    assertThat(lines.get(3))
        .isEqualTo(
            "n2    faulty   0/2         0/0/6         BABEL_SILENT ours 17 s; B…  -       5 s")
        .hasSize(80);
  }

  @Test
  void the_remedy_under_way_has_a_column_and_the_end_of_the_journals_stands_beneath() {
    fleet.hear(NOON, topic("n1"), bytes(with(healthy(plan, "n1", 1), paused(1_204, "roof"))));
    var curing = babelSilent(Duration.ofSeconds(12))
        .andThen(remedy("restart-babeld", "acting", 1.2))
        .andThen(json -> {
          for (int number = 1; number <= 9; number++) {
            told(number, noonPlus(number - 9), "found", "line " + number).accept(json);
          }
        });
    fleet.hear(noonPlus(1), topic("n2"), bytes(with(healthy(plan, "n2", 1), curing)));
    assertThat(ConsoleTable.live(100).lines(fleet.view(noonPlus(5))).subList(1, 11))
        .containsExactly(
            "NODE  STATE    NEIGHBOURS  ROUTES F/I/K  FAULTS                  REMEDY              AGE",
            "n1    healthy  1/1         6/6/6         -                       paused 19 min 59 s  5 s",
            "n2    faulty   0/2         0/0/6         BABEL_SILENT ours 16 s  2/4 restart-babeld  4 s",
            "n3    waiting  -/1         -             -                       -                     -",
            "",
            "11:59:56 n2  line 5",
            "11:59:57 n2  line 6",
            "11:59:58 n2  line 7",
            "11:59:59 n2  line 8",
            "12:00:00 n2  line 9");
    assertThat(ConsoleTable.live(80).lines(fleet.view(noonPlus(5))).get(3))
        .isEqualTo(
            "n2    faulty   0/2         0/0/6         BABEL_SILENT ours 1…  2/4 restart…  4 s");
  }

  @Test
  void a_terminal_of_any_width_and_a_fleet_of_any_figures_can_be_drawn() {
    fleet.hear(
        NOON,
        topic("a-stranger-on-the-north-roof"),
        bytes(with(
            healthy(plan, "a-stranger-on-the-north-roof", 1),
            babelSilent(Duration.ofDays(3))
                .andThen(remedy("W".repeat(2_000), "settling", 1e300))
                .andThen(told(1, NOON, "found", "W".repeat(2_000)))
                .andThen(json -> {
                  for (var name : List.of("finite", "installed", "kernel")) {
                    json.getAsJsonObject("babel").addProperty("routes_" + name + "_count", 1e18);
                  }
                }))));
    for (int width = 0; width < 300; width += 7) {
      var least = Math.max(80, width);
      assertThat(ConsoleTable.live(width).lines(fleet.view(noonPlus(86_399))))
          .allMatch(line -> line.length() <= least);
    }
  }

  @Test
  void a_plain_table_writes_each_line_of_a_journal_once_before_the_state_it_led_to() {
    var table = ConsoleTable.plain();
    var line = told(
        17, NOON, "helped", "restarted babeld, rung 2 of 4, for BABEL_SILENT; helped after 3 s");
    fleet.hear(NOON, topic("n2"), bytes(with(healthy(plan, "n2", 1), line)));
    assertThat(table.render(fleet.view(noonPlus(1)))).startsWith("""
            2026-11-22T12:00:01Z n2  restarted babeld, rung 2 of 4, for BABEL_SILENT; helped after 3 s
            2026-11-22T12:00:01Z n1 waiting, """);
    fleet.hear(noonPlus(2), topic("n2"), bytes(with(healthy(plan, "n2", 2), line)));
    assertThat(table.render(fleet.view(noonPlus(2)))).isEmpty();
    var more = line.andThen(told(18, noonPlus(3), "over", "BABEL_SILENT is over"));
    fleet.hear(noonPlus(3), topic("n2"), bytes(with(healthy(plan, "n2", 3), more)));
    assertThat(table.render(fleet.view(noonPlus(3))))
        .isEqualTo("2026-11-22T12:00:03Z n2  BABEL_SILENT is over\n");
  }

  @Test
  void a_live_table_is_drawn_over_its_last_drawing() {
    hearOneHealthyOneFaulty();
    var table = ConsoleTable.live(100);
    assertThat(table.render(fleet.view(noonPlus(5))))
        .startsWith("\r1 of 3 nodes")
        .contains("n1    \u001b[32mhealthy\u001b[0m  1/1")
        .contains("n2    \u001b[1;31mfaulty\u001b[0m ")
        .endsWith("\u001b[K\n\u001b[J");
    assertThat(table.render(fleet.view(noonPlus(6)))).startsWith("\u001b[5A\r1 of 3 nodes");
  }

  @Test
  void a_plain_table_writes_a_line_for_each_change_and_none_for_the_passing_of_time() {
    var table = ConsoleTable.plain();
    fleet.hear(NOON, topic("n1"), bytes(healthy(plan, "n1", 1)));
    assertThat(table.render(fleet.view(noonPlus(1)))).isEqualTo("""
            2026-11-22T12:00:01Z n1 healthy, neighbours 1/1, routes finite/installed/kernel 6/6/6, no faults
            2026-11-22T12:00:01Z n2 waiting, neighbours -/2, routes finite/installed/kernel -, no faults
            2026-11-22T12:00:01Z n3 waiting, neighbours -/1, routes finite/installed/kernel -, no faults
            """);
    assertThat(table.render(fleet.view(noonPlus(2)))).isEmpty();
    fleet.hear(
        noonPlus(3),
        topic("n1"),
        bytes(with(healthy(plan, "n1", 2), babelSilent(Duration.ofSeconds(12)))));
    assertThat(table.render(fleet.view(noonPlus(3))))
        .isEqualTo("2026-11-22T12:00:03Z n1 faulty, neighbours 0/1,"
            + " routes finite/installed/kernel 0/0/6, BABEL_SILENT ours\n");
    assertThat(table.render(fleet.view(noonPlus(4)))).isEmpty();
    assertThat(table.render(fleet.view(noonPlus(120)))).contains("n1 late, ");
  }

  private void hearOneHealthyOneFaulty() {
    fleet.hear(NOON, topic("n1"), bytes(healthy(plan, "n1", 1)));
    fleet.hear(
        NOON,
        topic("n2"),
        bytes(with(healthy(plan, "n2", 1), babelSilent(Duration.ofSeconds(12)))));
  }
}
