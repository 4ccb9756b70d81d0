package org.kedge.telemetry.internal.core;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kedge.base.api.Figures;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Start;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;

/** Something that happened on the node, as figures: told once, beside the snapshots, under the same identifiers. */
public final class Event {
  public static final int SCHEMA_VERSION = 1;

  private Event() {}

  /**
   * Entries of care's journal that have not been told yet, oldest first. A run that was killed may have lost its last entries
   * after they were told; their numbers come again in this run and are not taken for them.
   *
   * @param bootId of this run
   */
  public static List<CareJournal.Entry> untold(CareJournal journal, Told told, String bootId) {
    var toldOfThisRun = told.bootId().equals(bootId) ? told.number() : 0;
    return journal.entries().stream()
        .filter(entry ->
            entry.number() > (entry.number() > journal.before() ? toldOfThisRun : told.number()))
        .toList();
  }

  /**
   * @param report the latest, for what the journal does not hold of a fault that still stands
   * @param start the start that a boot is about; empty where it is of an earlier run, of which no more is known
   */
  public static Figures of(
      Snapshot.Stamp stamp,
      CareJournal.Entry entry,
      Optional<CareReport> report,
      Optional<Start> start) {
    var figures = head(stamp, entry.at(), name(entry.topic()))
        .number("journal", entry.number())
        .text("fault", entry.fault())
        .text("remedy", entry.remedy());
    if (entry.topic() == CareJournal.Topic.FOUND) {
      standing(entry, report)
          .ifPresent(fault -> figures
              .text("layer", fault.kind().layer().name().toLowerCase(Locale.ROOT))
              .text("blame", fault.blame().words())
              .text("evidence", fault.evidence())
              .text("advice", fault.kind().advice()));
    } else if (entry.topic() == CareJournal.Topic.BOOT) {
      figures
          .text(
              "cause",
              start
                  .map(known -> known.cause().name().toLowerCase(Locale.ROOT))
                  .orElse(entry.remedy().isPresent() ? "remedy" : "unknown"))
          .text("evidence", start.map(Start::evidence));
    }
    return figures.text("words", entry.words()).build();
  }

  private static Optional<Fault> standing(CareJournal.Entry entry, Optional<CareReport> report) {
    return report.stream()
        .flatMap(judged -> judged.faults().stream())
        .filter(fault -> entry.fault().equals(Optional.of(fault.kind().name())))
        .findFirst();
  }

  public static Figures of(Snapshot.Stamp stamp, SettingsNews.Item item) {
    return head(
            stamp, stamp.wallClock(), item.isRefused() ? "settings-refused" : "settings-changed")
        .text("component", item.pid())
        .text("words", String.join("; ", item.words()))
        .build();
  }

  private static Figures.Builder head(Snapshot.Stamp stamp, Instant at, String event) {
    return Snapshot.head("kedge-event", SCHEMA_VERSION, stamp)
        .text("at", at.toString())
        .seconds("uptime", Snapshot.uptime(stamp))
        .text("event", event);
  }

  private static String name(CareJournal.Topic topic) {
    return switch (topic) {
      case BOOT -> "boot";
      case LADDER -> "ladder";
      case PAUSE -> "pause";
      case FOUND -> "fault-raised";
      case OVER -> "fault-cleared";
      case ORDERED -> "remedy-ordered";
      case DONE -> "remedy-done";
      case HELPED -> "remedy-helped";
      case NOT_HELPED -> "remedy-not-helped";
      case HELD -> "remedies-held";
      case REST -> "ladder-rests";
      case AGAIN -> "ladder-climbed-again";
    };
  }
}
