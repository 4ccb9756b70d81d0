package org.kedge.telemetry.internal.loop;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Lane;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareWatch;
import org.kedge.telemetry.internal.core.DayJournal;
import org.kedge.telemetry.internal.core.History;
import org.kedge.telemetry.internal.json.HistoryJson;

/** Keeps the last day for the node's own page. */
public final class LastDay {
  /** Later than the start of the bundles whose figures are kept. */
  private static final Duration FIRST = Duration.ofSeconds(3);

  private final NodeId node;
  private final UptimeSource uptime;
  private final InstantSource wallClock;
  private final Supplier<Figures> status;
  private final Supplier<Optional<CareWatch>> care;
  private final History history = new History();
  private final DayJournal journal = new DayJournal();

  /** @param status the snapshot of this moment; on the lane */
  public LastDay(
      NodeId node,
      UptimeSource uptime,
      InstantSource wallClock,
      Supplier<Figures> status,
      Supplier<Optional<CareWatch>> care) {
    this.node = node;
    this.uptime = uptime;
    this.wallClock = wallClock;
    this.status = status;
    this.care = care;
  }

  /** Keeps a point each minute until the lane is closed. */
  public void begin(Lane lane) {
    lane.after(
        FIRST,
        "begin the last day",
        () -> lane.every(
            History.PERIOD,
            "keep a point of the last day",
            () -> history.note(uptime.now(), status.get())));
  }

  /** Care has written something: it keeps the latest few entries, here they are kept for a day. Any thread. */
  public void careChanged() {
    care.get().ifPresent(watch -> journal.note(watch.journal()));
  }

  /** All of it. Any thread. */
  public byte[] json() {
    careChanged();
    var now = wallClock.instant();
    return HistoryJson.of(node, now, uptime.now(), history.points(), journal.entries(now));
  }
}
