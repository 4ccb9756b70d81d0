package org.kedge.sim.village;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.kedge.babel.internal.supervisor.BabelRemedies;
import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.babel.internal.supervisor.BabelSupervisor;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.Start;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
import org.kedge.care.internal.loop.CareLoop;
import org.kedge.care.internal.node.NodeRemedies;
import org.kedge.telemetry.internal.core.Snapshot;
import org.kedge.telemetry.internal.loop.TelemetryLoop;
import org.kedge.telemetry.internal.outbox.Outbox;
import org.kedge.watchdog.internal.keeper.Guarding;
import org.kedge.watchdog.internal.keeper.Plan;
import org.kedge.watchdog.internal.loop.WatchdogLoop;

/** One run of Kedge on a machine: the product's own care, babel, watchdog and telemetry, from its start until it is dropped. */
final class Kedge {
  private static final int QUEUE = 256;
  static final Outbox.Limits OUTBOX = new Outbox.Limits(8L << 20, Duration.ofHours(72));
  private static final Duration SNAPSHOT = Duration.ofMinutes(1);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Snapshot.Versions VERSIONS = new Snapshot.Versions("0.1.0", "17", "6.1");

  private final Village village;
  private final Machine machine;
  private final NodeLanes lanes;
  private final CareLoop care;
  private final BabelSupervisor supervisor;
  private final Guarding guarding;
  private final WatchdogLoop watchdog;
  private Optional<TelemetryLoop> telemetry = Optional.empty();
  private final UptimeSource uptime;
  private final Node node;
  private boolean alive = true;
  private Runnable babeldEnded = () -> {};

  Kedge(Village village, Machine machine) {
    this.village = village;
    this.machine = machine;
    lanes = new NodeLanes(village.agenda(), work -> village.within(machine, work));
    uptime = () -> machine.uptime(village.now());
    var flash = machine.flash(() -> village.powerLost(machine));
    node = new Node(
        new NodeId("node" + machine.number),
        new UUID(village.chance().nextLong(), village.chance().nextLong()).toString(),
        machine.bootId(),
        Path.of("/var/lib/kedge"),
        flash);
    care = new CareLoop(
        lanes,
        uptime,
        () -> village.wallClock(machine),
        flash,
        machine.bootId(),
        village.ladder(),
        Map::of);
    supervisor = new BabelSupervisor(
        settings(machine),
        flash,
        lanes.open("babel", QUEUE),
        uptime,
        onEnd -> {
          babeldEnded = onEnd;
          return new MachineKeeper(village, machine);
        },
        keeper -> new MachineSurroundings(village, machine, () -> alive),
        care::nudge);
    care.add(new BabelProbe());
    BabelRemedies.of(() -> supervisor).forEach(this::offer);
    var lane = lanes.open("telemetry", QUEUE);
    offer(NodeRemedies.restartRuntime(
        lane, this::run, List.of(), true, reason -> village.restartRuntime(machine)));
    offer(NodeRemedies.rebootNode(lane, this::run, List.of("reboot"), true));
    var keeper = lanes.open("keeper", QUEUE);
    guarding = new Guarding(lanes::readings, uptime);
    watchdog = new WatchdogLoop(
        lanes.open("watchdog", QUEUE),
        new WatchdogLoop.World(
            uptime,
            flash,
            node.bootId(),
            node.kernelBootId(),
            guarding::guard,
            work -> keeper.after(Duration.ZERO, "keeper's order", () -> work.accept(guarding)),
            () -> Optional.of(care),
            () -> Optional.of(care),
            (capability, start) -> {
              if (capability.equals("telemetry")) {
                tell(lane, start);
              }
            }));
    care.add(watchdog);
    offer(watchdog.remedy());
    care.add(report -> {
      village.reported(machine, report);
      telemetry.ifPresent(TelemetryLoop::careChanged);
    });
    care.start();
    supervisor.start();
    watchdog.start(new Plan(List.of(machine.timer), TIMEOUT, true, ""));
    keep(keeper);
  }

  /** The keeper's thread, such as it is here. */
  private void keep(Lane keeper) {
    keeper.after(guarding.step(), "keep", () -> keep(keeper));
  }

  private void tell(Lane lane, Start start) {
    var made = new TelemetryLoop(
        lane,
        new TelemetryLoop.World(
            node,
            start,
            VERSIONS,
            uptime,
            () -> village.wallClock(machine),
            () -> Optional.of(care),
            new SettingsNews(),
            () ->
                List.of(Gauge.of("care", care::figures), Gauge.of("watchdog", watchdog::figures))),
        village.chance()::nextDouble);
    telemetry = Optional.of(made);
    made.take(OUTBOX, SNAPSHOT, Optional.of(new BrokerUplink(village, machine)));
  }

  /** Whether its ladder came to the last rung. */
  boolean isToBeReset() {
    return guarding.guard().unpetted().isPresent();
  }

  /** Whether it tells anything yet: after starts that did not settle that is one of the last things. */
  boolean isTelling() {
    return telemetry.isPresent();
  }

  private static BabelSettings settings(Machine machine) {
    return new BabelSettings(
        BabelSettings.Mode.CHILD,
        Optional.empty(),
        machine.devices(),
        "/usr/sbin/babeld",
        List.of(),
        List.of(),
        Path.of("/run/babeld.pid"),
        List.of(),
        List.of(),
        List.of(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Optional.of(target(Village.EXIT_ADDRESS)),
        Optional.of(target(Village.BEYOND_ADDRESS)),
        Duration.ofSeconds(5),
        true);
  }

  private static Target target(String address) {
    try {
      return new Target(address, InetAddress.getByName(address), Optional.empty());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("No address: " + address, e);
    }
  }

  /** The only program it knows is the one that reboots. */
  private CommandResult run(Command command) {
    village.reboot(machine);
    return new CommandResult.Ended(0, "", "", false, Duration.ZERO);
  }

  private void offer(Remedy remedy) {
    care.add(village.auditor().watched(machine, remedy));
  }

  /** Names this run. */
  String bootId() {
    return node.bootId();
  }

  void babeldEnded() {
    babeldEnded.run();
  }

  Optional<CareReport> report() {
    return care.latest();
  }

  /** Names of faults that stand on a rung. */
  List<String> climbing() {
    return care.climbing();
  }

  /** What it wrote last into its journal. */
  List<String> journal() {
    return care.journal().entries().stream().map(entry -> entry.words()).toList();
  }

  List<LaneReading> lanes() {
    return lanes.readings();
  }

  RuntimeException lastThrown(String lane) {
    return lanes.lastThrown(lane);
  }

  /** It is gone as after a kill: nothing of it runs any more. */
  void drop() {
    alive = false;
    supervisor.close();
    care.close();
    lanes.close();
  }

  private final class BabelProbe implements Probe {
    @Override
    public String name() {
      return "babel";
    }

    @Override
    public List<Reading> readings() {
      return supervisor.state().readings();
    }
  }
}
