package org.kedge.board.internal.osgi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.api.WatchedProcess;
import org.kedge.board.internal.core.Board;
import org.kedge.board.internal.gpio.GpioLines;
import org.kedge.board.internal.gpio.GpioTimer;
import org.kedge.board.internal.gpio.Pi4jLines;
import org.kedge.board.internal.loop.BoardLoop;
import org.kedge.board.internal.node.LimitFiles;
import org.kedge.board.internal.node.LimitRaiser;
import org.kedge.board.internal.node.NetFiles;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
import org.kedge.watchdog.api.PetDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The box itself as the other bundles see it. */
@Component(
    name = BoardComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Probe.class, CareListener.class, Gauge.class})
@Designate(ocd = BoardConfiguration.class)
public final class BoardComponent implements ConfigurableComponent, Probe, CareListener, Gauge {
  static final String PID = "org.kedge.board";
  private static final Logger LOG = LoggerFactory.getLogger(BoardComponent.class);
  private static final int QUEUE = 64;

  /** Beyond the longest time a radio is without power, and the steps around it. */
  private static final Duration RADIO_LIMIT = Duration.ofSeconds(100);

  /** Longer than the keeper takes for a step, and short enough for an update. */
  private static final Duration LET_GO_LIMIT = Duration.ofSeconds(3);

  private static final Duration RAISE_LIMIT = Duration.ofSeconds(30);

  private final BundleContext bundle;
  private final UptimeSource uptime;
  private final Lane lane;
  private final BoxMaker boxes;
  private final LimitFiles limits;
  private final LimitRaiser raiser;
  private final NetFiles net;
  private final SettingsInForce<BoardSettings> settings;

  // A service that comes while this is being activated may be handed over twice.
  private final Set<WatchedProcess> processes = new CopyOnWriteArraySet<>();
  private final List<ServiceRegistration<Remedy>> remedies;
  private Optional<Offered> timer = Optional.empty();
  private volatile BoardLoop loop;

  private record Offered(GpioTimer timer, ServiceRegistration<PetDevice> registration) {}

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareWatch care;

  @Activate
  public BoardComponent(
      BundleContext bundle,
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference CommandRunner runner,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this(
        bundle,
        node,
        lanes,
        uptime,
        runner,
        news,
        values,
        Path.of("/"),
        chip -> Pi4jLines.gpiod(chip, Path.of("/sys/class/gpio")));
  }

  /**
   * @param root of the file system
   * @param gpio the lines of a chip, by its label
   */
  BoardComponent(
      BundleContext bundle,
      Node node,
      Lanes lanes,
      UptimeSource uptime,
      CommandRunner runner,
      SettingsNews news,
      Map<String, ?> values,
      Path root,
      Function<String, GpioLines> gpio) {
    this.bundle = bundle;
    this.uptime = uptime;
    var proc = root.resolve("proc");
    limits = new LimitFiles(proc, node.data());
    raiser = new LimitRaiser(limits, runner);
    net = new NetFiles(proc, root.resolve("sys"));
    var schema = SettingsSchema.of(BoardSettings.class, PID);
    settings = new SettingsInForce<>(schema, offered -> BoardSettings.read(schema, offered), news);
    lane = lanes.open("board", QUEUE);
    boxes = new BoxMaker(root, lane, gpio);
    loop = begin(settings.offer(values).orElseThrow());
    remedies = Stream.of(
            Remedy.of(
                "power-cycle-radio",
                Effect.TRAFFIC,
                RADIO_LIMIT,
                "cut the power of a radio for a while",
                (order, done) -> loop.powerCycleRadios(done)),
            Remedy.of(
                "raise-limits",
                Effect.NONE,
                RAISE_LIMIT,
                "raised limits",
                (order, done) -> loop.raiseLimits(done)))
        .map(remedy -> bundle.registerService(Remedy.class, remedy, null))
        .toList();
  }

  @Modified
  void modified(Map<String, ?> values) {
    // A file may say something else by now, though the setting that names it is the same.
    var accepted =
        settings.offer(values).or(() -> settings.inForce().filter(BoardSettings::isFile));
    accepted.ifPresent(present -> {
      end();
      loop = begin(present);
      tell();
    });
  }

  private BoardLoop begin(BoardSettings accepted) {
    var box = boxes.make(accepted);
    var made = new BoardLoop(
        lane,
        uptime,
        box,
        new BoardLoop.Node(limits, raiser, net, () -> List.copyOf(processes), this::nudge),
        accepted.expectedClients());
    made.start();
    timer = box.lines()
        .flatMap(lines -> box.board()
            .flatMap(Board::timer)
            .map(chip ->
                offer(new GpioTimer(lines, box.board().flatMap(Board::chip).orElse(""), chip))));
    return made;
  }

  private Offered offer(GpioTimer made) {
    return new Offered(made, bundle.registerService(PetDevice.class, made, null));
  }

  private void end() {
    timer.ifPresent(offered -> {
      offered.registration().unregister();
      // Whoever pets it lets it go on a thread of its own, and for that needs the lines that close
      // here: a timer that stays armed resets the node.
      if (!offered.timer().withdraw(LET_GO_LIMIT)) {
        LOG.warn(
            "The external timer was not let go within {} s; it resets the node unless it is taken again in time.",
            LET_GO_LIMIT.toSeconds());
      }
    });
    timer = Optional.empty();
    loop.close();
  }

  @Deactivate
  void stop() {
    remedies.forEach(ServiceRegistration::unregister);
    end();
    lane.close();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addProcess(WatchedProcess process) {
    processes.add(process);
  }

  void removeProcess(WatchedProcess process) {
    processes.remove(process);
  }

  private void nudge() {
    var present = care;
    if (present != null) {
      present.nudge();
    }
  }

  @Override
  public void changed(CareReport report) {
    var present = care;
    if (present != null) {
      loop.changed(report, present.doing());
    }
  }

  /** After a change of settings there is another light, which knows nothing yet. */
  private void tell() {
    var present = care;
    if (present != null) {
      present.latest().ifPresent(report -> loop.changed(report, present.doing()));
    }
  }

  @Override
  public String name() {
    return "board";
  }

  @Override
  public List<Reading> readings() {
    return List.of(loop.limits());
  }

  @Override
  public String section() {
    return "board";
  }

  @Override
  public Figures figures() {
    return loop.figures();
  }
}
