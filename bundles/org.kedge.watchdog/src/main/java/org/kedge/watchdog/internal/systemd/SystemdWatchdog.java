package org.kedge.watchdog.internal.systemd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.kedge.watchdog.api.PetDevice;
import org.kedge.watchdog.internal.libc.Libc;
import org.kedge.watchdog.internal.libc.Libc.Loading;
import org.kedge.watchdog.internal.libc.Libc.Refusal;
import org.kedge.watchdog.internal.linux.Holders;
import org.kedge.watchdog.internal.linux.SysfsTimer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * systemd's watch over the service that Kedge runs as: without a message in time ({@code WatchdogSec=} of the unit) it ends and
 * restarts Kedge. Itself it is guarded by the node's timer if {@code RuntimeWatchdogSec=} is set.
 *
 * <p>Let go, the watch is switched off by the message {@code WATCHDOG_USEC=0}: if only this bundle stops, as for an update, Kedge
 * goes on and must not be ended for its silence. {@code STOPPING=1} would be wrong then, since systemd 259 there is no way back
 * from it. When systemd itself stops the service it watches no more anyway, and {@code TimeoutStopSec=} bounds the stop. Each
 * taking switches the watch on again, as does each start of the service.
 */
public final class SystemdWatchdog implements PetDevice {
  private static final Logger LOG = LoggerFactory.getLogger(SystemdWatchdog.class);

  private static final String PET = "WATCHDOG=1";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
  /** What fits beside the family in an address of the kernel. */
  private static final int ADDRESS_OCTETS = 108;

  private final Map<String, String> environment;
  private final long ownPid;
  private final Path sys;
  private final Holders holders;
  private final Supplier<Loading> libc;

  private Optional<ServiceHold> held = Optional.empty();

  /**
   * @param environment as systemd gave it to Kedge
   * @param sys where the kernel shows its timers, {@code /sys/class/watchdog}
   * @param proc where it shows processes, {@code /proc}
   * @param libc asked when it is taken, not before: to load it costs memory
   */
  public SystemdWatchdog(
      Map<String, String> environment, long ownPid, Path sys, Path proc, Supplier<Loading> libc) {
    this.environment = Map.copyOf(environment);
    this.ownPid = ownPid;
    this.sys = sys;
    this.holders = new Holders(proc);
    this.libc = libc;
  }

  @Override
  public String name() {
    return "systemd";
  }

  /** Of the timers of the node, which systemd is guarded by: its own watch over Kedge never begins a boot. */
  @Override
  public Optional<Boolean> hasReset() {
    return SysfsTimer.all(sys).stream()
        .flatMap(timer -> timer.hasReset().stream())
        .reduce(Boolean::logicalOr);
  }

  /** @param wanted not asked for: the time-out is the unit's */
  @Override
  public Taking take(Duration wanted) {
    held.ifPresent(ServiceHold::close);
    held = Optional.empty();
    var time = Optional.ofNullable(environment.get("WATCHDOG_USEC"));
    var socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"));
    if (time.isEmpty() || socket.isEmpty()) {
      return new Taking.Absent(
          "systemd does not watch Kedge: " + (time.isEmpty() ? "WATCHDOG_USEC" : "NOTIFY_SOCKET")
              + " is not set, as WatchdogSec= in the unit would do");
    }
    var pid = environment.get("WATCHDOG_PID");
    if (pid != null && !pid.equals(Long.toString(ownPid))) {
      return new Taking.Absent(
          "systemd watches process " + pid + ", and Kedge is process " + ownPid);
    }
    if (!NUMBER.matcher(time.get()).matches() || Long.parseLong(time.get()) == 0) {
      return new Taking.Absent("systemd does not watch Kedge: WATCHDOG_USEC is '" + time.get()
          + "', and no time in microseconds");
    }
    return take(Duration.ofNanos(Long.parseLong(time.get()) * 1_000), socket.get());
  }

