package org.kedge.care.internal.osgi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Fault;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.internal.core.Diagnosis;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every second, and at once when nudged; tells listeners when the faults or the state of the node change. */
@Component(name = "org.kedge.care", immediate = true, service = CareWatch.class)
public final class CareComponent implements CareWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CareComponent.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int QUEUE = 64;

  private final UptimeSource uptime;
  private final Lane lane;
  private final List<Probe> probes = new CopyOnWriteArrayList<>();
  private final List<CareListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean nudged = new AtomicBoolean();
  private volatile Optional<CareReport> latest = Optional.empty();
  private Diagnosis diagnosis; // this lane only

  @Activate
  public CareComponent(@Reference Lanes lanes, @Reference UptimeSource uptime) {
    this.uptime = uptime;
    diagnosis = Diagnosis.begin(uptime.now());
    lane = lanes.open("care", QUEUE);
    lane.every(PERIOD, "look", this::look);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addProbe(Probe probe) {
    probes.add(probe);
  }

  void removeProbe(Probe probe) {
    probes.remove(probe);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addListener(CareListener listener) {
    listeners.add(listener);
    latest.ifPresent(report -> lane.post("tell a new listener", () -> listener.changed(report)));
  }

  void removeListener(CareListener listener) {
    listeners.remove(listener);
  }

  @Deactivate
  void stop() {
    lane.close();
  }

  @Override
  public Optional<CareReport> latest() {
    return latest;
  }

  @Override
  public void nudge() {
    if (nudged.compareAndSet(false, true)) {
      lane.post("look, nudged", this::look);
    }
  }

  private void look() {
    nudged.set(false);
    if (probes.isEmpty()) {
      // No capability is there yet: nothing known is not the same as nothing wrong.
      return;
    }
    var readings = new ArrayList<Reading>();
    for (var probe : probes) {
      try {
        readings.addAll(probe.readings());
      } catch (RuntimeException e) {
        LOG.error("Probe '{}' failed; its readings are missing from this look.", probe.name(), e);
      }
    }
    diagnosis = diagnosis.look(readings, uptime.now());
    var before = latest;
    var report = diagnosis.report();
    latest = Optional.of(report);
    if (before.isEmpty()
        || before.get().state() != report.state()
        || !before.get().faultNames().equals(report.faultNames())) {
      diary(before, report);
      listeners.forEach(listener -> listener.changed(report));
    }
  }

  private static void diary(Optional<CareReport> before, CareReport report) {
    var gone =
        new LinkedHashSet<>(before.map(CareReport::faultNames).orElse(new LinkedHashSet<>()));
    var known = new LinkedHashSet<>(gone);
    for (Fault fault : report.faults()) {
      gone.remove(fault.kind().name());
      if (!known.contains(fault.kind().name())) {
        LOG.warn(
            "Fault {}, {}: {}. {}",
            fault.kind().name(),
            fault.blame().words(),
            fault.evidence(),
            fault.kind().advice());
      }
    }
    gone.forEach(name -> LOG.info(
        "Fault {} is over or explained by another: {}.",
        name,
        report.silenced().stream()
            .filter(one -> one.fault().kind().name().equals(name))
            .findFirst()
            .map(one -> "explained by " + one.cause())
            .orElse("no longer seen")));
  }
}
