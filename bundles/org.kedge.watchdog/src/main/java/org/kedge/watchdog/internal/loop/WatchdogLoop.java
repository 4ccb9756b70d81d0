package org.kedge.watchdog.internal.loop;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Flash;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Start;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareControl;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Effect;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.watchdog.api.PetDevice;
import org.kedge.watchdog.internal.core.Boots;
import org.kedge.watchdog.internal.keeper.Guard;
import org.kedge.watchdog.internal.keeper.Guarding;
import org.kedge.watchdog.internal.keeper.Plan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges why this run began, says whose turn it is, and keeps the book of starts; what the keeper holds is told to care and to
 * telemetry. Everything is on the watchdog's lane but the keeper itself, which petting must not wait for.
 */
public final class WatchdogLoop implements Probe {
  /** A timer that should guard the node does not. */
  public static final FaultKind UNGUARDED = new FaultKind(
      "UNGUARDED",
      Layer.NODE,
      Duration.ofSeconds(10),
      Duration.ofSeconds(16),
      Set.of(),
      false,
      "See 'unguarded' in the watchdog's part of the status for the reason; forwarding goes on, but a node that hangs stays so.");

  private static final Logger LOG = LoggerFactory.getLogger(WatchdogLoop.class);
  private static final Duration FLASH_LIMIT = Duration.ofSeconds(10);
  private static final Duration BITE_LONGEST = Duration.ofMinutes(20);
  private static final Duration FLASH_AGAIN = Duration.ofSeconds(5);

  /** What care or a device has not told by then is not waited for. */
  private static final Duration CLUES_LIMIT = Duration.ofSeconds(20);

  private static final Duration CLUES_PAUSE = Duration.ofMillis(50);

  /** In a reduced start the first of the lower capabilities begins after this, the others one by one. */
  private static final Duration REDUCED = Duration.ofMinutes(15);

  private static final Duration REDUCED_NEXT = Duration.ofMinutes(1);

  /** A start has settled once it has run this long with everything there. */
  private static final Duration SETTLED = Duration.ofMinutes(10);

  private static final String REBOOT = "reboot-node";
  private static final Duration LASTED = Duration.ofHours(24);

  /** Capabilities that come after forwarding and remote reach, in the order of care. */
  private static final List<String> LOWER = List.of("billing", "telemetry");

  private final World world;
  private final Lane lane;
  private final DurableFile file;
  private Optional<Boots> before = Optional.empty();
  private String lost = "";
  private boolean isRead;
  private Optional<Optional<Boolean>> hasReset = Optional.empty();
  private volatile Optional<Boots> boots = Optional.empty();
  private volatile Optional<Start> start = Optional.empty();
  private boolean isSaving;
  private boolean saveAgain;
  private boolean isDurable = true;
  private Runnable whenSaved = () -> {};

  /**
   * What it works with.
   *
   * @param run this run's boot id
   * @param guard how the node is guarded now
   * @param keeper has something done by the keeper's thread
   * @param turn told of each capability whose turn it is
   */
  public record World(
      UptimeSource uptime,
      Flash flash,
      String run,
      String kernelBoot,
      Supplier<Guard> guard,
      Consumer<Consumer<Guarding>> keeper,
      Supplier<Optional<CareWatch>> care,
      Supplier<Optional<CareControl>> control,
      BiConsumer<String, Start> turn) {}

  public WatchdogLoop(Lane lane, World world) {
    this.lane = lane;
    this.world = world;
    file = new DurableFile(world.flash(), "starts");
  }

  /** Begins; once. */
  public void start(Plan plan) {
    world.keeper().accept(guarding -> {
      guarding.listen(this::guardChanged);
      // Before it is taken: that may last, and some timers tell only then.
      var first = reset(plan.devices());
      first.ifPresent(known -> heard(first));
      guarding.use(plan);
      if (first.isEmpty()) {
        heard(reset(plan.devices()));
      }
    });
    lane.aside("read the book of starts", FLASH_LIMIT, file::read, outcome -> {
      isRead = true;
      read(outcome);
    });
    awaitClues(world.uptime().now().plus(CLUES_LIMIT));
  }

  private void heard(Optional<Boolean> told) {
    lane.after(
        Duration.ZERO, "what the timer says of this boot", () -> hasReset = Optional.of(told));
  }

  /** Another timer to hold from now on. Any thread. */
  public void use(Plan plan) {
    world.keeper().accept(guarding -> guarding.use(plan));
  }

