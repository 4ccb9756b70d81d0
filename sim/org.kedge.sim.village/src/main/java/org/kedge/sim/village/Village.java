package org.kedge.sim.village;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.CareReport;
import org.kedge.sim.village.logs.LogBook;
import org.slf4j.event.Level;

/**
 * Machines on a random connected graph, an exit, what lies beyond it, and the one agenda on which all of them live. Everything in it
 * follows from the seed. One thread.
 */
final class Village {
  static final int EXIT = 0;
  static final String EXIT_ADDRESS = "2001:db8::1";
  static final String BEYOND_ADDRESS = "192.0.2.1";

  /** Addresses and link-local names have room for so many. */
  static final int NODES_MAX = 200;

  private static final Instant BEGIN = Instant.parse("2026-06-01T00:00:00Z");
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration MOMENT = Duration.ofMillis(2);
  private static final Duration BOOT = Duration.ofSeconds(25);
  private static final Duration RUNTIME_START = Duration.ofSeconds(4);

  /** After trouble elsewhere its echo may be heard on any node for so long. */
  private static final Duration ECHO = Duration.ofSeconds(60);

  private static final Duration HOP_TAKES = Duration.ofMillis(2);
  private static final int HOPS_MAX = 64;

  /** In ticks. */
  private static final int MEMORY_EVERY = 60;

  private static final int FLASH_MAX = 128 * 1024;
  private static final int JOURNAL_MAX = 50;

  private final VirtualLanes agenda = new VirtualLanes(new Uptime(0));
  private final Lane world = agenda.open("world", Integer.MAX_VALUE);
  private final String ladder;
  private final Random chance;
  private final Diary diary;
  private final Auditor auditor = new Auditor(this);
  private final Broker broker = new Broker(agenda::now, auditor::violated);
  private final Cures cures = new Cures(this);
  private final Routing routing;
  private final List<Machine> machines = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private final Map<Machine, Uptime> lastAiling = new HashMap<>();
  private final List<LogBook.Entry> alarms = new ArrayList<>();
  private long ticks;
  private Uptime lastUnrest = new Uptime(0);
  private @Nullable Machine current;

  /** Whether the exit neither answers nor passes anything on. */
  boolean exitDeaf;

  /** Whether nothing beyond the exit answers. */
  boolean uplinkOut;

  /**
   * @param ladder care's, as text
   * @param reader of the diary, as it is written
   */
  Village(long seed, int nodes, String ladder, Consumer<String> reader) {
    if (nodes < 2 || nodes > NODES_MAX) {
      throw new IllegalArgumentException(
          "A village has 2 to " + NODES_MAX + " nodes, but was asked for " + nodes);
    }
    this.ladder = ladder;
    chance = new Random(seed);
    diary = new Diary(this::time, reader);
    routing = new Routing(world, new Random(chance.nextLong()), machines);
    LogBook.open().readBy(this::logged);
    for (var number = 0; number <= nodes; number++) {
      machines.add(new Machine(number, this, new Random(chance.nextLong())));
    }
    // A tree first, so that all hang together, and then some more.
    for (var number = 1; number <= nodes; number++) {
      join(machines.get(number), machines.get(chance.nextInt(number)));
    }
    for (var more = 0; more < nodes / 2; more++) {
      join(machines.get(chance.nextInt(nodes + 1)), machines.get(chance.nextInt(nodes + 1)));
    }
    var exit = machines.get(EXIT);
    exit.boot(now());
    startBabeld(exit);
    for (var machine : nodes()) {
      world.after(Duration.ofMillis(chance.nextInt(20_000)), "power on", () -> powerOn(machine));
    }
    world.every(TICK, "tick", this::tick);
  }

  private void join(Machine one, Machine other) {
    if (one == other || one.links().stream().anyMatch(link -> link.peer(one) == other)) {
      return;
    }
    var link = new Link(one, other);
    links.add(link);
    one.attach(link);
    other.attach(link);
  }

