package org.kedge.telemetry.internal.osgi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Home;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.LocalPage;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Start;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.internal.core.Metrics;
import org.kedge.telemetry.internal.core.Snapshot;
import org.kedge.telemetry.internal.http.NodePages;
import org.kedge.telemetry.internal.http.StatusServer;
import org.kedge.telemetry.internal.json.Json;
import org.kedge.telemetry.internal.loop.Inquiries;
import org.kedge.telemetry.internal.loop.LastDay;
import org.kedge.telemetry.internal.loop.TelemetryLoop;
import org.kedge.telemetry.internal.mqtt.Broker;
import org.kedge.telemetry.internal.mqtt.MqttUplink;
import org.kedge.telemetry.internal.outbox.Outbox;
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

/** Tells the node's health to the broker and to who asks on the node. */
@Component(
    name = TelemetryComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, CareListener.class})
@Designate(ocd = TelemetryConfiguration.class)
public final class TelemetryComponent implements ConfigurableComponent, CareListener {
  static final String PID = "org.kedge.telemetry";
  private static final Logger LOG = LoggerFactory.getLogger(TelemetryComponent.class);
  private static final int QUEUE = 64;

  /** How long a message waits for the broker before it is dropped, in time the node ran. */
  private static final Duration AGE_LIMIT = Duration.ofHours(72);

  private static final Duration PORT_RETRY = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  private final Node node;
  private final Home home;
  private final SettingsNews news;
  private final Runnable newsEar;
  private final Lane lane;
  private final TelemetryLoop loop;
  private final LastDay lastDay;
  private final SettingsInForce<TelemetrySettings> settings;
  private final List<ServiceRegistration<Inquiry>> inquiries;

  // Sets, like what is offered below: a service that comes while this is being activated may be
  // handed over twice, and it goes but once.
  private final Set<Gauge> gauges = new CopyOnWriteArraySet<>();
  private final Set<LocalPage> localPages = new CopyOnWriteArraySet<>();

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareWatch care;

  // This lane only.
  private Optional<TelemetrySettings> taken = Optional.empty();
  private final Set<Uplink> offered = new LinkedHashSet<>();
  private Optional<Own> own = Optional.empty();
  private Optional<StatusServer> server = Optional.empty();
  private Lane.Timer serverDue = () -> {};

  /** The uplink made here, and what for. */
  private record Own(Broker broker, String account, MqttUplink uplink) {}

