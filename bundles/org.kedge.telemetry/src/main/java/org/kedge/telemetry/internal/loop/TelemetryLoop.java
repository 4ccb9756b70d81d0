package org.kedge.telemetry.internal.loop;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Start;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.core.Event;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.core.Snapshot;
import org.kedge.telemetry.internal.core.SnapshotClock;
import org.kedge.telemetry.internal.core.State;
import org.kedge.telemetry.internal.json.Json;
import org.kedge.telemetry.internal.outbox.Courier;
import org.kedge.telemetry.internal.outbox.Outbox;
import org.kedge.telemetry.internal.outbox.OutboxShelf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of telemetry but its services and settings: takes snapshots, tells events once each, and has the courier bring both to the
 * broker. Everything runs on the lane unless it says otherwise.
 */
public final class TelemetryLoop {
  private static final Logger LOG = LoggerFactory.getLogger("org.kedge.telemetry");
  private static final Duration OPEN_LIMIT = Duration.ofSeconds(30);

  private final Lane lane;
  private final World world;
  private final DoubleSupplier chance;
  private final Uptime started;
  private final OutboxShelf shelf;
  private Optional<Wanted> wanted = Optional.empty();
  private Optional<Courier> courier = Optional.empty();
  private Optional<SnapshotClock> clock = Optional.empty();
  private final Set<String> repeated = ConcurrentHashMap.newKeySet();
  private volatile Supplier<Optional<Figures>> outboxFigures = Optional::empty;
  private Optional<Presence> presence = Optional.empty();
  private List<String> lacking = List.of();
  private long newsTold;
  private boolean stopped;

  /**
   * What telemetry tells of; its sources may be asked from any thread.
   *
   * @param care empty while it is not there
   */
  public record World(
      Node node,
      Start start,
      Snapshot.Versions versions,
      UptimeSource uptime,
      InstantSource wallClock,
      Supplier<Optional<CareWatch>> care,
      SettingsNews news,
      Supplier<List<Gauge>> gauges) {}

  private record Wanted(Outbox.Limits limits, Duration period, Optional<Uplink> uplink) {}

  /** @param chance from 0 to 1 */
  public TelemetryLoop(Lane lane, World world, DoubleSupplier chance) {
    this.lane = lane;
    this.world = world;
    this.chance = chance;
    started = world.uptime().now();
    shelf = new OutboxShelf(world.node().flash());
  }

  // --- what is set ---

  /** Begins, or goes on with other bounds; what was taken last counts. Any thread. */
  public void take(Outbox.Limits limits, Duration period, Optional<Uplink> uplink) {
    lane.after(Duration.ZERO, "take settings", () -> {
      lane.promise(period.plusSeconds(1));
      var isFirst = wanted.isEmpty();
      wanted = Optional.of(new Wanted(limits, period, uplink));
      if (isFirst) {
        lane.aside(
            "open the outbox",
            OPEN_LIMIT,
            shelf::open,
            opened -> wanted.ifPresent(newest -> begin(opened, newest)));
      }
      courier.ifPresent(present -> {
        present.limit(limits);
        clock.ifPresent(ticking -> ticking.period(period));
        present.use(uplink);
      });
    });
  }

  private void begin(Lane.Outcome<OutboxShelf.Opened> opened, Wanted newest) {
    if (stopped) {
      return;
    }
    Optional<OutboxShelf.Opened> found = Optional.empty();
    if (opened instanceof Lane.Outcome.Done<OutboxShelf.Opened> done) {
      found = Optional.of(done.value());
    } else {
      LOG.error(
          "The outbox cannot be opened ({}); messages wait in memory only until Kedge starts again. Look at the flash.",
          opened instanceof Lane.Outcome.Failed<OutboxShelf.Opened> failed
              ? failed.cause().toString()
              : "no end within " + OPEN_LIMIT.toSeconds() + " s");
    }
    var made = new Courier(
        lane,
        shelf,
        found,
        newest.limits(),
        world.node().bootId(),
        world.uptime(),
        chance,
        this::presence,
        new CourierLog());
    courier = Optional.of(made);
    outboxFigures = () -> Optional.of(made.figures());
    clock =
        Optional.of(new SnapshotClock(lane, world.uptime(), newest.period(), this::tellSnapshot));
    made.use(newest.uplink());
    tellEvents();
    clock.get().soon();
  }

  /**
   * Ends, after writing what waits; the uplink is for its owner to close.
   *
   * @param ended run on the lane once that is done
   */
  public void stop(Runnable ended) {
    stopped = true;
    clock.ifPresent(SnapshotClock::stop);
    courier.ifPresentOrElse(present -> present.stop(ended), ended);
  }

  // --- what happens ---

  /** Care's report or journal has changed. Any thread. */
  public void careChanged() {
    lane.post("care has news", () -> {
      tellEvents();
      clock.ifPresent(SnapshotClock::soon);
      courier.ifPresent(Courier::presenceChanged);
    });
  }

  /** Settings have changed or were refused. Any thread. */
  public void settingsChanged() {
    lane.post("settings have news", this::tellEvents);
  }

