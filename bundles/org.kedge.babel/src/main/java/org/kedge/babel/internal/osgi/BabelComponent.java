package org.kedge.babel.internal.osgi;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.kedge.babel.api.RouteWatch;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.node.NodeSurroundings;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.babel.internal.process.ChildKeeper;
import org.kedge.babel.internal.process.ServiceKeeper;
import org.kedge.babel.internal.supervisor.BabelRemedies;
import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.babel.internal.supervisor.BabelSupervisor;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.api.WatchedProcess;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
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

/** Babel as the other bundles see it: readings for care, the table for who asks, figures for the snapshot. */
@Component(
    name = BabelComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Probe.class, RouteWatch.class, Gauge.class})
@Designate(ocd = BabelConfiguration.class)
public final class BabelComponent implements ConfigurableComponent, Probe, RouteWatch, Gauge {
  static final String PID = "org.kedge.babel";
  private static final int QUEUE = 256;

  private final Node node;
  private final CommandRunner runner;
  private final UptimeSource uptime;
  private final Lane lane;
  private final Object starting = new Object();
  private final SettingsInForce<BabelSettings> settings;
  private final List<ServiceRegistration<Remedy>> remedies;
  private final ServiceRegistration<WatchedProcess> process;
  private final ServiceRegistration<Inquiry> neighbours;
  private volatile BabelSupervisor supervisor;
  private volatile BabelSettings inForce;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareWatch care;

  @Activate
  public BabelComponent(
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference CommandRunner runner,
      BundleContext bundle,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.node = node;
    this.runner = runner;
    this.uptime = uptime;
    var schema = SettingsSchema.of(BabelSettings.class, PID);
    settings = new SettingsInForce<>(schema, offered -> BabelSettings.read(schema, offered), news);
    lane = lanes.open("babel", QUEUE);
    inForce = settings.offer(values).orElseThrow();
    supervisor = supervise(inForce);
    remedies = BabelRemedies.of(() -> supervisor).stream()
        .map(remedy -> bundle.registerService(Remedy.class, remedy, null))
        .toList();
    process = bundle.registerService(WatchedProcess.class, new Babeld(), null);
    neighbours = bundle.registerService(Inquiry.class, NeighboursInquiry.of(this, uptime), null);
  }

  @Modified
  void changed(Map<String, ?> values) {
    settings.offer(values).ifPresent(accepted -> {
      supervisor.close();
      inForce = accepted;
      supervisor = supervise(accepted);
    });
  }

  @Deactivate
  void stop() {
    neighbours.unregister();
    process.unregister();
    remedies.forEach(ServiceRegistration::unregister);
    supervisor.close();
    lane.close();
  }

  private BabelSupervisor supervise(BabelSettings accepted) {
    var made = new BabelSupervisor(
        accepted,
        node.flash(),
        lane,
        uptime,
        onEnd -> keeper(accepted, onEnd),
        keeper -> new NodeSurroundings(keeper, accepted.socketIn(node.data()), uptime, runner),
        this::nudge);
    made.start();
    return made;
  }

  private BabeldKeeper keeper(BabelSettings accepted, Runnable onEnd) {
    return inTurn(
        accepted.mode() == BabelSettings.Mode.SERVICE
            ? new ServiceKeeper(
                accepted.pidFile(),
                socketFile(accepted.socketIn(node.data())),
                accepted.start(),
                accepted.stop(),
                accepted.status(),
                runner)
            : new ChildKeeper(
                new ChildKeeper.Plan(
                    accepted.program(),
                    accepted.interfaces(),
                    accepted.arguments(),
                    accepted.configuration(),
                    controlArgument(accepted.socketIn(node.data())),
                    node.data()),
                runner,
                onEnd));
  }

  /** Settings may change while babeld is being started by the old ones: the new start waits for the end of that. */
  private BabeldKeeper inTurn(BabeldKeeper keeper) {
    return new BabeldKeeper() {
      @Override
      public Start ensureRunning() {
        synchronized (starting) {
          return keeper.ensureRunning();
        }
      }

      @Override
      public Start startAnew(boolean kindly) {
        synchronized (starting) {
          return keeper.startAnew(kindly);
        }
      }

      @Override
      public Whereabouts whereabouts() {
        return keeper.whereabouts();
      }
    };
  }

  private static Optional<Path> socketFile(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix
        ? Optional.of(unix.getPath())
        : Optional.empty();
  }

  private static String controlArgument(SocketAddress address) {
    return address instanceof InetSocketAddress tcp
        ? Integer.toString(tcp.getPort())
        : address.toString();
  }

  /** For who watches limits. */
  private final class Babeld implements WatchedProcess {
    /** About ten are open in a quiet mesh: its sockets, the log, and one for each of at most four clients. */
    private static final long DESCRIPTORS = 64;

    @Override
    public String name() {
      return "babeld";
    }

    @Override
    public OptionalLong pid() {
      return supervisor.state().sight().process().stream()
          .flatMapToLong(daemon -> daemon.look() instanceof ProcessLook.Alive alive
              ? LongStream.of(alive.view().pid())
              : LongStream.empty())
          .findFirst();
    }

    @Override
    public long descriptorsNeeded() {
      return DESCRIPTORS;
    }
  }

  private void nudge() {
    var present = care;
    if (present != null) {
      present.nudge();
    }
  }

  @Override
  public String name() {
    return "babel";
  }

  @Override
  public List<Reading> readings() {
    return supervisor.state().readings();
  }

  @Override
  public Optional<RoutingTable> latest() {
    return supervisor.freshTable();
  }

  @Override
  public String section() {
    return "babel";
  }

  @Override
  public Figures figures() {
    return BabelFigures.of(inForce, supervisor.state(), uptime.now());
  }
}
