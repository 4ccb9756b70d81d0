package org.kedge.kura.internal.watchdog;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.watchdog.CriticalComponent;
import org.eclipse.kura.watchdog.WatchdogService;
import org.kedge.watchdog.api.PetDevice;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kura's watchdog, which owns the node's timer: Kedge is one of its critical components and checks in there. One that does not is
 * seen at Kura's next look (each 10 s unless set otherwise) and the node is rebooted by command; only if that fails does the timer
 * reset it, 5 minutes later.
 *
 * <p>Kura is called with the lock held: what is called there only keeps a list.
 */
@Component(service = PetDevice.class, immediate = true)
public final class KuraWatchdog implements PetDevice {
  private static final Logger LOG = LoggerFactory.getLogger(KuraWatchdog.class);

  private static final String PID = "org.eclipse.kura.watchdog.WatchdogService";
  private static final String STANDARD_DEVICE = "/dev/watchdog";

  private final Path descriptors;

  // All guarded by this.
  private Optional<Owner> owner = Optional.empty();
  private Optional<CriticalHold> held = Optional.empty();

  /** Kura's service as it is set: its settings are among its properties. */
  private record Owner(WatchdogService service, boolean isEnabled, String device) {
    static Owner of(WatchdogService service, Map<String, ?> properties) {
      // As Kura reads them: anything of another type is the default.
      return new Owner(
          service,
          properties.get("enabled") instanceof Boolean enabled && enabled,
          properties.get("watchdogDevice") instanceof String device ? device : STANDARD_DEVICE);
    }
  }

  @Activate
  public KuraWatchdog() {
    this(Path.of("/proc/self/fd"));
  }

  /** @param descriptors those of this process, which is Kura's too */
  KuraWatchdog(Path descriptors) {
    this.descriptors = descriptors;
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY,
      updated = "updatedWatchdogService")
  synchronized void setWatchdogService(WatchdogService service, Map<String, ?> properties) {
    // A replacement comes before its predecessor goes.
    held.ifPresent(CriticalHold::unregister);
    owner = Optional.of(Owner.of(service, properties));
    held.ifPresent(CriticalHold::registerAgain);
  }

  synchronized void updatedWatchdogService(WatchdogService service, Map<String, ?> properties) {
    if (owner.filter(one -> one.service() == service).isPresent()) {
      owner = Optional.of(Owner.of(service, properties));
    }
  }

  synchronized void unsetWatchdogService(WatchdogService service) {
    if (owner.filter(one -> one.service() == service).isPresent()) {
      held.ifPresent(CriticalHold::unregister);
      owner = Optional.empty();
    }
  }

  /** Without this an update would reboot the node. */
  @Deactivate
  synchronized void stop() {
    held.ifPresent(CriticalHold::end);
  }

  @Override
  public String name() {
    return "kura";
  }

  /** Kura tells nobody. */
  @Override
  public Optional<Boolean> hasReset() {
    return Optional.empty();
  }

  @Override
  public synchronized Taking take(Duration wanted) {
    held.ifPresent(CriticalHold::end);
    if (owner.isEmpty()) {
      return new Taking.Absent("Kura's watchdog is not there");
    }
    var kura = owner.get();
    if (!kura.isEnabled()) {
      return new Taking.Absent("Kura's watchdog is there but not enabled: set 'enabled' of " + PID);
    }
    if (!isOpen(kura.device())) {
      return new Taking.Refused(
          "Kura's watchdog is enabled but does not hold " + kura.device()
              + ", so that it guards nothing; Kura's log tells why, mostly because there is no such device or another has it");
    }
    var hold = new CriticalHold(wanted, kura.device());
    kura.service().registerCriticalComponent(hold);
    held = Optional.of(hold);
    return new Taking.Taken(hold);
  }

  /** Kura says that it is enabled also when it could not open its device, and then looks after nobody. */
  private boolean isOpen(String device) {
    try (var links = Files.newDirectoryStream(descriptors)) {
      var real = Path.of(device).toRealPath();
      for (var link : links) {
        if (leadsTo(link, real)) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException | InvalidPathException e) {
      LOG.debug("{} is not open: {}", device, e.toString());
      return false;
    }
  }

  private static boolean leadsTo(Path link, Path real) {
    try {
      return Files.readSymbolicLink(link).equals(real);
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }

  /** Known to Kura by its identity. */
  private final class CriticalHold implements Hold, CriticalComponent {
    private final Duration timeout;
    private final String device;
    private int returns;
    private boolean isOver;

    CriticalHold(Duration timeout, String device) {
      this.timeout = timeout;
      this.device = device;
    }

    @Override
    public String getCriticalComponentName() {
      return "org.kedge.watchdog";
    }

    @Override
    public int getCriticalComponentTimeout() {
      return Math.toIntExact(timeout.toMillis());
    }

    @Override
    public String identity() {
      return "Kura's watchdog, " + device;
    }

    @Override
    public Duration timeout() {
      return timeout;
    }

    @Override
    public Optional<Duration> pretimeout() {
      return Optional.empty();
    }

    @Override
    public List<String> caveats() {
      synchronized (KuraWatchdog.this) {
        return returns == 0
            ? List.of()
            : List.of("Kura's watchdog went and came back, and Kedge registered again: " + returns
                + " times so far");
      }
    }

    @Override
    public void pet() throws IOException {
      synchronized (KuraWatchdog.this) {
        if (isOver) {
          throw new IOException("Kura's watchdog was let go");
        }
        if (owner.isEmpty()) {
          throw new IOException(
              "Kura's watchdog is gone; unless it comes back soon, its timer resets the node");
        }
        if (!owner.get().isEnabled()) {
          throw new IOException("Kura's watchdog was disabled: set 'enabled' of " + PID);
        }
        owner.get().service().checkin(this);
      }
    }

    @Override
    public Letting letGo() {
      synchronized (KuraWatchdog.this) {
        end();
        return new Letting.Disarmed();
      }
    }

    void registerAgain() {
      if (!isOver) {
        owner.ifPresent(one -> one.service().registerCriticalComponent(this));
        returns++;
        LOG.info(
            "Kura's watchdog is back; Kedge is registered with it again ({} times so far).",
            returns);
      }
    }

    void unregister() {
      try {
        owner.ifPresent(one -> one.service().unregisterCriticalComponent(this));
      } catch (RuntimeException e) {
        // One that is ending has forgotten us already, and stopping must go on.
        LOG.debug("Leaving Kura's watchdog: {}", e.toString());
      }
    }

    void end() {
      if (!isOver) {
        unregister();
        isOver = true;
        held = Optional.empty();
      }
    }
  }
}
