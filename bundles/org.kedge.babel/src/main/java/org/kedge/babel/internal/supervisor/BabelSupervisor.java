package org.kedge.babel.internal.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.Conversation;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.Judge;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.Memory;
import org.kedge.babel.internal.core.RouteComparison;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.core.Sight.Answers;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Flash;
import org.kedge.base.api.Lane;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.Reading;
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

  /** Looks that the kernel's news ask for are this far apart: routes may change a thousand times a second. */
  private static final Duration EVENT_PAUSE = Duration.ofSeconds(1);

  private static final Duration LOOK_LIMIT = Duration.ofSeconds(8);
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
  private final Mender mender;
  private final List<AddressWatch> addresses = new ArrayList<>();
  private final AtomicBoolean routesChanged = new AtomicBoolean();
  private final AtomicBoolean forwardingChanged = new AtomicBoolean();

  // This lane only.
  private final LoadMeter meter = new LoadMeter();
  private Sight sight;
  private Memory memory = Memory.NONE;
  private Lane.Timer lookDue = () -> {};
  private boolean looking;
  private boolean lookAgain;
  private int looks;
  private boolean eventPending;
  private Optional<Uptime> eventAt = Optional.empty();
  private Lane.Timer eventDue = () -> {};

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
    mender = new Mender(settings, lane, this.keeper, this.surroundings, talk, new View());
    settings
        .exit()
        .ifPresent(target -> addresses.add(
            watch(target, () -> sight.exit(), answers -> heard(sight.withExit(answers), answers))));
    settings
        .beyond()
        .ifPresent(target -> addresses.add(watch(
            target, () -> sight.beyond(), answers -> heard(sight.withBeyond(answers), answers))));
    sight = Sight.nothing(settings.interfaces());
    state = judged();
  }

  private AddressWatch watch(
      Target target, Supplier<Optional<Answers>> before, Consumer<Answers> after) {
    return new AddressWatch(target, settings.probe(), surroundings, lane, uptime, before, after);
  }

  /** Carries out what care orders. */
  Mender mender() {
    return mender;
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
      if (!mender.isStarting()) {
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
    lane.promise(settings.dump().plus(LOOK_LIMIT).plusSeconds(1));
    remember();
    lane.aside("make sure babeld runs", Mender.START_LIMIT, keeper::ensureRunning, outcome -> {
      if (outcome instanceof Lane.Outcome.Done<BabeldKeeper.Start> done) {
        started(done.value());
      } else {
        LOG.error("babeld could not be started: {}. Kedge goes on looking for it.", outcome);
      }
      talk.begin();
      lookNow();
      addresses.forEach(AddressWatch::askSoon);
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
        addresses.forEach(AddressWatch::askSoon);
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

  private final class View implements Mender.View {
    @Override
    public Sight sight() {
      return sight;
    }

    @Override
    public Optional<RoutingTable> table() {
      return freshTable(sight, uptime.now());
    }

    @Override
    public List<String> interfaceNames() {
      return BabelSupervisor.this.interfaceNames();
    }

    @Override
    public Set<IpFamily> families() {
      return BabelSupervisor.this.families();
    }

    @Override
    public void lookAtAll() {
      forwardingChanged.set(true);
      lookNow();
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
    if (eventPending) {
      return;
    }
    var now = uptime.now();
    var next = eventAt.map(at -> at.plus(EVENT_PAUSE)).filter(now::isBefore).orElse(now);
    eventPending = true;
    eventAt = Optional.of(next);
    eventDue = lane.after(next.since(now), "look after changes", () -> {
      eventPending = false;
      lookNow();
    });
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
    routesChanged.set(false);
    var starts = mender.starts();
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
          if (starts != mender.starts()) {
            // It may have seen the end of the babeld before.
            lookAgain = true;
          } else if (outcome instanceof Lane.Outcome.Done<Surroundings.Seen> done) {
            seen(done.value());
            lane.beat();
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
        mender.learn(routes.routes(), table.get().routes());
      }
    }
    return Sight.Kernel.after(sight.kernel(), seen.at(), seen.kernel(), comparison);
  }

  private boolean isDoubtful() {
    return sight.kernel().filter(Sight.Kernel::isDoubtful).isPresent();
  }

  private void heard(Sight next, Answers answers) {
    sight = next;
    judge();
    if (answers.misses() == 1) {
      lookNow();
    }
  }

  // --- what follows ---

  private void judge() {
    if (mender.isStarting()) {
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
      addresses.forEach(AddressWatch::close);
      lookDue.cancel();
      eventDue.cancel();
    });
  }
}