  private void tellEvents() {
    if (stopped) {
      return;
    }
    courier.ifPresent(to -> {
      var care = world.care().get();
      var report = care.flatMap(CareWatch::latest);
      var journal = care.map(CareWatch::journal).orElse(CareJournal.NONE);
      for (var entry : Event.untold(journal, to.told(), world.node().bootId())) {
        var sequence = to.nextSequence();
        to.put(
            Kind.EVENT,
            sequence,
            entry.number(),
            Json.of(Event.of(stamp(sequence), entry, report, start(journal, entry))));
      }
      for (var item : world.news().after(newsTold)) {
        newsTold = item.number();
        var sequence = to.nextSequence();
        to.put(Kind.EVENT, sequence, 0, Json.of(Event.of(stamp(sequence), item)));
      }
    });
  }

  /** Why this run began; an entry of an earlier run is about another start. */
  private Optional<Start> start(CareJournal journal, CareJournal.Entry entry) {
    return entry.number() > journal.before() ? Optional.of(world.start()) : Optional.empty();
  }

  private void tellSnapshot() {
    // Care's word of news may have found the lane's queue full.
    tellEvents();
    courier.ifPresent(to -> {
      var sequence = to.nextSequence();
      to.put(Kind.SNAPSHOT, sequence, 0, Json.of(snapshot(sequence)));
      lane.beat();
    });
  }

  // --- what is told ---

  /** The newest state, as a snapshot that is not published and so has the number 0. Any thread. */
  public Figures status() {
    return snapshot(0);
  }

  /** What care found, as a snapshot tells it; empty before care's first look. Any thread. */
  public Optional<Figures> faults() {
    return world
        .care()
        .get()
        .flatMap(CareWatch::latest)
        .map(report -> Snapshot.faults(stamp(0), report));
  }

  private Figures snapshot(long sequence) {
    var sections = new ArrayList<Snapshot.Section>();
    outboxFigures
        .get()
        .ifPresent(figures -> sections.add(new Snapshot.Section("telemetry", figures)));
    // What was left behind by a run of a bundle before is the older one.
    var newestFirst = new ArrayList<>(world.gauges().get());
    Collections.reverse(newestFirst);
    var names = new HashSet<String>();
    for (var gauge : newestFirst) {
      section(gauge).filter(found -> isFirst(found, names)).ifPresent(sections::add);
    }
    sections.sort(Comparator.comparing(Snapshot.Section::name));
    Optional<CareReport> report = world.care().get().flatMap(CareWatch::latest);
    return Snapshot.of(stamp(sequence), report, sections);
  }

  /** One name told twice must not cost the whole snapshot. */
  private boolean isFirst(Snapshot.Section section, Set<String> names) {
    var own =
        section.name().isEmpty() ? section.figures().values().keySet() : Set.of(section.name());
    if (Collections.disjoint(names, own)) {
      names.addAll(own);
      return true;
    }
    if (repeated.addAll(own)) {
      LOG.error("Figures {} are told by two gauges; the newer ones count.", own);
    }
    return false;
  }

  private Snapshot.Stamp stamp(long sequence) {
    return new Snapshot.Stamp(
        world.node(),
        sequence,
        world.wallClock().instant(),
        world.uptime().now(),
        started,
        world.versions());
  }

  private static Optional<Snapshot.Section> section(Gauge gauge) {
    try {
      return Optional.of(new Snapshot.Section(gauge.section(), gauge.figures()));
    } catch (RuntimeException e) {
      LOG.error(
          "Gauge '{}' failed; its section is missing from this snapshot.", gauge.section(), e);
      return Optional.empty();
    }
  }

  private Presence presence() {
    var lacks = new ArrayList<String>();
    if (courier.isPresent() && !courier.get().isDurable()) {
      lacks.add("flash cannot be written, messages wait in memory only");
    }
    if (world.care().get().isEmpty()) {
      lacks.add("care is not there, nobody looks for faults");
    }
    if (world.start().isReduced()) {
      lacks.add(
          world.start().unsettled()
              + " starts in a row did not settle, so what is not needed for forwarding and remote reach began late");
    }
    if (presence.isEmpty() || !lacks.equals(lacking)) {
      lacking = lacks;
      presence = Optional.of(new Presence(
          Json.of(State.connected(world.node(), lacks)), Json.of(State.offline(world.node()))));
    }
    return presence.get();
  }

  private static final class CourierLog implements Courier.Diary {
    private String told = "";

    @Override
    public void connected(String uplink, int waiting) {
      LOG.info("Connected to the broker by {}; {} messages wait.", uplink, waiting);
    }

    @Override
    public void lost(String uplink, String why, int failures, Duration pause) {
      // The same with other figures in it, such as what the clock says, is no news.
      var reason = why.replaceAll("\\d+", "");
      if (failures == 1 || !reason.equals(told)) {
        told = reason;
        LOG.warn(
            "No connection to the broker by {}: {}. Messages wait on flash; tried again with growing pauses.",
            uplink,
            why);
      } else {
        LOG.debug(
            "No connection to the broker by {}: {}; next try in {} ms.",
            uplink,
            why,
            pause.toMillis());
      }
    }

    @Override
    public void flash(Optional<String> why) {
      why.ifPresentOrElse(
          reason -> LOG.warn(
              "The outbox cannot be written ({}); messages wait in memory. Look at the flash: full, read-only or worn out.",
              reason),
          () -> LOG.info("The outbox is written to flash again."));
    }
  }
}
