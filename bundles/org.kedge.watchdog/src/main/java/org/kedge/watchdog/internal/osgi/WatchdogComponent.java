package org.kedge.watchdog.internal.osgi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Start;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareControl;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
import org.kedge.watchdog.api.PetDevice;
import org.kedge.watchdog.internal.keeper.Keeper;
import org.kedge.watchdog.internal.keeper.Plan;
import org.kedge.watchdog.internal.loop.WatchdogLoop;
import org.kedge.watchdog.internal.osgi.WatchdogSettings.Choice;
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

/** Holds and pets the timer, and tells how this start came about. */
@Component(
    name = WatchdogComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Probe.class, Gauge.class})
@Designate(ocd = WatchdogConfiguration.class)
public final class WatchdogComponent implements ConfigurableComponent, Probe, Gauge {
  static final String PID = "org.kedge.watchdog";

  /** A host says {@code none} here where nothing would start it again: then it must not reset the machine either. */
  private static final String KEEPER_PROPERTY = "org.kedge.keeper";

  private static final Logger LOG = LoggerFactory.getLogger(WatchdogComponent.class);
  private static final int QUEUE = 32;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  private final BundleContext bundle;
  private final boolean isKept;
  private final Lane lane;
  private final Keeper keeper;
  private final WatchdogLoop loop;
  private final OwnDevices own = new OwnDevices();
  private final SettingsInForce<WatchdogSettings> settings;
  private final ServiceRegistration<Remedy> remedy;
  // Guarded by this. A device that comes while this is being activated may be handed over twice.
  private final Set<PetDevice> offered = new LinkedHashSet<>();
  private final List<ServiceRegistration<Start>> turns = new CopyOnWriteArrayList<>();
  private boolean isStarted; // guarded by this

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareWatch care;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareControl control;

  @Activate
  public WatchdogComponent(
      BundleContext bundle,
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.bundle = bundle;
    isKept = !"none".equals(bundle.getProperty(KEEPER_PROPERTY));
    lane = lanes.open("watchdog", QUEUE);
    keeper = new Keeper(lanes::readings, uptime);
    loop = new WatchdogLoop(
        lane,
        new WatchdogLoop.World(
            uptime,
            node.flash(),
            node.bootId(),
            node.kernelBootId(),
            keeper::guard,
            keeper::tell,
            () -> Optional.ofNullable(care),
            () -> Optional.ofNullable(control),
            this::turn));
    var schema = SettingsSchema.of(WatchdogSettings.class, PID);
    settings =
        new SettingsInForce<>(schema, offered -> WatchdogSettings.read(schema, offered), news);
    settings.offer(values);
    start();
    remedy = bundle.registerService(Remedy.class, loop.remedy(), null);
  }

  private synchronized void start() {
    isStarted = true;
    loop.start(plan());
  }

  @Modified
  synchronized void changed(Map<String, ?> values) {
    settings.offer(values).ifPresent(accepted -> loop.use(plan()));
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  synchronized void addDevice(PetDevice device) {
    offered.add(device);
    if (isStarted) {
      loop.use(plan());
    }
  }

  synchronized void removeDevice(PetDevice device) {
    offered.remove(device);
    if (isStarted) {
      loop.use(plan());
    }
  }

  private Plan plan() {
    var inForce = settings.inForce().orElseThrow();
    var choice = inForce.device();
    if (choice == Choice.NONE) {
      return none(inForce, "'device' is set to none");
    }
    if (choice == Choice.AUTO && !isKept) {
      return none(inForce, "this Kedge runs without a keeper, not as the node's own service");
    }
    var all = new ArrayList<>(own.devices(inForce.linuxDevice()));
    all.addAll(offered);
    var wanted = all.stream()
        .filter(device -> choice == Choice.AUTO || rank(device) == choice.ordinal())
        .sorted(Comparator.comparingInt(WatchdogComponent::rank))
        .toList();
    return new Plan(
        wanted,
        inForce.timeout(),
        choice != Choice.AUTO,
        "nothing offers the device '" + choice.name().toLowerCase(Locale.ROOT) + "'");
  }

  private static Plan none(WatchdogSettings inForce, String why) {
    return new Plan(List.of(), inForce.timeout(), false, why);
  }

  private static int rank(PetDevice device) {
    for (var choice : Choice.values()) {
      if (choice.name().equalsIgnoreCase(device.name())) {
        return choice.ordinal();
      }
    }
    return Choice.values().length;
  }

  @SuppressWarnings("JdkObsolete") // the framework takes a Dictionary
  private void turn(String capability, Start start) {
    turns.add(bundle.registerService(
        Start.class, start, new Hashtable<>(Map.of(Start.CAPABILITY, capability))));
  }

  @Deactivate
  void stop() throws InterruptedException {
    remedy.unregister();
    if (loop.isRebooting()) {
      keeper.leave();
    } else {
      keeper.close();
    }
    var noted = new CountDownLatch(1);
    loop.stop(noted::countDown);
    if (!noted.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn(
          "The book of starts was not written within {} s; the next start will not know that this one was stopped.",
          STOP_LIMIT.toSeconds());
    }
    lane.close();
    // Only now: whoever waited for its turn ends with it, which takes its time.
    turns.forEach(ServiceRegistration::unregister);
  }

  @Override
  public String name() {
    return loop.name();
  }

  @Override
  public List<Reading> readings() {
    return loop.readings();
  }

  @Override
  public String section() {
    return "watchdog";
  }

  @Override
  public Figures figures() {
    return loop.figures();
  }
}
