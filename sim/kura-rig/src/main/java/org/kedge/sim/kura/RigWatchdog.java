package org.kedge.sim.kura;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.watchdog.CriticalComponent;
import org.eclipse.kura.watchdog.WatchdogService;

/**
 * Kura's watchdog over a file in place of a timer: disabled until the test enables it. Who is late is judged at {@link #ping}, in the
 * test's time. Any thread.
 */
public final class RigWatchdog implements WatchdogService, AutoCloseable {
  private final Path device;
  // Under the lock.
  private final List<Critical> critical = new ArrayList<>();
  private Duration now = Duration.ZERO;
  private Optional<OutputStream> open = Optional.empty();
  private boolean enabled;
  private int checkins;
  private int warnings;

  private record Critical(CriticalComponent component, Duration since) {
    boolean isLate(Duration now) {
      var limit = Duration.ofMillis(component.getCriticalComponentTimeout());
      return now.minus(since).compareTo(limit) > 0;
    }
  }

  /** @param device is opened by {@link #enable}, and has to be there then */
  public RigWatchdog(Path device) {
    this.device = device;
  }

  /** Its properties as a service. */
  public synchronized Map<String, Object> properties() {
    return Map.of(
        "kura.service.pid",
        "org.eclipse.kura.watchdog.WatchdogService",
        "enabled",
        enabled,
        "pingInterval",
        10_000,
        "watchdogDevice",
        device.toString());
  }

  /** Opens the device and keeps it open; without one it is enabled and guards nothing. */
  public synchronized void enable() throws IOException {
    enabled = true;
    if (open.isEmpty() && Files.exists(device)) {
      open = Optional.of(Files.newOutputStream(device));
    }
  }

  /** Closes the device after the character that ends the timer. */
  public synchronized void disable() throws IOException {
    enabled = false;
    write("V");
    shut();
  }

  /** The service stops: feeds once more and closes without that character, so that the timer goes on. */
  @Override
  public synchronized void close() throws IOException {
    write("w");
    shut();
    critical.clear();
  }

  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  /**
   * One turn: feeds the timer.
   *
   * @return names of those that are late, for which Kura would reboot; nobody while it is disabled
   */
  public synchronized List<String> ping() throws IOException {
    if (open.isEmpty()) {
      return List.of();
    }
    write("w");
    return critical.stream()
        .filter(one -> one.isLate(now))
        .map(one -> one.component().getCriticalComponentName())
        .toList();
  }

  private void write(String what) throws IOException {
    if (open.isPresent()) {
      open.get().write(what.getBytes(StandardCharsets.US_ASCII));
      open.get().flush();
    }
  }

  private void shut() throws IOException {
    if (open.isPresent()) {
      open.get().close();
    }
    open = Optional.empty();
  }

  /** How often a component that is registered checked in. */
  public synchronized int checkins() {
    return checkins;
  }

  /** How often somebody registered who was registered already. */
  public synchronized int warnings() {
    return warnings;
  }

  @Override
  public synchronized void registerCriticalComponent(CriticalComponent component) {
    if (isRegistered(component)) {
      warnings++;
    } else {
      critical.add(new Critical(component, now));
    }
  }

  @Override
  public synchronized void unregisterCriticalComponent(CriticalComponent component) {
    critical.removeIf(one -> one.component() == component);
  }

  @Override
  public synchronized List<CriticalComponent> getCriticalComponents() {
    return critical.stream().map(Critical::component).toList();
  }

  /** Also while it is disabled; of others it takes no notice. */
  @Override
  public synchronized void checkin(CriticalComponent component) {
    if (isRegistered(component)) {
      checkins++;
      critical.replaceAll(one -> one.component() == component ? new Critical(component, now) : one);
    }
  }

  /** By identity, whatever its equals says. */
  private boolean isRegistered(CriticalComponent component) {
    return critical.stream().anyMatch(one -> one.component() == component);
  }

  @Deprecated
  @Override
  public void startWatchdog() {}

  @Deprecated
  @Override
  public void stopWatchdog() {}

  @Override
  public int getHardwareTimeout() {
    return 0;
  }

  @Deprecated
  @Override
  public void registerCriticalService(CriticalComponent component) {
    registerCriticalComponent(component);
  }

  @Deprecated
  @Override
  public void unregisterCriticalService(CriticalComponent component) {
    unregisterCriticalComponent(component);
  }
}