  private Taking take(Duration timeout, String socket) {
    var address = address(socket);
    if (address.isEmpty()) {
      return new Taking.Refused("NOTIFY_SOCKET is '" + socket
          + "', and neither a path nor an abstract name of a unix socket; " + fate(timeout));
    }
    var loading = libc.get();
    if (!(loading instanceof Loading.Loaded loaded)) {
      return new Taking.Refused("systemd cannot be told that Kedge is well, as "
          + ((Loading.Missing) loading).why() + "; " + fate(timeout));
    }
    try {
      var hold = new ServiceHold(
          loaded.libc(), loaded.libc().datagramSocket(), address.get(), socket, timeout);
      held = Optional.of(hold);
      hold.begin();
      return new Taking.Taken(hold);
    } catch (IOException e) {
      held.ifPresent(ServiceHold::close);
      held = Optional.empty();
      return new Taking.Refused(e.getMessage() + "; " + fate(timeout));
    }
  }

  private static String fate(Duration timeout) {
    return "systemd restarts Kedge each " + seconds(timeout)
        + " unless this is put right or WatchdogSec= is taken out of the unit";
  }

  private static String seconds(Duration time) {
    return time.toMillisPart() == 0 ? time.toSeconds() + " s" : time.toMillis() / 1000.0 + " s";
  }

  /** As the kernel has it: a path ends in an octet 0, an abstract name begins with one. */
  private static Optional<byte[]> address(String socket) {
    var name = socket.getBytes(StandardCharsets.UTF_8);
    if (name.length < 2 || name.length >= ADDRESS_OCTETS) {
      return Optional.empty();
    }
    if (name[0] == '@') {
      name[0] = 0;
      return Optional.of(name);
    }
    return name[0] == '/'
        ? Optional.of(ByteBuffer.allocate(name.length + 1).put(name).array())
        : Optional.empty();
  }

  /** By whom systemd itself is watched, as far as it shows. */
  private record Guard(String identity, List<String> caveats) {}

  private Guard guard() {
    var isHidden = false;
    for (var timer : SysfsTimer.all(sys)) {
      var isHeld = holders.isHeldByInit(timer);
      if (isHeld.orElse(false)) {
        return new Guard("systemd, which pets " + timer.identity(), List.of());
      }
      if (isHeld.isEmpty() && timer.isActive().orElse(true)) {
        isHidden = true;
      }
    }
    return isHidden
        ? new Guard(
            "systemd",
            List.of(
                "who pets the node's timer may not be looked at; if it is not systemd, set RuntimeWatchdogSec= in"
                    + " its system.conf"))
        : new Guard(
            "systemd",
            List.of("systemd itself has no timer: set RuntimeWatchdogSec= in its system.conf"));
  }

  private final class ServiceHold implements Hold {
    private final Libc functions;
    private final int descriptor;
    private final byte[] address;
    private final String socket;
    private final Duration timeout;
    private final Guard guard = guard();
    private boolean isOver;

    ServiceHold(Libc functions, int descriptor, byte[] address, String socket, Duration timeout) {
      this.functions = functions;
      this.descriptor = descriptor;
      this.address = address;
      this.socket = socket;
      this.timeout = timeout;
    }

    /** Perhaps an earlier hold, even of a bundle that was replaced, switched it off. */
    void begin() throws IOException {
      send(PET + "\nWATCHDOG_USEC=" + timeout.toNanos() / 1_000);
    }

    @Override
    public String identity() {
      return guard.identity();
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
      return guard.caveats();
    }

    @Override
    public void pet() throws IOException {
      send(PET);
    }

    /** @throws IOException where nobody listens, or where systemd has not read for so long that its socket is full */
    private void send(String message) throws IOException {
      if (isOver) {
        throw new IllegalStateException("systemd is not petted any more");
      }
      try {
        functions.send(descriptor, message.getBytes(StandardCharsets.UTF_8), address);
      } catch (Refusal e) {
        throw new IOException("systemd took no message at " + socket + " (" + e.words() + ")", e);
      }
    }

    void close() {
      if (isOver) {
        return;
      }
      isOver = true;
      try {
        functions.close(descriptor);
      } catch (Refusal e) {
        // Linux gives it up all the same.
        LOG.debug("The socket to systemd was closed with an error: {}", e.words());
      }
    }

    @Override
    public Letting letGo() {
      try {
        send("WATCHDOG_USEC=0");
        return new Letting.Disarmed();
      } catch (IOException e) {
        return new Letting.Running(e.getMessage() + ": it restarts Kedge in " + seconds(timeout)
            + " unless Kedge ends before");
      } finally {
        close();
      }
    }
  }
}