  @Activate
  public TelemetryComponent(
      BundleContext bundle,
      @Reference Node node,
      @Reference Home home,
      @Reference(target = "(" + Start.CAPABILITY + "=telemetry)") Start start,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.node = node;
    this.home = home;
    this.news = news;
    var schema = SettingsSchema.of(TelemetrySettings.class, PID);
    settings =
        new SettingsInForce<>(schema, offered -> TelemetrySettings.read(schema, offered), news);
    lane = lanes.open("telemetry", QUEUE);
    var versions = new Snapshot.Versions(
        bundle.getBundle().getVersion().toString(),
        System.getProperty("java.version", ""),
        System.getProperty("os.version", ""));
    loop = new TelemetryLoop(
        lane,
        new TelemetryLoop.World(
            node,
            start,
            versions,
            uptime,
            InstantSource.system(),
            () -> Optional.ofNullable(care),
            news,
            () -> List.copyOf(gauges)),
        ThreadLocalRandom.current()::nextDouble);
    lastDay = new LastDay(
        node.id(), uptime, InstantSource.system(), loop::status, () -> Optional.ofNullable(care));
    lastDay.begin(lane);
    newsEar = loop::settingsChanged;
    news.listen(newsEar);
    changed(values);
    inquiries =
        Inquiries.of(node.id(), InstantSource.system(), loop, () -> Optional.ofNullable(care))
            .stream()
            .map(inquiry -> bundle.registerService(Inquiry.class, inquiry, null))
            .toList();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addGauge(Gauge gauge) {
    gauges.add(gauge);
  }

  void removeGauge(Gauge gauge) {
    gauges.remove(gauge);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addLocalPage(LocalPage page) {
    localPages.add(page);
  }

  void removeLocalPage(LocalPage page) {
    localPages.remove(page);
  }

  /** An uplink of the platform's, such as Kura's. */
  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addUplink(Uplink uplink) {
    lane.after(Duration.ZERO, "an uplink comes", () -> {
      offered.add(uplink);
      choose();
    });
  }

  void removeUplink(Uplink uplink) {
    lane.after(Duration.ZERO, "an uplink goes", () -> {
      offered.remove(uplink);
      choose();
    });
  }

  @Modified
  void changed(Map<String, ?> values) {
    settings
        .offer(values)
        .ifPresent(
            accepted -> lane.after(Duration.ZERO, "take new settings", () -> take(accepted)));
  }

  @Deactivate
  void stop() throws InterruptedException {
    inquiries.forEach(ServiceRegistration::unregister);
    news.forget(newsEar);
    var ended = new CountDownLatch(1);
    lane.after(Duration.ZERO, "stop", () -> {
      serverDue.cancel();
      server.ifPresent(StatusServer::close);
      loop.stop(() -> {
        try {
          own.ifPresent(made -> made.uplink().close());
        } finally {
          lane.close();
          ended.countDown();
        }
      });
    });
    // The next run of this component needs the port, and whoever closes all lanes would drop the
    // goodbye.
    if (!ended.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("Telemetry did not end within {} s and is left behind.", STOP_LIMIT.toSeconds());
    }
  }

  @Override
  public void changed(CareReport report) {
    // Here is care's own lane, which waits for nobody.
    lane.post("keep care's news", lastDay::careChanged);
    loop.careChanged();
  }

  private void take(TelemetrySettings accepted) {
    if (taken
        .map(TelemetrySettings::statusPort)
        .filter(port -> port == accepted.statusPort())
        .isEmpty()) {
      serverDue.cancel();
      server.ifPresent(StatusServer::close);
      server = Optional.empty();
      serve(accepted.statusPort());
    }
    taken = Optional.of(accepted);
    choose();
  }

  /** One way to the broker at a time, never two. */
  private void choose() {
    taken.ifPresent(accepted -> {
      var platform = accepted.way() == TelemetrySettings.Way.MQTT
          ? Optional.<Uplink>empty()
          : offered.stream().findFirst();
      var wanted = platform.isPresent() || accepted.way() == TelemetrySettings.Way.KURA
          ? Optional.<Broker>empty()
          : accepted.broker();
      var before = own;
      // By what was given: Kura ciphers a password anew whenever anything is saved, which costs one
      // more connect; the plain text is not kept for comparing.
      if (before.isEmpty()
          || !before.map(Own::broker).equals(wanted)
          || !before.get().account().equals(accepted.account())) {
        own = wanted.map(broker -> own(broker, accepted.account()));
        before.ifPresent(old -> lane.aside(
            "close the uplink",
            CLOSE_LIMIT,
            () -> {
              old.uplink().close();
              return true;
            },
            closed -> {}));
      }
      loop.take(
          new Outbox.Limits(accepted.outboxBytes(), AGE_LIMIT),
          accepted.snapshot(),
          platform.or(() -> own.map(Own::uplink)));
    });
  }

  private Own own(Broker broker, String account) {
    return new Own(
        broker, account, new MqttUplink(broker, account, node.id().toString(), home::reveal));
  }

  private void serve(int port) {
    if (port == 0) {
      return;
    }
    try {
      var pages = new HashMap<>(NodePages.of(() -> Json.of(loop.status()), lastDay::json));
      pages.put(
          "/metrics",
          new StatusServer.Page(
              Metrics.TYPE, () -> Metrics.of(loop.status()).getBytes(StandardCharsets.UTF_8)));
      server = Optional.of(new StatusServer(port, pages, () -> List.copyOf(localPages)));
      LOG.info(
          "http://127.0.0.1:{}/ shows this node; /status tells the same as JSON, /metrics for Prometheus.",
          port);
    } catch (IOException e) {
      LOG.error(
          "Port {} for /status cannot be had ({}); tried again in {} s. Set 'status.port' of {} to a free one.",
          port,
          e.getMessage(),
          PORT_RETRY.toSeconds(),
          PID);
      serverDue = lane.after(PORT_RETRY, "serve the status", () -> serve(port));
    }
  }
}