  /** What the devices say: one that made this boot is believed before one that did not. */
  private static Optional<Boolean> reset(List<PetDevice> devices) {
    Optional<Boolean> said = Optional.empty();
    for (var device : devices) {
      var now = device.hasReset();
      if (now.orElse(false)) {
        return now;
      }
      said = said.or(() -> now);
    }
    return said;
  }

  private void read(Lane.Outcome<DurableFile.Found> outcome) {
    if (outcome instanceof Lane.Outcome.Done<DurableFile.Found> done) {
      if (done.value() instanceof DurableFile.Found.Content content) {
        before = Boots.parse(content.text());
        lost = before.isPresent() ? "" : "the book of starts is of another version of Kedge";
      } else if (done.value() instanceof DurableFile.Found.Damaged damaged) {
        lost = "the book of starts is damaged (" + damaged.reason() + ")";
      }
    } else if (outcome instanceof Lane.Outcome.Failed<DurableFile.Found> failed) {
      lost = "the book of starts cannot be read (" + failed.cause() + ")";
    } else {
      lost = "the book of starts could not be read within " + FLASH_LIMIT.toSeconds() + " s";
    }
  }

  private void awaitClues(Uptime until) {
    var journal = world.care().get().map(CareWatch::journal).orElse(CareJournal.NONE);
    var entry = journal.entries().stream()
        .filter(one -> one.topic() == CareJournal.Topic.BOOT && one.number() > journal.before())
        .findFirst();
    var isComplete = hasReset.isPresent() && entry.isPresent();
    if (isRead && (isComplete || !world.uptime().now().isBefore(until))) {
      begin(entry.flatMap(CareJournal.Entry::remedy));
    } else {
      lane.after(CLUES_PAUSE, "wait for what tells why Kedge starts", () -> awaitClues(until));
    }
  }

  private void begin(Optional<String> remedy) {
    var begun = Boots.begin(
        before,
        lost,
        new Boots.Clues(
            world.run(), world.kernelBoot(), hasReset.orElse(Optional.empty()), remedy));
    var told = begun.start();
    LOG.info(
        "Start by cause '{}': {}; start {} in a row that has not settled.",
        Boots.word(told.cause()),
        told.evidence(),
        told.unsettled());
    boots = Optional.of(begun.guarded(world.guard().get().held().isPresent()));
    start = Optional.of(told);
    save();
    world.keeper().accept(guarding -> guarding.bePatient(begun.patientUntil()));
    if (told.cause() == Start.Cause.WATCHDOG) {
      world.control().get().ifPresent(care -> care.count(Effect.NODE, "timer", world.run()));
    }
    giveTurns(told);
  }

  private void giveTurns(Start told) {
    var wait = told.isReduced() ? REDUCED : Duration.ZERO;
    if (told.isReduced()) {
      LOG.warn(
          "Reduced start, for {} starts in a row did not settle: {} begin after {} min. Look at what was changed last.",
          told.unsettled(),
          String.join(", ", LOWER),
          REDUCED.toMinutes());
    }
    for (var capability : LOWER) {
      lane.after(wait, "the turn of " + capability, () -> world.turn().accept(capability, told));
      wait = told.isReduced() ? wait.plus(REDUCED_NEXT) : wait;
    }
    lane.after(wait.plus(SETTLED), "this start has settled", () -> change(Boots::settled));
    lane.after(LASTED, "this run has lasted a day", () -> change(Boots::lasted));
  }

  /** The keeper has news; by its thread. */
  private void guardChanged() {
    lane.after(Duration.ZERO, "the guard has changed", () -> {
      var guard = world.guard().get();
      change(known -> {
        var now = known.guarded(guard.held().isPresent());
        return guard.unpetted().isPresent()
            ? now.ended(Boots.End.UNPETTED)
            : now.end() == Boots.End.UNPETTED ? now.ended(Boots.End.OPEN) : now;
      });
      world.care().get().ifPresent(CareWatch::nudge);
    });
  }

  private void change(UnaryOperator<Boots> how) {
    boots.ifPresent(known -> {
      var now = how.apply(known);
      if (!now.equals(known)) {
        boots = Optional.of(now);
        save();
      }
    });
  }

  /** Whether care has the node rebooted: should that hang, the timer is what is left. */
  public boolean isRebooting() {
    return world
        .care()
        .get()
        .flatMap(care -> care.doing().remedy())
        .filter(REBOOT::equals)
        .isPresent();
  }

