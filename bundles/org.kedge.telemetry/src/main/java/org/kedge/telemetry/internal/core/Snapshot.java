package org.kedge.telemetry.internal.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Node;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;

/** The whole state of a node at one moment, as figures: what is published and what the node shows by itself. */
public final class Snapshot {
  /** Grows when a reader written for the old one would misread the new; mere additions leave it. */
  public static final int SCHEMA_VERSION = 1;

  private Snapshot() {}

  /**
   * Which snapshot it is.
   *
   * @param sequence from 1, one more with each; a reader drops repeats by node, boot id and sequence
   * @param runtimeStarted when this run of the runtime began
   */
  public record Stamp(
      Node node,
      long sequence,
      Instant wallClock,
      Uptime now,
      Uptime runtimeStarted,
      Versions versions) {}

  public record Versions(String kedge, String java, String kernel) {}

  /** One section and its figures; a section without a name stands at the top. */
  public record Section(String name, Figures figures) {}

  /** @param report empty before care's first look */
  public static Figures of(Stamp stamp, Optional<CareReport> report, List<Section> sections) {
    var figures = head("kedge-snapshot", SCHEMA_VERSION, stamp)
        .text("at", stamp.wallClock().toString())
        .seconds("uptime", uptime(stamp))
        .seconds("runtime_uptime", stamp.now().since(stamp.runtimeStarted()))
        .text("state", state(report))
        .section(
            "versions",
            Figures.builder()
                .text("kedge", stamp.versions().kedge())
                .text("java", stamp.versions().java())
                .text("kernel", stamp.versions().kernel())
                .build());
    report.ifPresent(judged -> judged(figures, judged, stamp));
    for (var section : sections) {
      if (section.name().isEmpty()) {
        figures.all(section.figures());
      } else {
        figures.section(section.name(), section.figures());
      }
    }
    return figures.build();
  }

  /** What care found, alone. */
  public static Figures faults(Stamp stamp, CareReport report) {
    var figures = Figures.builder()
        .text("schema", "kedge-faults")
        .number("schema_version", SCHEMA_VERSION)
        .text("node", stamp.node().id().value())
        .text("at", stamp.wallClock().toString())
        .text("state", state(Optional.of(report)));
    judged(figures, report, stamp);
    return figures.build();
  }

  private static void judged(Figures.Builder figures, CareReport report, Stamp stamp) {
    figures
        .list(
            "faults",
            report.faults().stream().map(fault -> fault(fault, stamp).build()).toList())
        .list(
            "silenced",
            report.silenced().stream().map(one -> silenced(one, stamp)).toList())
        .list("unknown", report.unknown().stream().map(Snapshot::unknown).toList());
  }

  /** What every message begins with. */
  static Figures.Builder head(String schema, int version, Stamp stamp) {
    return Figures.builder()
        .text("schema", schema)
        .number("schema_version", version)
        .text("node", stamp.node().id().value())
        .text("boot_id", stamp.node().bootId())
        .text("kernel_boot_id", stamp.node().kernelBootId())
        .number("sequence", stamp.sequence());
  }

  static Duration uptime(Stamp stamp) {
    return Duration.ofNanos(stamp.now().nanos());
  }

  private static String state(Optional<CareReport> report) {
    return report.map(judged -> judged.state().name().toLowerCase(Locale.ROOT)).orElse("starting");
  }

  private static Figures.Builder fault(Fault fault, Stamp stamp) {
    var lasting = fault.lasting(stamp.now());
    return Figures.builder()
        .text("kind", fault.kind().name())
        .text("layer", fault.kind().layer().name().toLowerCase(Locale.ROOT))
        .text("blame", fault.blame().words())
        .text("since", stamp.wallClock().minus(lasting).toString())
        .seconds("lasting", lasting)
        .text("evidence", fault.evidence())
        .text("advice", fault.kind().advice());
  }

  private static Figures silenced(CareReport.Silenced one, Stamp stamp) {
    return fault(one.fault(), stamp).text("cause", one.cause()).build();
  }

  private static Figures unknown(CareReport.Unknown one) {
    return Figures.builder()
        .text("kind", one.kind().name())
        .text("why", one.why())
        .build();
  }
}
