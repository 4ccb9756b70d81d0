package org.kedge.care.internal.loop;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Flash;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareControl;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Fault;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.care.internal.core.Diagnosis;
import org.kedge.care.internal.core.LadderInForce;
import org.kedge.care.internal.core.LadderText;
import org.kedge.care.internal.core.Recovery;
import org.kedge.care.internal.core.RecoveryMemory;
import org.kedge.care.internal.core.RecoveryMemory.Entry;
import org.kedge.care.internal.core.RecoveryMemory.Order;
import org.kedge.care.internal.core.RefusedSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second and when nudged; finds what is wrong, has one thing at a time done about it, and tells. Everything is on
 * care's lane; probes and flash are asked beside it, so that neither can stop it.
 */
public final class CareLoop implements CareWatch, CareControl, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CareLoop.class);
  private static final String LANE = "care";
  private static final int QUEUE = 64;
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** Nudges within this time are one: a capability in trouble nudges all the time. */
  private static final Duration NUDGE_PAUSE = Duration.ofMillis(20);

  private static final Duration FLASH_LIMIT = Duration.ofSeconds(10);

  /** Changes that no order depends on are written this late, several at once: flash wears out. */
  private static final Duration SAVE_PAUSE = Duration.ofSeconds(5);

  /** The age of the node is written at least this often; a power cut takes this much of it. */
  private static final Duration AGE_PAUSE = Duration.ofMinutes(10);

  private final Lanes lanes;
  private final UptimeSource uptime;
  private final InstantSource wallClock;
  private final DurableFile file;
  private final String kernelBoot;
  private final Supplier<Map<String, List<String>>> refusedSettings;
  private final Lane lane;
  private final LadderInForce ladder;
  private final Set<CareListener> listeners = new CopyOnWriteArraySet<>();
  private final List<Asked> probes = new CopyOnWriteArrayList<>();
  private final Map<String, Remedy> remedies = new TreeMap<>(); // this lane only
  private final AtomicBoolean nudged = new AtomicBoolean();
  private volatile Optional<CareReport> latest = Optional.empty();
  private volatile Optional<CareFigures.View> view = Optional.empty();
  private volatile Doing doing = Doing.NOTHING;
  private volatile long ageMinusUptimeMillis;
  private volatile long journalBefore;

  // This lane only.
  private final List<Consumer<Recovery>> waiting = new ArrayList<>();
  private Optional<Recovery> recovery = Optional.empty();
  private Diagnosis diagnosis;
  private int asking;
  private boolean saving;
  private boolean saveAgain;
  private boolean durable = true;
  private final List<Runnable> afterSave = new ArrayList<>();
  private Lane.Timer saveDue = () -> {};
  private boolean saveIsDue;
  private Lane.Timer limitDue = () -> {};
  private long savedChanges;
  private long toldJournal = -1;
  private long viewedChanges = -1;
  private Uptime savedAt;

  /**
   * @param flash where what was tried is remembered
   * @param kernelBoot the kernel's name of this boot
   * @param refusedSettings what stands refused, a line each, by PID; asked at every look
   */
  public CareLoop(
      Lanes lanes,
      UptimeSource uptime,
      InstantSource wallClock,
      Flash flash,
      String kernelBoot,
      String builtInLadder,
      Supplier<Map<String, List<String>>> refusedSettings) {
    this.lanes = lanes;
    this.uptime = uptime;
    this.wallClock = wallClock;
    this.kernelBoot = kernelBoot;
    this.refusedSettings = refusedSettings;
    file = new DurableFile(flash, "care");
    if (!(LadderText.parse(builtInLadder) instanceof LadderText.Reading.Read read)) {
      throw new IllegalArgumentException(
          "The built-in ladder is refused: " + LadderText.parse(builtInLadder));
    }
    ladder = new LadderInForce(read.ladder());
    diagnosis = Diagnosis.begin(uptime.now());
    savedAt = uptime.now();
    lane = lanes.open(LANE, QUEUE);
  }

  /** Begins; once. */
  public void start() {
    lane.promise(PERIOD.plus(ProbeLook.LIMIT));
    lane.aside("remember", FLASH_LIMIT, file::read, outcome -> {
      remember(outcome);
      lane.every(PERIOD, "look", this::look);
    });
  }

  private void remember(Lane.Outcome<DurableFile.Found> outcome) {
    var now = uptime.now();
    var wall = wallClock.instant();
    Optional<Recovery> resumed = Optional.empty();
    var why = "";
    if (outcome instanceof Lane.Outcome.Done<DurableFile.Found> done) {
      if (done.value() instanceof DurableFile.Found.Content content) {
        content.damage().ifPresent(damage -> LOG.warn("Memory of care: {}.", damage));
        resumed = Recovery.resume(content.text(), kernelBoot, now, wall);
        why = "its file is of another version of Kedge";
      } else if (done.value() instanceof DurableFile.Found.Absent) {
        resumed = Recovery.resume("", kernelBoot, now, wall);
      } else if (done.value() instanceof DurableFile.Found.Damaged damaged) {
        why = damaged.reason();
      }
    } else if (outcome instanceof Lane.Outcome.Failed<DurableFile.Found> failed) {
      why = failed.cause().toString();
    } else {
      why = "flash gave no answer within " + FLASH_LIMIT.toSeconds() + " s";
    }
    var lost = why;
    var made =
        resumed.orElseGet(() -> Recovery.afterLoss(lost, ladder.ladder(), kernelBoot, now, wall));
    recovery = Optional.of(made);
    // The entry of this start is this run's.
    journalBefore = made.memory().journalCount() - 1;
    toldJournal = journalBefore;
    waiting.forEach(work -> work.accept(made));
    waiting.clear();
    save();
  }

  // --- what takes part ---

  /** Any thread, as all of these. One that is there already changes nothing: it may be handed over twice, and goes but once. */
  public void add(Probe probe) {
    synchronized (probes) {
      if (probes.stream().noneMatch(asked -> asked.probe == probe)) {
        probes.add(new Asked(probe));
      }
    }
  }

  public void remove(Probe probe) {
    probes.removeIf(asked -> asked.probe == probe);
  }

  /** Offers a remedy; a later one of the same name takes its place. */
  public void add(Remedy remedy) {
    lane.after(Duration.ZERO, "a remedy comes", () -> remedies.put(remedy.name(), remedy));
  }

  public void remove(Remedy remedy) {
    lane.after(Duration.ZERO, "a remedy goes", () -> remedies.remove(remedy.name(), remedy));
  }

  public void add(CareListener listener) {
    listeners.add(listener);
    if (latest.isPresent()) {
      lane.after(Duration.ZERO, "tell a new listener", () -> {
        // The report of the moment it is told, not of the moment it was asked for.
        if (listeners.contains(listener)) {
          latest.ifPresent(report -> tell(listener, report));
        }
      });
    }
  }

  public void remove(CareListener listener) {
    listeners.remove(listener);
  }

  // --- what is set ---

  /** Offers a ladder; empty: the built-in one. What is wrong with it is told in the journal, and the old one stays. */
  public void setLadder(Optional<String> text) {
    onRecovery("a ladder is offered", known -> {
      if (text.isPresent()) {
        ladder.offer(text.get(), uptime.now());
        ladder.refused().ifPresent(why -> tellRefused(known, why));
      } else {
        var before = ladder.version();
        ladder.offerNone();
        if (!before.equals(ladder.version())) {
          tellTaken(known);
        }
      }
      viewedChanges = -1;
    });
  }

  /** Tells that the ladder that was set cannot even be read; the old one stays. */
  public void refuseLadder(String why) {
    onRecovery("a ladder is refused", known -> {
      ladder.refuse(why);
      tellRefused(known, why);
    });
  }

  /** The minutes of pause as they are set now; the same as before begins no other pause. */
  public void setPause(int minutes) {
    onRecovery(
        "the pause is set",
        known -> known.pauseSetting(minutes, uptime.now(), wallClock.instant()));
  }

  @Override
  public void pause(Duration length, String reason) {
    if (length.isNegative() || length.isZero() || length.compareTo(PAUSE_MAX) > 0) {
      throw new IllegalArgumentException("A pause lasts up to " + PAUSE_MAX.toHours()
          + " h and more than none, but was " + length);
    }
    onRecovery("pause", known -> known.pause(length, reason, uptime.now(), wallClock.instant()));
  }

  @Override
  public void resume(String reason) {
    onRecovery("resume", known -> known.resume(reason, uptime.now(), wallClock.instant()));
  }

  @Override
  public void count(Effect effect, String what, String event) {
    onRecovery(
        "count what was not ordered",
        known -> known.count(effect, what, event, uptime.now(), wallClock.instant()));
  }

  /** What is set before the memory was read has to wait for it. */
  private void onRecovery(String task, Consumer<Recovery> work) {
    lane.after(Duration.ZERO, task, () -> {
      if (recovery.isPresent()) {
        work.accept(recovery.get());
        nudge();
      } else {
        waiting.add(work);
      }
    });
  }

  private void tellTaken(Recovery known) {
    var words = "Ladder " + ladder.version() + " is in force";
    LOG.info("{}.", words);
    known.tellLadder(words, uptime.now(), wallClock.instant());
  }

  private void tellRefused(Recovery known, String why) {
    var words =
        "The ladder that was set is refused, " + ladder.version() + " stays in force: " + why;
    LOG.warn("{}.", words);
    known.tellLadder(words, uptime.now(), wallClock.instant());
  }

  // --- looking ---

  @Override
  public Optional<CareReport> latest() {
    return latest;
  }

  @Override
  public void nudge() {
    if (nudged.compareAndSet(false, true)) {
      lane.after(NUDGE_PAUSE, "look, nudged", this::look);
    }
  }

  /** One probe and what it said last. */
  private static final class Asked {
    private final Probe probe;
    private final AtomicBoolean inside = new AtomicBoolean();
    private ProbeLook look = ProbeLook.NONE; // this lane only

    Asked(Probe probe) {
      this.probe = probe;
    }
  }

  private void look() {
    nudged.set(false);
    // Judged once all have answered; one that has not since the last look is not waited for.
    var isWaiting = asking > 0;
    for (var asked : probes) {
      if (!asked.inside.get()) {
        ask(asked);
      }
    }
    if (isWaiting || asking == 0) {
      judge();
    }
  }

  private void ask(Asked asked) {
    asking++;
    asked.inside.set(true);
    lane.aside(
        "ask probe " + asked.probe.name(),
        ProbeLook.LIMIT,
        () -> {
          try {
            return ProbeLook.ask(asked.probe);
          } finally {
            asked.inside.set(false);
          }
        },
        outcome -> {
          asking--;
          if (outcome instanceof Lane.Outcome.Late<List<Reading>> late
              && late.limit().isZero()) {
            // The pool was too busy to begin it.
            asked.inside.set(false);
          }
          asked.look = asked.look.after(asked.probe.name(), outcome, uptime.now());
          if (asking == 0) {
            judge();
          }
        });
  }

  private void judge() {
    if (probes.isEmpty() || recovery.isEmpty()) {
      // No capability is there yet: nothing known is not the same as nothing wrong.
      return;
    }
    var now = uptime.now();
    var readings = new ArrayList<Reading>();
    var looks = new ArrayList<ProbeLook>();
    for (var asked : probes) {
      looks.add(asked.look);
      readings.addAll(asked.look.readings(now));
    }
    readings.add(RefusedSettings.reading(refusedSettings.get(), now));
    readings.add(ProbeLook.stuck(
        looks, lanes.readings().stream().filter(one -> !one.lane().equals(LANE)).toList(), now));
    diagnosis = diagnosis.look(readings, now);
    var known = recovery.get();
    checkLadder(known, now);
    var order = known.look(
        new Recovery.Look(
            diagnosis.report(), diagnosis.well(), diagnosis.wrong(), diagnosis.watched()),
        ladder.ladder(),
        knownRemedies(),
        durable,
        now,
        wallClock.instant());
    order.ifPresent(this::give);
    tell(known, now);
    saveSometime(known, now);
    // Here, where the node has been judged: a lane that only runs tasks takes care of nothing.
    lane.beat();
  }

  private void checkLadder(Recovery known, Uptime now) {
    Map<String, Effect> effects = new LinkedHashMap<>();
    remedies.forEach((name, remedy) -> effects.put(name, remedy.effect()));
    if (ladder.check(effects, now)) {
      ladder.refused().ifPresentOrElse(why -> tellRefused(known, why), () -> tellTaken(known));
    }
  }

  private Map<String, Recovery.KnownRemedy> knownRemedies() {
    Map<String, Recovery.KnownRemedy> known = new LinkedHashMap<>();
    remedies.forEach((name, remedy) ->
        known.put(name, new Recovery.KnownRemedy(remedy.effect(), remedy.deed())));
    return known;
  }

  // --- acting ---

  private void give(Order order) {
    afterSave.add(() -> {
      if (durable || order.effect() != Effect.NODE) {
        act(order);
      } else {
        end(order, new RemedyOutcome.Failed("it could not be written to flash before the act"));
      }
    });
    save();
  }

  private void act(Order order) {
    var remedy = remedies.get(order.remedy());
    if (remedy == null) {
      end(order, new RemedyOutcome.Failed("its capability has gone meanwhile"));
      return;
    }
    var evidence = latest.stream()
        .flatMap(report -> report.faults().stream())
        .filter(fault -> fault.kind().name().equals(order.fault()))
        .map(Fault::evidence)
        .findFirst()
        .orElse("");
    limitDue = lane.after(
        remedy.limit(),
        "limit of " + order.remedy(),
        () -> end(
            order, new RemedyOutcome.Failed("no end within " + remedy.limit().toSeconds() + " s")));
    try {
      remedy.carryOut(
          new RemedyOrder(order.fault(), evidence),
          outcome ->
              lane.after(Duration.ZERO, order.remedy() + " ended", () -> end(order, outcome)));
    } catch (RuntimeException | LinkageError | AssertionError e) {
      LOG.error("Remedy '{}' failed.", order.remedy(), e);
      end(order, new RemedyOutcome.Failed("it failed: " + e));
    }
  }

  /** The first end of an order counts; what comes after its limit is dropped. */
  private void end(Order order, RemedyOutcome outcome) {
    recovery.ifPresent(known -> {
      if (known.isActing(order)) {
        limitDue.cancel();
        known.ended(outcome, uptime.now(), wallClock.instant());
        nudge();
      }
    });
  }

  // --- flash ---

  private void saveSometime(Recovery known, Uptime now) {
    if (known.changes() != savedChanges && !saveIsDue) {
      saveIsDue = true;
      saveDue = lane.after(SAVE_PAUSE, "save", this::save);
    } else if (now.since(savedAt).compareTo(AGE_PAUSE) >= 0) {
      save();
    }
  }

  /** Writes all there is, then runs what waits for it; one write at a time. */
  private void save() {
    saveDue.cancel();
    saveIsDue = false;
    if (saving) {
      saveAgain = true;
      return;
    }
    recovery.ifPresent(known -> {
      saving = true;
      savedAt = uptime.now();
      savedChanges = known.changes();
      var text = known.text(savedAt);
      var then = List.copyOf(afterSave);
      afterSave.clear();
      // Set by the write itself: one that never got a thread holds up none after it.
      var inside = new AtomicBoolean();
      lane.aside(
          "write what was tried",
          FLASH_LIMIT,
          () -> {
            inside.set(true);
            try {
              file.write(text);
              return true;
            } finally {
              inside.set(false);
            }
          },
          outcome -> saved(outcome, inside, then));
    });
  }

  private void saved(Lane.Outcome<Boolean> outcome, AtomicBoolean inside, List<Runnable> then) {
    var written = outcome instanceof Lane.Outcome.Done<Boolean>;
    if (written != durable) {
      durable = written;
      viewedChanges = -1;
      if (written) {
        LOG.info("What was tried is written to flash again.");
      } else {
        LOG.warn(
            "What was tried cannot be written to flash ({}); budgets hold in memory, and no remedy takes the node away until it can."
                + " Look at the flash: full, read-only or worn out.",
            outcome instanceof Lane.Outcome.Failed<Boolean> failed
                ? failed.cause().toString()
                : "no end within " + FLASH_LIMIT.toSeconds() + " s");
      }
    }
    then.forEach(Runnable::run);
    release(inside);
  }

  /** The file has one writer: while a write hangs, none begins. */
  private void release(AtomicBoolean inside) {
    if (inside.get()) {
      lane.after(PERIOD, "flash hangs", () -> release(inside));
      if (!afterSave.isEmpty()) {
        var then = List.copyOf(afterSave);
        afterSave.clear();
        then.forEach(Runnable::run);
      }
      return;
    }
    saving = false;
    if (saveAgain || !afterSave.isEmpty()) {
      saveAgain = false;
      save();
    }
  }

  // --- telling ---

  private void tell(Recovery known, Uptime now) {
    var judged = diagnosis.report();
    var report = new CareReport(
        judged.at(),
        judged.faults().stream().map(fault -> told(known, fault)).toList(),
        judged.silenced().stream()
            .map(one -> new CareReport.Silenced(told(known, one.fault()), one.cause()))
            .toList(),
        judged.unknown());
    var before = latest;
    latest = Optional.of(report);
    if (known.changes() != viewedChanges || view.isEmpty()) {
      viewedChanges = known.changes();
      var memory = known.memory();
      ageMinusUptimeMillis = memory.age().toMillis() - now.nanos() / 1_000_000;
      view = Optional.of(new CareFigures.View(
          memory,
          ladder.ladder(),
          ladder.version(),
          ladder.refused().orElse(""),
          durable,
          known.held()));
    }
    var journal = view.get().memory();
    doing = new Doing(
        journal.order().map(Order::remedy),
        report.faults().stream()
            .filter(fault -> isLeft(journal, fault))
            .map(fault -> fault.kind().name())
            .collect(Collectors.toSet()));
    var news = journal.journalCount() > toldJournal;
    var changed = before.isEmpty()
        || before.get().state() != report.state()
        || !before.get().faultNames().equals(report.faultNames());
    if (changed) {
      CareDiary.tell(before, report);
    }
    if (news) {
      CareDiary.tell(journal.journal(), toldJournal);
      toldJournal = journal.journalCount();
    }
    if (news || changed) {
      listeners.forEach(listener -> tell(listener, report));
    }
  }

  private boolean isLeft(RecoveryMemory memory, Fault fault) {
    var name = fault.kind().name();
    return ladder.ladder().rule(name, fault.blame()).isEmpty()
        || memory.climbs().stream()
            .anyMatch(climb -> climb.fault().equals(name) && climb.restUntil().isPresent());
  }

  private static Fault told(Recovery known, Fault fault) {
    return new Fault(
        fault.kind(),
        known.blame(fault),
        fault.since(),
        known.earlier(fault.kind(), fault.since()),
        fault.evidence());
  }

  private static void tell(CareListener listener, CareReport report) {
    try {
      listener.changed(report);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      LOG.error("A listener failed on the report of {}; the others are told.", report.state(), e);
    }
  }

  /** Care's section of the snapshot. Any thread. */
  public Figures figures() {
    return view.map(told -> CareFigures.of(
            told, Duration.ofMillis(ageMinusUptimeMillis + uptime.now().nanos() / 1_000_000)))
        .orElseGet(() -> Figures.builder().build());
  }

  @Override
  public Doing doing() {
    return doing;
  }

  @Override
  public CareJournal journal() {
    return view.map(told -> new CareJournal(
            journalBefore, told.memory().journal().stream().map(CareLoop::told).toList()))
        .orElse(CareJournal.NONE);
  }

  private static CareJournal.Entry told(Entry entry) {
    return new CareJournal.Entry(
        entry.number(),
        entry.wallClock(),
        entry.topic(),
        entry.fault(),
        entry.remedy(),
        entry.words());
  }

  /** Names of faults that stand on a rung of their ladder, gone ones that are still watched included. Any thread. */
  public List<String> climbing() {
    return view.stream()
        .flatMap(told -> told.memory().climbs().stream())
        .map(climb -> climb.fault())
        .toList();
  }

  @Override
  public void close() {
    lane.close();
  }
}
