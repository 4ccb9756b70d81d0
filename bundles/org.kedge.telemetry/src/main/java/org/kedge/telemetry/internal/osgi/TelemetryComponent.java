package org.kedge.telemetry.internal.osgi;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.telemetry.internal.core.OldUplink;
import org.kedge.telemetry.internal.core.Snapshot;
import org.kedge.telemetry.internal.core.SnapshotLoop;
import org.kedge.telemetry.internal.http.StatusServer;
import org.kedge.telemetry.internal.json.Json;
import org.kedge.telemetry.internal.mqtt.PahoUplink;
import org.osgi.framework.BundleContext;
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
  private static final Duration PORT_RETRY = Duration.ofSeconds(30);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  private final Node node;
  private final UptimeSource uptime;
  private final InstantSource wallClock = InstantSource.system();
  private final Uptime started;
  private final Snapshot.Versions versions;
  private final Lane lane;
  private final SettingsInForce<TelemetrySettings> settings;
  private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareWatch care;

  // This lane only.
  private Optional<OldUplink> uplink = Optional.empty();
  private Optional<SnapshotLoop> loop = Optional.empty();
  private Optional<StatusServer> server = Optional.empty();
  private Lane.Timer serverDue = () -> {};
  private long sequence;

  @Activate
  public TelemetryComponent(
      BundleContext bundle,
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.node = node;
    this.uptime = uptime;
    started = uptime.now();
    versions = new Snapshot.Versions(
        bundle.getBundle().getVersion().toString(),
        System.getProperty("java.version", ""),
        System.getProperty("os.version", ""));
    var schema = SettingsSchema.of(TelemetrySettings.class, PID);
    settings =
        new SettingsInForce<>(schema, offered -> TelemetrySettings.read(schema, offered), news);
    lane = lanes.open("telemetry", QUEUE);
    changed(values);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addGauge(Gauge gauge) {
    gauges.add(gauge);
  }

  void removeGauge(Gauge gauge) {
    gauges.remove(gauge);
  }

  @Modified
  void changed(Map<String, ?> values) {
    settings
        .offer(values)
        .ifPresent(accepted -> lane.post("take new settings", () -> begin(accepted)));
  }

  @Deactivate
  void stop() throws InterruptedException {
    var ended = new CountDownLatch(1);
    lane.after(Duration.ZERO, "stop", () -> {
      try {
        end();
      } finally {
        lane.close();
        ended.countDown();
      }
    });
    // The next run of this component needs the port, and whoever closes all lanes would drop the
    // goodbye.
    if (!ended.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("Telemetry did not end within {} s and is left behind.", STOP_LIMIT.toSeconds());
    }
  }

  @Override
  public void changed(CareReport report) {
    lane.post("care's report changed", () -> loop.ifPresent(SnapshotLoop::soon));
  }

  private void begin(TelemetrySettings accepted) {
    end();
    serve(accepted.statusPort());
    accepted.broker().ifPresent(broker -> {
      var made = new PahoUplink(
          broker,
          accepted.account() + "/" + node.id() + "/KEDGE-V1",
          "kedge-" + accepted.account() + "-" + node.id());
      uplink = Optional.of(made);
      var begun = new SnapshotLoop(
          lane,
          made,
          accepted.snapshot(),
          () -> ++sequence,
          this::snapshot,
          ThreadLocalRandom.current()::nextDouble,
          new Log(broker.uri()));
      loop = Optional.of(begun);
      begun.soon();
    });
  }

  private void end() {
    serverDue.cancel();
    server.ifPresent(StatusServer::close);
    server = Optional.empty();
    loop.ifPresent(SnapshotLoop::stop);
    loop = Optional.empty();
    uplink.ifPresent(OldUplink::close);
    uplink = Optional.empty();
  }

  private void serve(int port) {
    if (port == 0) {
      return;
    }
    try {
      server = Optional.of(new StatusServer(
          port, Map.of("/status", new StatusServer.Page("application/json", () -> snapshot(0)))));
      LOG.info("GET http://127.0.0.1:{}/status tells this node's health.", port);
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

  /** @param sequence 0 for one that is shown here and not published */
  private byte[] snapshot(long sequence) {
    var present = care;
    var stamp =
        new Snapshot.Stamp(node, sequence, wallClock.instant(), uptime.now(), started, versions);
    var sections = gauges.stream()
        .flatMap(gauge -> section(gauge).stream())
        .sorted(Comparator.comparing(Snapshot.Section::name))
        .toList();
    return Json.of(
        Snapshot.of(stamp, present == null ? Optional.empty() : present.latest(), sections));
  }

  private static Optional<Snapshot.Section> section(Gauge gauge) {
    try {
      return Optional.of(new Snapshot.Section(gauge.section(), gauge.figures()));
    } catch (RuntimeException e) {
      LOG.error(
          "Gauge '{}' failed; its section is missing from this snapshot.", gauge.section(), e);
      return Optional.empty();
    }
  }

  private static final class Log implements SnapshotLoop.Diary {
    private final String broker;
    private boolean told;

    Log(String broker) {
      this.broker = broker;
    }

    @Override
    public void sent(long sequence, int failures) {
      if (!told || failures > 0) {
        told = true;
        LOG.info("Snapshot {} confirmed by {} after {} failures.", sequence, broker, failures);
      }
    }

    @Override
    public void failed(String why, int failures, Duration pause) {
      if (failures == 1) {
        LOG.warn(
            "Broker {} did not take a snapshot: {}. The newest is tried again, with growing pauses.",
            broker,
            why);
      } else {
        LOG.debug(
            "Broker {} did not take a snapshot: {}; next try in {} ms.",
            broker,
            why,
            pause.toMillis());
      }
    }
  }
}
