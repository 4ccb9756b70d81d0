package org.kedge.babel.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessState;
import org.kedge.babel.internal.core.ProcessView;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.core.Sights;
import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.babel.internal.supervisor.BabelSupervisor;
import org.kedge.base.api.Checked;
import org.kedge.base.api.Figures;
import org.kedge.base.api.SettingsSchema;
import org.kedge.sim.schema.MessageCheck;

class BabelFiguresTest {
  private static final MessageCheck SCHEMA = MessageCheck.ofThisBuild();

  private static final BabelSettings SETTINGS = ((Checked.Accepted<BabelSettings>)
          BabelSettings.read(SettingsSchema.of(BabelSettings.class, BabelComponent.PID), Map.of()))
      .value();

  /** Babel's costs have no unit, and a process id is a name. */
  private static final Set<String> UNITLESS =
      Set.of("cost", "receive_cost", "transmit_cost", "pid");

  @Test
  void every_numbers_name_ends_in_its_unit() {
    var numbers = new ArrayList<String>();
    collect(of(Sights.diamond().sight()), numbers);
    assertThat(numbers)
        .hasSizeGreaterThan(20)
        .allMatch(name -> UNITLESS.contains(name)
            || name.matches(".*_(count|bytes|seconds|milliseconds|percent)"));
  }