  // --- time ---

  VirtualLanes agenda() {
    return agenda;
  }

  Lane world() {
    return world;
  }

  /** True time, which no node knows. */
  Uptime now() {
    return agenda.now();
  }

  /** Since the village began. */
  Duration time() {
    return Duration.ofNanos(agenda.now().nanos());
  }

  void spend(Duration span) {
    agenda.spend(span);
  }

  void soon(String task, Runnable work) {
    world.after(MOMENT, task, work);
  }

  /** What the clock on the machine's wall shows. */
  Instant wallClock(Machine machine) {
    return BEGIN.plus(time()).plus(machine.clockError);
  }

  /** Lets time pass, up to the first broken promise. */
  void pass(Duration span) {
    agenda.passUntil(() -> auditor.violation().isPresent(), span);
  }

  // --- parts ---

  String ladder() {
    return ladder;
  }

  Random chance() {
    return chance;
  }

  Diary diary() {
    return diary;
  }

  Auditor auditor() {
    return auditor;
  }

  Broker broker() {
    return broker;
  }

  Cures cures() {
    return cures;
  }

  /** Those with Kedge on them. */
  List<Machine> nodes() {
    return machines.subList(1, machines.size());
  }

  List<Link> links() {
    return links;
  }

  /** WARN and ERROR of the product's logs. */
  List<LogBook.Entry> alarms() {
    return alarms;
  }

  /** Runs a task of a machine's lane. */
  void within(Machine machine, Runnable work) {
    var before = current;
    current = machine;
    try {
      work.run();
    } finally {
      current = before;
    }
  }

  private void logged(LogBook.Entry entry) {
    if (entry.level() == Level.WARN || entry.level() == Level.ERROR) {
      alarms.add(entry);
    }
    diary.note(
        current == null ? "village" : current,
        entry.level() + " " + entry.writer() + ": " + entry.words());
  }

  /** Care's report on a machine changed. */
  void reported(Machine machine, CareReport report) {
    diary.note(machine, "is " + report.state() + " " + report.faultNames());
  }

  // --- what happens to machines ---

  void powerOn(Machine machine) {
    if (machine.isPowered()) {
      return;
    }
    machine.boot(now());
    diary.note(machine, "has power");
    carriersChanged(machine);
    world.after(BOOT, "Kedge starts", () -> startKedge(machine));
  }

  private void startKedge(Machine machine) {
    if (machine.isPowered() && machine.kedge.isEmpty()) {
      machine.kedge = Optional.of(new Kedge(this, machine));
    }
  }

  /** Power is back after a while; what was being written is as the damage says. */
  void cutPower(Machine machine, Duration dark, SimulatedFlash.Damage damage, int at) {
    powerLost(machine);
    world.after(dark, "power is back", () -> {
      if (!machine.isPowered()) {
        machine.flash.powerOn(damage, at);
        powerOn(machine);
      }
    });
  }

  /** The power is gone, also in the midst of what the machine does. */
  void powerLost(Machine machine) {
    if (machine.isPowered()) {
      diary.note(machine, "is dark");
      goDark(machine);
    }
  }

  private void goDark(Machine machine) {
    checkLanes(machine);
    cures.interrupted(machine);
    machine.goDark();
    carriersChanged(machine);
  }

  private void carriersChanged(Machine machine) {
    machine.links().forEach(link -> link.peer(machine).kernel.linksChanged());
    changed(machine);
  }

  void restartRuntime(Machine machine) {
    var leaving = machine.kedge.orElseThrow();
    world.after(Duration.ofMillis(300), "Kedge leaves", () -> {
      if (machine.kedge.filter(kedge -> kedge == leaving).isPresent()) {
        checkLanes(machine);
        leaving.drop();
        machine.kedge = Optional.empty();
        world.after(RUNTIME_START, "Kedge starts", () -> startKedge(machine));
      }
    });
  }

