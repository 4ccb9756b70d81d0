package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Flash;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

class SnapshotTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Uptime NOW = Uptime.of(Duration.ofSeconds(500));
  private static final FaultKind SILENT = kind("BABEL_SILENT", Layer.BABEL);
  private static final FaultKind NO_ROUTES = kind("NO_ROUTES", Layer.BABEL);
  private static final FaultKind DEAF = kind("EXIT_DEAF", Layer.EXIT);

  @Test
  void the_head_names_the_node_the_run_and_the_moment() {
    assertThat(snapshot(Optional.empty()).values())
        .containsExactly(
            entry("schema", "kedge-snapshot"),
            entry("schema_version", 1L),
            entry("node", "roof-7"),
            entry("boot_id", "0c1f.3"),
            entry("kernel_boot_id", "0c1f-kernel"),
            entry("sequence", 42L),
            entry("at", "2026-11-22T12:00:00Z"),
            entry("uptime_seconds", 500.0),
            entry("runtime_uptime_seconds", 460.5),
            entry("state", "starting"),
            entry(
                "versions",
                new Figures(Map.of("kedge", "0.1.0", "java", "17.0.9", "kernel", "6.1.0"))));
  }

  @Test
  void a_node_that_care_has_not_judged_yet_is_starting_and_lists_no_faults() {
    var values = snapshot(Optional.empty()).values();
    assertThat(values).containsEntry("state", "starting");
    assertThat(values).doesNotContainKeys("faults", "silenced", "unknown");
  }

  @Test
  void the_state_is_care_s_in_one_lower_case_word() {
    var unseen = new CareReport.Unknown(DEAF, "no probe yet");
    assertThat(stateOf(report(List.of(), List.of()))).isEqualTo("healthy");
    assertThat(stateOf(report(List.of(), List.of(unseen)))).isEqualTo("unsure");
    assertThat(stateOf(report(List.of(silentFor(Duration.ofSeconds(3))), List.of(unseen))))
        .isEqualTo("faulty");
  }

  @Test
  void a_fault_tells_since_when_what_was_seen_and_what_a_person_can_do() {
    var values = snapshot(
            Optional.of(report(List.of(silentFor(Duration.ofMillis(90_250))), List.of())))
        .values();
    assertThat(values.get("faults"))
        .isEqualTo(List.of(aboutSilent("2026-11-22T11:58:29.750Z", 90.25).build()));
    assertThat(values).containsEntry("silenced", List.of()).containsEntry("unknown", List.of());
  }

  @Test
  void a_silenced_fault_names_its_cause_and_an_unknown_one_why() {
    var silenced = new CareReport.Silenced(silentFor(Duration.ofSeconds(60)), "LINK_DOWN");
    var unknown = new CareReport.Unknown(NO_ROUTES, "unseen: the dump is 40 s old");
    var values = snapshot(
            Optional.of(new CareReport(NOW, List.of(), List.of(silenced), List.of(unknown))))
        .values();
    assertThat(values.get("silenced"))
        .isEqualTo(List.of(
            aboutSilent("2026-11-22T11:59:00Z", 60.0).text("cause", "LINK_DOWN").build()));
    assertThat(values.get("unknown"))
        .isEqualTo(List.of(Figures.builder()
            .text("kind", "NO_ROUTES")
            .text("why", "unseen: the dump is 40 s old")
            .build()));
  }

  @Test
  void a_section_without_a_name_stands_at_the_top_and_one_with_a_name_below_it() {
    var top = Figures.builder().bytes("memory_free", new Bytes(4096)).build();
    var babel = Figures.builder().count("routes", 3).build();
    var values = snapshot(
            Optional.empty(), new Snapshot.Section("", top), new Snapshot.Section("babel", babel))
        .values();
    assertThat(values).containsEntry("memory_free_bytes", 4096L).containsEntry("babel", babel);
  }

  @Test
  void two_sections_of_one_name_are_a_bug_and_not_a_loss() {
    var babel = new Snapshot.Section("babel", Figures.builder().build());
    assertThatThrownBy(() -> snapshot(Optional.empty(), babel, babel))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("babel");
  }

  @Test
  void the_name_of_every_number_ends_in_its_unit() {
    var fault = silentFor(Duration.ofSeconds(5));
    var everything = snapshot(Optional.of(new CareReport(
        NOW,
        List.of(fault),
        List.of(new CareReport.Silenced(fault, "LINK_DOWN")),
        List.of(new CareReport.Unknown(DEAF, "no probe yet")))));
    assertThat(namesOfNumbers(everything)).contains("uptime_seconds", "lasting_seconds");
    // A version and a position in a row have no unit.
    assertThat(namesOfNumbers(everything))
        .filteredOn(name -> !Set.of("schema_version", "sequence").contains(name))
        .allMatch(name -> name.matches(".*_(count|bytes|seconds|milliseconds|percent)"));
  }

  private static List<String> namesOfNumbers(Figures figures) {
    var names = new ArrayList<String>();
    figures.values().forEach((name, value) -> {
      if (value instanceof Number) {
        names.add(name);
      } else if (value instanceof Figures inner) {
        names.addAll(namesOfNumbers(inner));
      } else if (value instanceof List<?> list) {
        list.forEach(element -> names.addAll(namesOfNumbers((Figures) element)));
      }
    });
    return names;
  }

  private static Object stateOf(CareReport report) {
    return snapshot(Optional.of(report)).values().getOrDefault("state", "none");
  }

  private static Figures.Builder aboutSilent(String since, double lasting) {
    return Figures.builder()
        .text("kind", "BABEL_SILENT")
        .text("layer", "babel")
        .text("blame", "ours")
        .text("since", since)
        .seconds("lasting", Duration.ofMillis((long) (lasting * 1000)))
        .text("evidence", "no answer for 31 s")
        .text("advice", "Look at babeld's log.");
  }

  private static Fault silentFor(Duration lasting) {
    return new Fault(
        SILENT, Blame.OURS, new Uptime(NOW.nanos() - lasting.toNanos()), "no answer for 31 s");
  }

  private static CareReport report(List<Fault> faults, List<CareReport.Unknown> unknown) {
    return new CareReport(NOW, faults, List.of(), unknown);
  }

  private static FaultKind kind(String name, Layer layer) {
    return new FaultKind(
        name,
        layer,
        Duration.ZERO,
        Duration.ofSeconds(15),
        Set.of(),
        false,
        "Look at babeld's log.");
  }

  private static Figures snapshot(Optional<CareReport> report, Snapshot.Section... sections) {
    Flash none = new FolderFlash(Path.of("/nowhere"));
    var node = new Node(new NodeId("roof-7"), "0c1f.3", "0c1f-kernel", Path.of("/nowhere"), none);
    var stamp = new Snapshot.Stamp(
        node,
        42,
        NOON,
        NOW,
        Uptime.of(Duration.ofMillis(39_500)),
        new Snapshot.Versions("0.1.0", "17.0.9", "6.1.0"));
    return Snapshot.of(stamp, report, List.of(sections));
  }
}