  @Test
  void every_figure_is_described_in_the_schema_and_every_described_one_is_told() {
    var told = List.of(
        of(Sights.diamond().sight()),
        of(Sight.nothing(List.of())),
        of(Sights.line()
            .withNeighbours(
                "n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 96 cost 96 rtt 1.250")
            .sight()),
        of(Sights.line().withDead("ended by signal 9").sight()),
        of(Sights.line().withProcess(new ProcessLook.Unseen("no pid file")).sight()),
        of(Sights.line()
            .failing(3, Duration.ofSeconds(5), "no greeting within 1000 ms")
            .withDeafExit()
            .sight()));
    assertThat(told)
        .allSatisfy(figures -> assertThat(SCHEMA.problems("babel", figures)).isEmpty());
    assertThat(SCHEMA.missing("babel", told)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void every_state_of_a_process_has_its_word_in_the_schema(ProcessState state) {
    var view = new ProcessView(
        4242,
        state,
        Duration.ZERO,
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        "babeld to2");
    assertThat(SCHEMA.problems(
            "babel", of(Sights.line().withProcess(new ProcessLook.Alive(view)).sight())))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void every_run_mode_has_its_word_in_the_schema(BabelSettings.Mode mode) {
    var schema = SettingsSchema.of(BabelSettings.class, BabelComponent.PID);
    var settings = ((Checked.Accepted<BabelSettings>) BabelSettings.read(
            schema, Map.of("run.mode", mode.name().toLowerCase(Locale.ROOT), "interfaces", "to2")))
        .value();
    assertThat(settings.mode()).isEqualTo(mode);
    assertThat(SCHEMA.problems(
            "babel", BabelFigures.of(settings, state(Sights.line().sight()), Sights.NOW)))
        .isEmpty();
  }

  @Test
  void a_whole_sight_is_told_whole() {
    var figures = of(Sights.diamond().sight()).values();
    assertThat(figures)
        .containsOnlyKeys(
            "run_mode",
            "version",
            "socket",
            "malformed_lines_count",
            "malformed_first",
            "answer_milliseconds",
            "table_age_seconds",
            "interfaces",
            "neighbours_count",
            "neighbours",
            "routes_count",
            "routes_installed_count",
            "routes_finite_count",
            "routes_exported_count",
            "routes_kernel_count",
            "routes_unreachable_count",
            "routes_missing_count",
            "routes_stale_count",
            "process",
            "exit",
            "beyond")
        .containsEntry("run_mode", "service")
        .containsEntry("version", "babeld-1.12.1")
        .containsEntry("socket", "connected")
        .containsEntry("malformed_lines_count", 3L)
        .containsEntry("malformed_first", "add rubbish")
        .containsEntry("answer_milliseconds", 6.0)
        .containsEntry("table_age_seconds", 1.0)
        .containsEntry("neighbours_count", 2L)
        .containsEntry("routes_count", 4L)
        .containsEntry("routes_installed_count", 3L)
        .containsEntry("routes_finite_count", 3L)
        .containsEntry("routes_exported_count", 1L)
        .containsEntry("routes_kernel_count", 3L)
        .containsEntry("routes_unreachable_count", 0L)
        .containsEntry("routes_missing_count", 0L)
        .containsEntry("routes_stale_count", 0L);
    assertThat(section(figures, "process"))
        .isEqualTo(Map.of(
            "pid",
            4242L,
            "state",
            "sleeping",
            "descriptors_used_count",
            7L,
            "descriptors_limit_count",
            1024L,
            "cpu_percent",
            0.4,
            "processor_wait_percent",
            0.2,
            "socket_clients_count",
            1L));
    assertThat(section(figures, "exit"))
        .isEqualTo(Map.of(
            "address", Sights.EXIT, "answers", true, "misses_count", 0L, "rtt_milliseconds", 31.0));
    assertThat(listed(figures, "interfaces").get(0).values())
        .isEqualTo(Map.of("name", "to2", "up", true, "addresses", List.of("fe80::1")));
    assertThat(listed(figures, "neighbours").get(1).values())
        .isEqualTo(Map.of(
            "address",
            "fe80::3",
            "interface",
            "to3",
            "cost",
            96L,
            "receive_cost",
            96L,
            "transmit_cost",
            96L,
            "reach",
            "fffc",
            "heard",
            true));
  }

  @Test
  void what_was_not_seen_is_left_out() {
    assertThat(of(Sight.nothing(List.of())).values())
        .containsOnlyKeys(
            "run_mode",
            "version",
            "socket",
            "malformed_lines_count",
            "malformed_first",
            "answer_milliseconds")
        .containsEntry("socket", "connecting");
  }

  @Test
  void a_crowd_of_neighbours_is_counted_and_64_of_them_are_listed() {
    var lines = new ArrayList<String>();
    for (var i = 0; i < 300; i++) {
      lines.add("n" + i + " address fe80::" + Integer.toHexString(i + 2)
          + " if to2 reach ffff rxcost 96 txcost 96 cost 96 rtt 1.250");
    }
    var figures =
        of(Sights.line().withNeighbours(lines.toArray(String[]::new)).sight()).values();
    assertThat(figures).containsEntry("neighbours_count", 300L);
    assertThat(listed(figures, "neighbours"))
        .hasSize(64)
        .allMatch(one -> one.values().entrySet().contains(Map.entry("rtt_milliseconds", 1.25)));
  }

  @Test
  void a_process_that_is_gone_or_unseen_is_told_in_words() {
    assertThat(section(of(Sights.line().withDead("ended by signal 9").sight()).values(), "process"))
        .isEqualTo(Map.of("state", "gone", "end", "ended by signal 9"));
    assertThat(section(
            of(Sights.line().withProcess(new ProcessLook.Unseen("no pid file")).sight())
                .values(),
            "process"))
        .isEqualTo(Map.of("state", "unseen", "why", "no pid file"));
  }

  @Test
  void a_socket_that_fails_says_how_and_a_deaf_exit_that_it_does_not_answer() {
    var figures = of(Sights.line()
            .failing(3, Duration.ofSeconds(5), "no greeting within 1000 ms")
            .withDeafExit()
            .sight())
        .values();
    assertThat(figures).containsEntry("socket", "no greeting within 1000 ms");
    assertThat(section(figures, "exit"))
        .containsEntry("answers", false)
        .containsEntry("misses_count", 3L);
  }

  private static Figures of(Sight sight) {
    return BabelFigures.of(SETTINGS, state(sight), Sights.NOW);
  }

  private static BabelSupervisor.State state(Sight sight) {
    return new BabelSupervisor.State(
        sight, List.of(), "babeld-1.12.1", Duration.ofMillis(6), 3, Optional.of("add rubbish"));
  }

  private static void collect(Figures figures, List<String> numbers) {
    figures.values().forEach((name, value) -> {
      if (value instanceof Number) {
        numbers.add(name);
      } else if (value instanceof Figures inner) {
        collect(inner, numbers);
      } else if (value instanceof List<?> list) {
        for (var one : list) {
          if (one instanceof Figures inner) {
            collect(inner, numbers);
          }
        }
      }
    });
  }

  private static Map<String, Object> section(Map<String, Object> figures, String name) {
    return ((Figures) figures.getOrDefault(name, Figures.builder().build())).values();
  }

  private static List<Figures> listed(Map<String, Object> figures, String name) {
    return ((List<?>) figures.getOrDefault(name, List.of()))
        .stream().map(Figures.class::cast).toList();
  }
}
