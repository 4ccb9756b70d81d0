package org.kedge.care.internal.osgi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
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
  private final Map<Probe, List<FaultKind>> watched = new HashMap<>(); // this lane only
  private final Set<Probe> failing = new HashSet<>(); // this lane only

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
    if (latest.isPresent()) {
      lane.after(Duration.ZERO, "tell a new listener", () -> tellIfStillThere(listener));
    }
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
    var now = uptime.now();
    var readings = new ArrayList<Reading>();
    watched.keySet().retainAll(probes);
    failing.retainAll(probes);
    probes.forEach(probe -> readings.addAll(ask(probe, now)));
    diagnosis = diagnosis.look(readings, now);
    var before = latest;
    var report = diagnosis.report();
    latest = Optional.of(report);
    if (before.isEmpty()
        || before.get().state() != report.state()
        || !before.get().faultNames().equals(report.faultNames())) {
      diary(before, report);
      listeners.forEach(listener -> tell(listener, report));
    }
  }

  private List<Reading> ask(Probe probe, Uptime now) {
    try {
      var readings = List.copyOf(probe.readings());
      watched.put(probe, readings.stream().map(Reading::kind).toList());
      failing.remove(probe);
      return readings;
    } catch (RuntimeException | LinkageError | AssertionError e) {
      if (failing.add(probe)) {
        LOG.error(
            "Probe '{}' failed; what it watches is unseen until it can look again.",
            probe.name(),
            e);
      }
      // Its faults stand: that it cannot look says nothing about what it looks at.
      return watched.getOrDefault(probe, List.of()).stream()
          .<Reading>map(
              kind -> new Reading.Unseen(kind, now, "probe '" + probe.name() + "' failed: " + e))
          .toList();
    }
  }

  /** The report of the moment it is told, not of the moment it was asked for. */
  private void tellIfStillThere(CareListener listener) {
    if (listeners.contains(listener)) {
      latest.ifPresent(report -> tell(listener, report));
    }
  }

  private static void tell(CareListener listener, CareReport report) {
    try {
      listener.changed(report);
    } catch (RuntimeException | LinkageError | AssertionError e) {
      LOG.error("A listener failed on the report of {}; the others are told.", report.state(), e);
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
        "Fault {} {}.",
        name,
        report.silenced().stream()
            .filter(one -> one.fault().kind().name().equals(name))
            .findFirst()
            .map(one -> "is explained by " + one.cause() + " now")
            .orElse("is over: it is no longer seen")));
  }
}
