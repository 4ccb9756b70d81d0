package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Figures;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.node.LaneFigures;
import org.kedge.base.internal.node.Vitals;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.sim.schema.MessageCheck;
import org.kedge.telemetry.internal.json.Json;

/**
 * The snapshot is what its schema says, from the least there can be to the most. What capabilities put into it is checked where
 * it is made.
 */
class SnapshotSchemaTest {
  private static final MessageCheck CHECK = MessageCheck.ofThisBuild();
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Uptime NOW = Uptime.of(Duration.ofSeconds(500));

  /** Sections of others. */
  private static final Set<String> ELSEWHERE =
      Set.of("care", "babel", "billing", "board", "kura", "watchdog", "telemetry", "traffic");

  @TempDir
  Path folder;

  @Test
  void a_node_that_has_just_started_tells_the_least() {
    assertThat(problems(snapshot(Optional.empty()))).isEmpty();
  }

  @Test
  void a_node_without_a_fault_has_empty_lists() {
    var well = new CareReport(NOW, List.of(), List.of(), List.of());
    assertThat(problems(snapshot(Optional.of(well)))).isEmpty();
  }

  @Test
  void a_node_of_which_nothing_can_be_read_says_so() {
    var vitals =
        new Vitals(folder.resolve("proc"), folder.resolve("gone"), () -> Instant.EPOCH, () -> NOW);
    assertThat(problems(snapshot(Optional.empty(), vitals.figures()))).isEmpty();
  }

  @Test
  void a_node_with_faults_of_every_layer_and_blame_tells_every_field_and_no_other()
      throws IOException {
    var vitals = new Vitals(proc(), folder, () -> NOON, () -> NOW).figures();
    var blind = new Vitals(folder.resolve("none"), folder.resolve("gone"), () -> NOON, () -> NOW);
    var lanes = LaneFigures.of(
        List.of(new LaneReading("care", 1, 64, 2, 3, Duration.ofMillis(40), "look")));
    var whole = snapshot(Optional.of(everything()), vitals, lanes);
    assertThat(problems(whole)).isEmpty();
    assertThat(CHECK.missing("", List.of(whole, blind.figures())))
        .filteredOn(path -> !ELSEWHERE.contains(path.replaceAll("[.].*", "")))
        .isEmpty();
  }

  private static CareReport everything() {
    var faults = Arrays.stream(Layer.values())
        .flatMap(layer -> Arrays.stream(Blame.values()).map(blame -> fault(layer, blame)))
        .toList();
    return new CareReport(
        NOW,
        faults,
        List.of(new CareReport.Silenced(faults.get(0), "LINK_DOWN")),
        List.of(new CareReport.Unknown(faults.get(1).kind(), "no probe yet")));
  }

  private static Fault fault(Layer layer, Blame blame) {
    var kind = new FaultKind(
        layer + "_" + blame, layer, Duration.ZERO, Duration.ZERO, Set.of(), false, "Look at it.");
    return new Fault(kind, blame, Uptime.of(Duration.ofSeconds(90)), "no answer for 31 s");
  }

  private static List<String> problems(Figures snapshot) {
    return CHECK.problems("snapshot", new String(Json.of(snapshot), StandardCharsets.UTF_8));
  }

  private Path proc() throws IOException {
    var proc = folder.resolve("proc");
    Files.createDirectories(proc.resolve("self/fd"));
    Files.writeString(proc.resolve("meminfo"), "MemTotal:  513012 kB\nMemAvailable:  201004 kB\n");
    Files.writeString(proc.resolve("self/status"), "VmRSS:\t   65000 kB\n");
    Files.writeString(proc.resolve("self/limits"), "Max open files   1024   524288   files\n");
    return proc;
  }

  private static Figures snapshot(Optional<CareReport> report, Figures... tops) {
    var nowhere = Path.of("/nowhere");
    var node =
        new Node(new NodeId("roof-7"), "0c1f.3", "0c1f-kernel", nowhere, new FolderFlash(nowhere));
    var stamp = new Snapshot.Stamp(
        node,
        42,
        NOON,
        NOW,
        Uptime.of(Duration.ofMillis(39_500)),
        new Snapshot.Versions("0.1.0", "17.0.9", "6.1.0"));
    return Snapshot.of(
        stamp,
        report,
        Arrays.stream(tops).map(figures -> new Snapshot.Section("", figures)).toList());
  }
}