  void reboot(Machine machine) {
    var bootId = machine.bootId();
    world.after(Duration.ofSeconds(2), "reboot", () -> {
      if (machine.isPowered() && machine.bootId().equals(bootId)) {
        diary.note(machine, "reboots");
        goDark(machine);
        world.after(Duration.ofSeconds(5), "boot", () -> powerOn(machine));
      }
    });
  }

  /** Its timer was not petted in time. */
  void resetByTimer(Machine machine) {
    if (machine.kedge.stream().noneMatch(kedge -> kedge.isToBeReset())) {
      auditor.violated(machine + " was reset by its timer, though nobody wanted that");
    }
    diary.note(machine, "is reset by its timer");
    goDark(machine);
    world.after(Duration.ofSeconds(5), "boot", () -> powerOn(machine));
  }

  void startBabeld(Machine machine) {
    routing.begins(machine);
    machine.startBabeld();
    diary.note(machine, "babeld " + machine.babeld.pid() + " starts");
  }

  void killBabeld(Machine machine) {
    machine.babeld.die();
    machine.kedge.ifPresent(kedge -> soon("babeld has ended", kedge::babeldEnded));
  }

  void cut(Link link, boolean cut) {
    link.cut = cut;
    link.one.kernel.linksChanged();
    link.other.kernel.linksChanged();
    changed(link.one);
    changed(link.other);
  }

  /** Something of the machine that matters to others or to its health changed. */
  void changed(Machine machine) {
    routing.changed(machine);
    judge(machine);
  }

  // --- the truth ---

  private void tick() {
    var withMemory = ++ticks % MEMORY_EVERY == 0;
    for (var machine : nodes()) {
      judge(machine);
      checkLanes(machine);
      if (withMemory) {
        checkMemory(machine);
      }
    }
    if (hasTrouble()) {
      lastUnrest = now();
    }
  }

  private void judge(Machine machine) {
    if (machine.isExit()) {
      return;
    }
    if (machine.isPowered() && machine.ailment().isPresent()) {
      lastAiling.put(machine, now());
    } else if (routing.isSettled(machine)) {
      cures.well(machine);
    }
  }

  /** Whether something was wrong with the machine itself within this time. */
  boolean ailedWithin(Machine machine, Duration span) {
    judge(machine);
    var at = lastAiling.get(machine);
    return at != null && now().since(at).compareTo(span) <= 0;
  }

  /** Whether nothing is wrong anywhere and has not been for a while. */
  boolean isQuiet() {
    return !hasTrouble() && now().since(lastUnrest).compareTo(ECHO) > 0;
  }

  private boolean hasTrouble() {
    return exitDeaf
        || uplinkOut
        || broker.refuses
        || links.stream().anyMatch(link -> !link.trusted)
        || nodes().stream()
            .anyMatch(machine -> !machine.isPowered()
                || machine.kedge.isEmpty()
                || machine.babeld.mood() == Babeld.Mood.TORN
                || machine.ailment().isPresent());
  }

  private void checkMemory(Machine machine) {
    var outbox = machine.flash.size("outbox-");
    var kept = machine.flash.size() - outbox;
    var journal = machine.kedge.map(kedge -> kedge.journal().size()).orElse(0);
    if (kept > FLASH_MAX || journal > JOURNAL_MAX) {
      auditor.violated(machine + " keeps " + kept + " bytes on flash and " + journal
          + " entries in its journal, more than " + FLASH_MAX + " and " + JOURNAL_MAX);
    }
    if (outbox > Kedge.OUTBOX.flashBytes()) {
      auditor.violated(machine + " keeps " + outbox + " bytes in its outbox, more than "
          + Kedge.OUTBOX.flashBytes());
    }
  }