  /**
   * Notes that Kedge was stopped.
   *
   * @param noted run on the lane once it is on flash, or cannot be
   */
  public void stop(Runnable noted) {
    lane.after(Duration.ZERO, "stop", () -> {
      if (boots.isEmpty()) {
        noted.run();
        return;
      }
      whenSaved = noted;
      boots = boots.map(known -> known.ended(Boots.End.STOPPED));
      save();
    });
  }

  // --- flash ---

  /** One write at a time, of what is known then. */
  private void save() {
    if (isSaving) {
      saveAgain = true;
      return;
    }
    isSaving = true;
    var text = boots.orElseThrow().text();
    var inside = new AtomicBoolean();
    lane.aside(
        "write the book of starts",
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
        outcome -> saved(outcome, inside));
  }

  private void saved(Lane.Outcome<Boolean> outcome, AtomicBoolean inside) {
    var isWritten = outcome instanceof Lane.Outcome.Done<Boolean>;
    if (isDurable && !isWritten) {
      LOG.warn(
          "The book of starts cannot be written ({}); the next start will not know how this one ended. Look at the flash.",
          outcome);
    }
    isDurable = isWritten;
    release(inside);
  }

  private void release(AtomicBoolean inside) {
    if (inside.get()) {
      lane.after(FLASH_AGAIN, "flash hangs", () -> release(inside));
      return;
    }
    isSaving = false;
    if (saveAgain) {
      saveAgain = false;
      save();
    } else {
      whenSaved.run();
    }
  }

  // --- what is told ---

  @Override
  public String name() {
    return "watchdog";
  }

  @Override
  public List<Reading> readings() {
    var now = world.uptime().now();
    var guard = world.guard().get();
    return List.of(
        guard.held().isEmpty() && guard.isWanted()
            ? new Reading.Wrong(UNGUARDED, now, Blame.OURS_HARDWARE, guard.unguarded())
            : new Reading.Well(UNGUARDED, now));
  }

  /** The section {@code watchdog} of the snapshot. Any thread. */
  public Figures figures() {
    var guard = world.guard().get();
    var figures = Figures.builder().flag("guarded", guard.held().isPresent());
    guard
        .held()
        .ifPresentOrElse(
            held -> {
              figures
                  .text("device", held.device())
                  .text("identity", held.identity())
                  .seconds("timeout", held.timeout())
                  .texts("caveats", held.caveats());
              held.pretimeout().ifPresent(span -> figures.seconds("pretimeout", span));
            },
            () -> figures.text("device", "none").text("unguarded", guard.unguarded()));
    figures
        .text("unpetted", guard.unpetted())
        .count("petted", guard.pets())
        .milliseconds("pet_slowest", guard.slowestPet());
    boots.ifPresent(known -> figures.section("boot", boot(known)));
    return figures.build();
  }

  private Figures boot(Boots known) {
    var figures = Figures.builder()
        .text("cause", Boots.word(known.cause()))
        .text("evidence", known.evidence())
        .count("unsettled", known.unsettled())
        .flag("reduced", start.map(Start::isReduced).orElse(false));
    for (var cause : Start.Cause.values()) {
      figures.count(Boots.word(cause), known.counts().getOrDefault(cause, 0L));
    }
    return figures.build();
  }

  // --- the last rung ---

  /** Lets the timer act; the last that can be done about a node that does not even reboot. */
  public Remedy remedy() {
    return Remedy.of(
        Boots.LET_TIMER_BITE,
        Effect.NODE,
        BITE_LONGEST.plusMinutes(1),
        "let the timer reset the node",
        this::letTimerBite);
  }

  private void letTimerBite(RemedyOrder order, Consumer<RemedyOutcome> done) {
    var held = world.guard().get().held();
    if (held.isEmpty()) {
      done.accept(new RemedyOutcome.Useless("no timer is held that could act"));
      return;
    }
    var patience = held.get().timeout().multipliedBy(2);
    var words = order.fault() + " outlasted its ladder: " + order.evidence();
    world
        .keeper()
        .accept(guarding -> guarding.bite(
            words,
            patience.compareTo(BITE_LONGEST) < 0 ? patience : BITE_LONGEST,
            () -> done.accept(new RemedyOutcome.Failed(
                held.get().identity() + " did not act within " + patience.toSeconds() + " s"))));
  }
}
