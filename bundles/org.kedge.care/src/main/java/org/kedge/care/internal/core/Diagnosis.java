package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Reading;

/**
 * Readings in, faults out. Immutable: each look gives the next diagnosis. A fault is reported once readings have said so for its
 * kind's patience, and ends once they have denied it for {@link #CALM}. What is unseen or stale neither raises nor ends anything.
 */
public final class Diagnosis {
  /** A fault that comes and goes within this time stays one fault. */
  static final Duration CALM = Duration.ofSeconds(3);

  private final Map<String, Track> tracks;
  private final CareReport report;
  private final Set<String> watched;
  private final Set<String> well;
  private final Set<String> wrong;

  /** One kind of fault over time; {@code raised} once reported. */
  private record Track(
      Reading.Wrong latest, Uptime since, Optional<Uptime> wellSince, boolean raised) {
    /** Reported, or still within its patience: never reported and no longer seen explains nothing. */
    private boolean explains(Uptime now) {
      return raised || now.since(since).compareTo(latest.kind().patience()) < 0;
    }

    private Fault fault() {
      return new Fault(latest.kind(), latest.blame(), since, latest.evidence());
    }
  }

  private Diagnosis(
      Map<String, Track> tracks,
      CareReport report,
      Set<String> watched,
      Set<String> well,
      Set<String> wrong) {
    this.tracks = tracks;
    this.report = report;
    this.watched = Set.copyOf(watched);
    this.well = Set.copyOf(well);
    this.wrong = Set.copyOf(wrong);
  }

  public static Diagnosis begin(Uptime now) {
    return new Diagnosis(
        Map.of(),
        new CareReport(now, List.of(), List.of(), List.of()),
        Set.of(),
        Set.of(),
        Set.of());
  }

  /** Kinds that the latest look had a reading of, whatever it said. */
  public Set<String> watched() {
    return watched;
  }

  /** Kinds that the latest look saw, fresh, and found well. */
  public Set<String> well() {
    return well;
  }

  /** Kinds that the latest look saw, fresh, and found wrong. */
  public Set<String> wrong() {
    return wrong;
  }

  public CareReport report() {
    return report;
  }

  /**
   * The diagnosis after a look.
   *
   * @param readings one per kind of fault that is watched now; a kind left out is forgotten
   */
  public Diagnosis look(List<Reading> readings, Uptime now) {
    var next = new LinkedHashMap<String, Track>();
    var unknown = new ArrayList<CareReport.Unknown>();
    var seen = new HashSet<String>();
    var good = new HashSet<String>();
    var bad = new HashSet<String>();
    for (var reading : readings) {
      var kind = reading.kind();
      seen.add(kind.name());
      var before = Optional.ofNullable(tracks.get(kind.name()));
      var age = now.since(reading.at());
      var after = before;
      if (reading instanceof Reading.Unseen unseen) {
        unknown.add(new CareReport.Unknown(kind, unseen.why()));
      } else if (age.compareTo(kind.freshFor()) > 0) {
        unknown.add(new CareReport.Unknown(kind, "last seen " + age.toSeconds() + " s ago"));
      } else if (reading instanceof Reading.Wrong wrong) {
        bad.add(kind.name());
        after = Optional.of(wrong(before, wrong, now));
      } else {
        good.add(kind.name());
        after = before.flatMap(track -> well(track, now));
      }
      after.ifPresent(track -> next.put(kind.name(), track));
    }
    return new Diagnosis(next, judge(next, unknown, now), seen, good, bad);
  }

  private static Track wrong(Optional<Track> before, Reading.Wrong wrong, Uptime now) {
    var since = before.map(Track::since).orElse(wrong.at());
    var raised = before.map(Track::raised).orElse(false)
        || now.since(since).compareTo(wrong.kind().patience()) >= 0;
    return new Track(wrong, since, Optional.empty(), raised);
  }

  private static Optional<Track> well(Track track, Uptime now) {
    var wellSince = track.wellSince().orElse(now);
    // What was never reported ends at the first good look; what was is given time to stay well.
    var over = !track.raised() || now.since(wellSince).compareTo(CALM) >= 0;
    return over
        ? Optional.empty()
        : Optional.of(new Track(track.latest(), track.since(), Optional.of(wellSince), true));
  }

  private static CareReport judge(
      Map<String, Track> tracks, List<CareReport.Unknown> unknown, Uptime now) {
    var faults = new ArrayList<Fault>();
    var silenced = new ArrayList<CareReport.Silenced>();
    for (var track : tracks.values()) {
      if (!track.raised()) {
        continue;
      }
      var cause = cause(track.latest().kind(), tracks, now);
      if (cause.isPresent()) {
        silenced.add(new CareReport.Silenced(track.fault(), cause.get()));
      } else {
        faults.add(track.fault());
      }
    }
    faults.sort(Comparator.comparing(fault -> fault.kind().layer()));
    var unexplained = unknown.stream()
        .filter(one -> explaining(one.kind(), tracks, now).isEmpty())
        .toList();
    return new CareReport(now, faults, silenced, unexplained);
  }

  /** What explains this kind of fault, followed to the root. Causes in a circle do not explain each other away. */
  private static Optional<String> cause(FaultKind kind, Map<String, Track> tracks, Uptime now) {
    return explaining(kind, tracks, now).stream()
        .filter(root -> explaining(root, tracks, now).isEmpty())
        .min(Comparator.comparing(FaultKind::layer).thenComparing(FaultKind::name))
        .map(FaultKind::name);
  }

  /**
   * All causes that explain this kind, near and far. A cause still within its patience silences too: its consequence is often
   * seen first.
   */
  private static Set<FaultKind> explaining(FaultKind kind, Map<String, Track> tracks, Uptime now) {
    var reached = new LinkedHashSet<FaultKind>();
    var found = new LinkedHashSet<FaultKind>();
    var todo = new ArrayDeque<FaultKind>(List.of(kind));
    while (!todo.isEmpty()) {
      var next = todo.remove();
      for (var track : tracks.values()) {
        var cause = track.latest().kind();
        if (next.causes().contains(cause.name()) && reached.add(cause)) {
          todo.add(cause);
          if (track.explains(now)) {
            found.add(cause);
          }
        }
      }
    }
    return found;
  }
}