  private void checkLanes(Machine machine) {
    machine.kedge.ifPresent(kedge -> {
      for (LaneReading lane : kedge.lanes()) {
        if (lane.thrown() > 0 && !machine.flash.isDark()) {
          var thrown = kedge.lastThrown(lane.lane());
          auditor.violated("a task of " + machine + "'s lane " + lane.lane() + " threw " + thrown
              + " at " + List.of(thrown.getStackTrace()).stream().limit(6).toList());
        }
        if (lane.refused() > 0) {
          auditor.violated("lane " + lane.lane() + " of " + machine + " was full: " + lane);
        }
      }
    });
  }

  // --- the way through ---

  /** Hops a packet takes over the kernels' routes as they are; empty if it does not arrive. */
  private Optional<Integer> walk(Machine from, Machine to, int family) {
    var prefix = to.prefixes().get(family);
    var at = from;
    for (var hops = 0; hops < HOPS_MAX; hops++) {
      if (at == to) {
        return Optional.of(hops);
      }
      if (at != from && !at.kernel.passesTransit()) {
        return Optional.empty();
      }
      var machine = at;
      var next = at.kernel
          .route(prefix)
          .filter(route -> !route.unreachable())
          .flatMap(route -> machine.link(route.device()))
          .filter(Link::hasCarrier)
          .map(link -> link.peer(machine));
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Optional.empty();
  }

  boolean reach(Machine one, Machine other) {
    return walk(one, other, 0).isPresent() && walk(one, other, 1).isPresent();
  }

  /** How long the exit, or what lies beyond it, takes to answer this machine; empty if it does not. */
  Optional<Duration> answers(Machine machine, boolean beyond) {
    if (exitDeaf || (beyond && uplinkOut)) {
      return Optional.empty();
    }
    var exit = machines.get(EXIT);
    return walk(machine, exit, 0)
        .flatMap(out -> walk(exit, machine, 0).map(back -> out + back))
        .map(hops -> HOP_TAKES.multipliedBy(hops + (beyond ? 10L : 0)));
  }

  /** What is lacking until every node forwards, reports and stands on no rung; empty if nothing is. */
  Set<String> lacking(Uptime reportedSince) {
    var lacking = new LinkedHashSet<String>();
    for (var machine : nodes()) {
      if (machine.kedge.isEmpty()) {
        lacking.add(machine + ": no Kedge runs");
        continue;
      }
      machine.ailment().ifPresent(what -> lacking.add(machine + ": " + what));
      for (var other : machines) {
        if (!reach(machine, other)) {
          lacking.add(machine + ": does not reach " + other);
        }
      }
      var kedge = machine.kedge.get();
      var state = kedge.report().map(CareReport::state);
      if (!state.equals(Optional.of(CareReport.State.HEALTHY))) {
        lacking.add(machine + ": is " + state.map(Enum::name).orElse("unjudged") + " "
            + kedge.report().map(Object::toString).orElse(""));
      }
      if (!kedge.climbing().isEmpty()) {
        lacking.add(machine + ": stands on a rung for " + kedge.climbing());
      }
      if (!kedge.isTelling()) {
        continue;
      }
      var received = broker.last(machine);
      if (received.filter(one -> !one.at().isBefore(reportedSince)).isEmpty()) {
        lacking.add(machine + ": has not reported");
      } else if (!received.get().state().equals("healthy")) {
        lacking.add(machine + ": reported itself " + received.get().state());
      }
    }
    return lacking;
  }

  /** Lets time pass until nothing is lacking; tells what still is at the limit, or what was violated meanwhile. */
  Optional<String> untilWell(Duration limit) {
    var since = now();
    var lacking = lacking(since);
    while (!lacking.isEmpty()) {
      if (now().since(since).compareTo(limit) >= 0) {
        return Optional.of(String.join("; ", lacking));
      }
      pass(TICK);
      if (auditor.violation().isPresent()) {
        break;
      }
      lacking = lacking(since);
    }
    return auditor.violation();
  }
}
