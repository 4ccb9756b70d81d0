package org.kedge.babel.internal.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.Conversation;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.Judge;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.LostRoutes;
import org.kedge.babel.internal.core.Memory;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessState;
import org.kedge.babel.internal.core.RouteComparison;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Flash;
import org.kedge.base.api.Lane;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.Reading;
import org.kedge.care.api.RemedyOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at Babel from four sides and keeps what is seen: the socket in an open conversation, process, links, kernel and firewall
 * after every dump, the exit at its own pace. Everything here runs on babel's lane; only snapshots leave it.
 */
public final class BabelSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BabelSupervisor.class);

  /** A route the kernel lacks is looked for again this soon: what is only on its way is there by then. */
  private static final Duration DOUBT_PAUSE = Duration.ofMillis(500);

  /** After a look, what the kernel tells waits this long: routes may change a thousand times a second. */
  private static final Duration EVENT_PAUSE = Duration.ofSeconds(1);

  private static final Duration LOOK_LIMIT = Duration.ofSeconds(8);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration REPAIR_LIMIT = Duration.ofSeconds(15);
  private static final Duration PROBE_LIMIT = Duration.ofMillis(1500);
  private static final Duration MISS_PAUSE = Duration.ofMillis(500);
  private static final Duration FRESH = Duration.ofSeconds(15);
  private static final int FORWARDING_EVERY = 2;

  private final BabelSettings settings;
  private final UptimeSource uptime;
  private final Lane lane;
  private final BabeldKeeper keeper;
  private final Surroundings surroundings;
  private final Runnable onReadings;
  private final DurableFile memoryFile;
  private final Talk talk;
  private final AtomicBoolean routesChanged = new AtomicBoolean();
  private final AtomicBoolean forwardingChanged = new AtomicBoolean();

  // This lane only.
  private final LoadMeter meter = new LoadMeter();
  private Sight sight;
  private Memory memory = Memory.NONE;
  private Lane.Timer lookDue = () -> {};
  private Lane.Timer exitDue = () -> {};
  private Lane.Timer beyondDue = () -> {};
  private boolean starting;
  private boolean looking;
  private boolean lookAgain;
  private int looks;
  private Optional<Uptime> lookedAt = Optional.empty();
  private Lane.Timer eventDue = () -> {};

  /** Routes as kernel and babeld had them when they last agreed. */
  private List<KernelRoute> taughtSeen = List.of();

  private List<Route> taughtTold = List.of();

  private volatile Surroundings.Following following = () -> {};
  private volatile boolean closed;

  private volatile State state;

  /**
   * What others may see, immutable.
   *
   * @param readings one for each kind of fault watched
   */
  public record State(
      Sight sight,
      List<Reading> readings,
      String version,
      Duration answerTook,
      long malformedLines,
      Optional<String> firstMalformed) {}

  /**
   * @param keeper makes the keeper, given what it has to call when babeld ends
   * @param surroundings makes them, given the keeper
   * @param onReadings called on the lane whenever the readings may have changed
   */
  public BabelSupervisor(
      BabelSettings settings,
      Flash flash,
      Lane lane,
      UptimeSource uptime,
      Function<Runnable, BabeldKeeper> keeper,
      Function<BabeldKeeper, Surroundings> surroundings,
      Runnable onReadings) {
    this.settings = settings;
    this.uptime = uptime;
    this.lane = lane;
    this.keeper = keeper.apply(this::babeldEnded);
    this.surroundings = surroundings.apply(this.keeper);
    this.onReadings = onReadings;
    memoryFile = new DurableFile(flash, "babel-memory");
    talk = new Talk(
        this.surroundings,
        new Conversation.Limits(settings.answer(), settings.dump()),
        lane,
        uptime,
        new Ear());
    sight = Sight.nothing(settings.interfaces());
    state = judged();
  }

  /** Begins; once. */
  public void start() {
    lane.post("begin", this::begin);
  }

  /** Any thread. */
  public State state() {
    return state;
  }

  /** Any thread: babeld has ended, as its keeper saw. */
  private void babeldEnded() {
    lane.post("babeld ended", () -> {
      if (!starting) {
        LOG.warn("babeld has ended.");
        lookNow();
      }
    });
  }

  /** The table while it is fresh; any thread. */
  public Optional<RoutingTable> freshTable() {
    return freshTable(state.sight(), uptime.now());
  }

  private static Optional<RoutingTable> freshTable(Sight sight, Uptime now) {
    return sight.socket().table().filter(table -> now.since(table.at()).compareTo(FRESH) <= 0);
  }

  private void begin() {
    remember();
    lane.aside("make sure babeld runs", START_LIMIT, keeper::ensureRunning, outcome -> {
      if (outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> done) {
        started(done.value());
      } else {
        LOG.error("babeld could not be started: {}. Kedge goes on looking for it.", outcome);
      }
      talk.begin();
      lookNow();
      askSoon();
    });
    following = surroundings.follow(this::kernelChanged);
    if (closed) {
      following.close();
    }
  }

  private static void started(BabeldKeeper.Start start) {
    if (start instanceof BabeldKeeper.Start.Running running) {
      LOG.info("babeld (pid {}) {}.", running.pid(), running.how());
    } else if (start instanceof BabeldKeeper.Start.Failed failed) {
      LOG.error("babeld does not run: {}.", failed.why());
    }
  }

  private void remember() {
    try {
      var found = memoryFile.read();
      if (found instanceof DurableFile.Found.Content content) {
        content.damage().ifPresent(damage -> LOG.warn("Memory of Babel: {}.", damage));
        memory = Memory.parse(content.text());
      } else if (found instanceof DurableFile.Found.Damaged damaged) {
        LOG.warn(
            "Memory of Babel is lost ({}); what this node had before counts only once it is seen again.",
            damaged.reason());
      }
    } catch (IOException e) {
      LOG.warn(
          "Memory of Babel cannot be read ({}); what this node had before counts only once it is seen again.",
          e.toString());
    }
  }

  // --- the conversation ---

  private final class Ear implements Talk.Listener {
    @Override
    public void told(RoutingTable table, boolean whole) {
      var before = sight;
      sight = sight.withSocket(sight.socket().told(table, whole));
      if (Judge.wayToExit(before).isEmpty() && Judge.wayToExit(sight).isPresent()) {
        // A route has just appeared: what was missed without one does not count.
        sight = sight.exit().map(exit -> sight.withExit(exit.forgiven())).orElse(sight);
        sight =
            sight.beyond().map(beyond -> sight.withBeyond(beyond.forgiven())).orElse(sight);
        askSoon();
      }
      // Without an interface that is up, the links tell whether that is babeld's fault.
      if (whole || table.interfaces().stream().noneMatch(BabelInterface::up)) {
        lookNow();
      }
      judge();
    }

    @Override
    public void over(String why, boolean refused) {
      sight = sight.withSocket(sight.socket().failed(uptime.now(), why, refused));
      if (sight.socket().failures() == 1) {
        LOG.info("Conversation with babeld over: {}; another one is begun.", why);
      }
      lookNow();
      judge();
    }
  }

  // --- process, links, kernel, firewall ---

  /** Any thread; the kernel may tell of a thousand changes a second, and one look sees them all. */
  private void kernelChanged(Surroundings.Change change) {
    var news = change == Surroundings.Change.ROUTES ? routesChanged : forwardingChanged;
    if (news.compareAndSet(false, true)) {
      lane.after(Duration.ZERO, "the kernel changed", this::lookSoon);
    }
  }

  private void lookSoon() {
    var next = lookedAt.map(at -> at.plus(EVENT_PAUSE)).filter(uptime.now()::isBefore);
    if (next.isEmpty()) {
      lookNow();
    } else {
      eventDue.cancel();
      eventDue = lane.after(next.get().since(uptime.now()), "look after changes", this::lookNow);
    }
  }

  /** Looks now, or again at once if a look is under way; and in any case again after the dump interval. */
  private void lookNow() {
    if (closed) {
      return;
    }
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    lookedAt = Optional.of(uptime.now());
    routesChanged.set(false);
    var interfaces = interfaceNames();
    var families = families();
    var withForwarding = settings.forwardingExpected()
        && (forwardingChanged.getAndSet(false) || looks++ % FORWARDING_EVERY == 0);
    lane.aside(
        "look at process and kernel",
        LOOK_LIMIT,
        () -> surroundings.see(interfaces, families, withForwarding),
        outcome -> {
          looking = false;
          if (outcome instanceof Lane.Outcome.Done<Surroundings.Seen> done) {
            seen(done.value());
          } else {
            LOG.warn(
                "The look at process and kernel brought nothing: {}. It is tried again.", outcome);
          }
          lookDue.cancel();
          if (lookAgain) {
            lookAgain = false;
            lookNow();
          } else if (!closed) {
            // The dump brings the next look; this one is for the time when no dump comes.
            lookDue = lane.after(
                isDoubtful() ? DOUBT_PAUSE : settings.dump().plusSeconds(1),
                "look due",
                this::lookNow);
          }
        });
  }

  private List<String> interfaceNames() {
    return settings.interfaces().isEmpty()
        ? sight.socket().table().stream()
            .flatMap(table -> table.interfaces().stream())
            .map(BabelInterface::name)
            .toList()
        : settings.interfaces();
  }

  /** The families this mesh carries: a node of an IPv6 mesh may drop IPv4 as it likes. */
  private Set<IpFamily> families() {
    return sight.socket().table().stream()
        .flatMap(table -> table.routes().stream())
        .map(route -> route.prefix().contains(":") ? IpFamily.IPV6 : IpFamily.IPV4)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(IpFamily.class)));
  }

  private void seen(Surroundings.Seen seen) {
    var load = meter.after(seen.at(), seen.process());
    sight = sight.withNode(
        new Sight.Daemon(
            seen.at(),
            seen.process(),
            seen.gone(),
            load.cpuPercent(),
            load.waitPercent(),
            seen.clients()),
        seen.links(),
        compared(seen),
        seen.forwarding().map(view -> new Sight.Forwarding(seen.at(), view)));
    judge();
  }

  private Sight.Kernel compared(Surroundings.Seen seen) {
    Optional<RouteComparison> comparison = Optional.empty();
    if (seen.kernel() instanceof KernelRoutesLook.Seen routes) {
      var table = freshTable(sight, seen.at());
      comparison = table.map(told -> RouteComparison.of(told, routes.routes()));
      if (comparison.filter(RouteComparison::agrees).isPresent()
          && !routes.routes().isEmpty()) {
        taughtSeen = routes.routes();
        taughtTold = table.get().routes();
      }
    }
    return Sight.Kernel.after(sight.kernel(), seen.at(), seen.kernel(), comparison);
  }

  private boolean isDoubtful() {
    return sight.kernel().filter(Sight.Kernel::isDoubtful).isPresent();
  }

  // --- what care orders: each any thread; the outcome from the lane ---

  void reopenSocket(Consumer<RemedyOutcome> done) {
    onLane("reopen the socket", done, () -> {
      var talks = sight.socket().failures() == 0 && sight.socket().answeredAt().isPresent();
      var stopped = sight
          .process()
          .map(Sight.Daemon::look)
          .filter(look -> look instanceof ProcessLook.Alive alive
              && alive.view().state() == ProcessState.STOPPED)
          .isPresent();
      if (talks || stopped) {
        done.accept(new RemedyOutcome.Useless(
            talks ? "babeld answers over it" : "babeld is stopped and answers nobody"));
      } else {
        talk.begin();
        done.accept(new RemedyOutcome.Done("another connection is begun"));
      }
    });
  }

  void putBackRoutes(Consumer<RemedyOutcome> done) {
    onLane("put routes back", done, () -> {
      var told = freshTable(sight, uptime.now());
      var kernel = sight.kernel();
      if (told.isEmpty() || kernel.isEmpty()) {
        done.accept(new RemedyOutcome.Failed("babeld's table is not known now"));
        return;
      }
      // Only what both looks lacked and babeld still calls installed.
      var confirmed = new HashSet<>(kernel.get().confirmed().missing());
      var still = new HashSet<>(told.get().routes());
      var lost = kernel.get().comparison().stream()
          .flatMap(comparison -> comparison.missing().stream())
          .filter(route -> confirmed.contains(Sight.Disagreement.name(route))
              && still.stream().anyMatch(now -> isSame(now, route)))
          .toList();
      repair(
          "put routes back",
          done,
          () -> surroundings.putBack(LostRoutes.taughtBy(taughtSeen, taughtTold).toPutBack(lost)));
    });
  }

  private static boolean isSame(Route now, Route then) {
    return now.installed()
        && now.isFinite()
        && now.prefix().equals(then.prefix())
        && now.source().equals(then.source())
        && now.via().equals(then.via())
        && now.interfaceName().equals(then.interfaceName());
  }

  void sweepStaleRoutes(Consumer<RemedyOutcome> done) {
    onLane("sweep stale routes", done, () -> {
      var kernel = sight.kernel();
      if (kernel.isEmpty() || !(kernel.get().look() instanceof KernelRoutesLook.Seen seen)) {
        done.accept(new RemedyOutcome.Failed("the kernel's routes are not known now"));
        return;
      }
      var confirmed = new HashSet<>(kernel.get().confirmed().stale());
      var stale = isBabeldGone()
          ? seen.routes()
          : kernel.get().comparison().stream()
              .flatMap(comparison -> comparison.stale().stream())
              .filter(route -> confirmed.contains(Sight.Disagreement.name(route)))
              .toList();
      repair("sweep stale routes", done, () -> surroundings.sweep(stale));
    });
  }

  private boolean isBabeldGone() {
    return sight
        .process()
        .filter(process -> process.look() instanceof ProcessLook.Gone)
        .isPresent();
  }

  void restoreForwarding(Consumer<RemedyOutcome> done) {
    onLane("restore forwarding", done, () -> {
      var interfaces = interfaceNames();
      var families = families();
      repair(
          "restore forwarding", done, () -> surroundings.restoreForwarding(interfaces, families));
    });
  }

  private void repair(String task, Consumer<RemedyOutcome> done, Callable<RemedyOutcome> repair) {
    lane.aside(task, REPAIR_LIMIT, repair, outcome -> {
      done.accept(
          outcome instanceof Lane.Outcome.Done<RemedyOutcome> ended
              ? ended.value()
              : new RemedyOutcome.Failed(task + ": " + outcome));
      forwardingChanged.set(true);
      lookNow();
    });
  }

  void startBabeld(Consumer<RemedyOutcome> done) {
    start("start babeld", keeper::ensureRunning, done);
  }

  void restartBabeld(Consumer<RemedyOutcome> done) {
    start("restart babeld", keeper::startAnew, done);
  }

  private void start(
      String task, Callable<BabeldKeeper.Start> start, Consumer<RemedyOutcome> done) {
    onLane(
        task,
        done,
        () -> lane.aside(task, START_LIMIT, start, outcome -> {
          if (outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> ended
              && ended.value() instanceof BabeldKeeper.Start.Running running) {
            done.accept(
                new RemedyOutcome.Done("babeld (pid " + running.pid() + ") " + running.how()));
          } else {
            done.accept(new RemedyOutcome.Failed(
                outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> ended
                        && ended.value() instanceof BabeldKeeper.Start.Failed failed
                    ? failed.why()
                    : task + ": " + outcome));
          }
          if (!closed) {
            talk.begin();
            lookNow();
          }
        }));
  }

  /** Those babeld lacks, or, where it lacks none, all of them: taken and given again, so that it greets its neighbours anew. */
  void giveInterfacesBack(String fault, Consumer<RemedyOutcome> done) {
    onLane("give interfaces back", done, () -> {
      var told = freshTable(sight, uptime.now());
      if (told.isEmpty()) {
        done.accept(new RemedyOutcome.Failed("babeld's table is not known now"));
        return;
      }
      var usable = interfaceNames().stream().filter(this::isUsable).toList();
      var lacking = usable.stream()
          .filter(name -> told.get().interfaces().stream()
              .noneMatch(one -> one.up() && one.name().equals(name)))
          .toList();
      var chosen = lacking.isEmpty() ? usable : lacking;
      if (chosen.isEmpty()) {
        done.accept(new RemedyOutcome.Useless(
            "none of its interfaces exists and is up: " + String.join(", ", interfaceNames())));
        return;
      }
      var declined = new ArrayList<String>();
      for (var name : chosen) {
        if (told.get().interfaces().stream().anyMatch(one -> one.name().equals(name))) {
          talk.order("flush interface " + name, answer -> note(declined, answer));
        }
        talk.order(settings.interfaceLine(name), answer -> {
          note(declined, answer);
          if (name.equals(chosen.get(chosen.size() - 1))) {
            done.accept(
                declined.isEmpty()
                    ? new RemedyOutcome.Done("gave back " + String.join(", ", chosen))
                    : new RemedyOutcome.Failed(String.join("; ", declined)));
          }
        });
      }
    });
  }

  private boolean isUsable(String name) {
    return sight
        .links()
        .map(links -> links.byName().get(name))
        .filter(link -> link.up() && link.carrier())
        .isPresent();
  }

  private static void note(List<String> declined, Talk.Answer answer) {
    if (!answer.taken()) {
      declined.add(answer.words());
    }
  }

  private void onLane(String task, Consumer<RemedyOutcome> done, Runnable work) {
    if (closed || lane.post(task, work) != Lane.Posting.ACCEPTED) {
      done.accept(new RemedyOutcome.Failed("babel's lane takes no work now"));
    }
  }

  // --- the exit and beyond ---

  private void askSoon() {
    settings.exit().ifPresent(target -> ask(target, true, MISS_PAUSE));
    settings.beyond().ifPresent(target -> ask(target, false, MISS_PAUSE));
  }

  private void ask(Target target, boolean isExit, Duration pause) {
    (isExit ? exitDue : beyondDue).cancel();
    var due = lane.after(pause, "ask " + target.text(), () -> ask(target, isExit));
    if (isExit) {
      exitDue = due;
    } else {
      beyondDue = due;
    }
  }

  private void ask(Target target, boolean isExit) {
    if (closed) {
      return;
    }
    lane.aside(
        "ask " + target.text(),
        PROBE_LIMIT.plusSeconds(1),
        () -> surroundings.ask(target, PROBE_LIMIT),
        outcome -> {
          var took = outcome instanceof Lane.Outcome.Done<Optional<Duration>> done
              ? done.value()
              : Optional.<Duration>empty();
          var now = uptime.now();
          var before = (isExit ? sight.exit() : sight.beyond())
              .orElse(Sight.Answers.none(now, host(target)));
          var after =
              took.map(time -> before.answered(now, time)).orElseGet(() -> before.missed(now));
          sight = isExit ? sight.withExit(after) : sight.withBeyond(after);
          judge();
          if (after.misses() == 1) {
            lookNow();
          }
          // A miss is followed up soon, so that three of them are a matter of seconds.
          ask(target, isExit, after.isInDoubt() ? MISS_PAUSE : settings.probe());
        });
  }

  /** Without the port: routes lead to addresses. */
  private static String host(Target target) {
    var text = target.text();
    if (text.startsWith("[")) {
      return text.substring(1, text.indexOf(']'));
    }
    return target.port().isPresent() ? text.substring(0, text.indexOf(':')) : text;
  }

  // --- what follows ---

  private void judge() {
    if (starting) {
      // A babeld that Kedge itself takes down for a moment is no news.
      return;
    }
    var known = memory.with(sight);
    if (!known.equals(memory)) {
      memory = known;
      store();
    }
    state = judged();
    onReadings.run();
  }

  private State judged() {
    var faults = talk.faults();
    return new State(
        sight,
        Judge.judge(sight, memory, uptime.now()),
        talk.version(),
        talk.answerTook(),
        faults.malformed(),
        faults.firstMalformed());
  }

  private void store() {
    try {
      memoryFile.write(memory.text());
    } catch (IOException e) {
      LOG.warn(
          "Memory of Babel could not be written ({}); it is kept until the next restart only.",
          e.toString());
    }
  }

  /** On any thread; babeld goes on running and forwarding. It serves four clients: none is left behind. */
  @Override
  public void close() {
    closed = true;
    following.close();
    talk.close();
    lane.after(Duration.ZERO, "close", () -> {
      lookDue.cancel();
      eventDue.cancel();
    });
  }
}
