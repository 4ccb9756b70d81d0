package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.kedge.watchdog.api.PetDevice;
import org.kedge.watchdog.internal.libc.Libc.Loading;
import org.kedge.watchdog.internal.libc.Libc.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer with a driver of the kernel: a device file that only one process can hold. Held, it runs; each octet written begins its
 * time anew; after the octet {@code V} closing stops it. Its time-out is set by a request that needs the C library; without that
 * it keeps the one it has, which sysfs shows.
 */
public final class LinuxWatchdog implements PetDevice {
  private static final Logger LOG = LoggerFactory.getLogger(LinuxWatchdog.class);

  private static final byte PET = '1';
  private static final byte STOP = 'V';

  private final Path device;
  private final Path sys;
  private final Holders holders;
  private final Supplier<Loading> libc;
  private final long ownPid = ProcessHandle.current().pid();

  private Optional<KernelHold> held = Optional.empty();
  private Optional<Support> supportSeen = Optional.empty();
  private Optional<Boolean> resetSeen = Optional.empty();

  /**
   * @param device such as {@code /dev/watchdog}
   * @param sys where the kernel shows its timers, {@code /sys/class/watchdog}
   * @param proc where it shows processes, {@code /proc}
   * @param libc asked when a timer is taken, not before: to load it costs memory
   */
  public LinuxWatchdog(Path device, Path sys, Path proc, Supplier<Loading> libc) {
    this.device = device;
    this.sys = sys;
    this.holders = new Holders(proc);
    this.libc = libc;
  }

  @Override
  public String name() {
    return "linux";
  }

  /** From sysfs, without opening the device; where that shows nothing, what the timer said when it was taken. */
  @Override
  public Optional<Boolean> hasReset() {
    try {
      return DeviceNumber.of(device)
          .flatMap(number -> SysfsTimer.of(number, sys))
          .flatMap(timer -> timer.hasReset(supportSeen))
          .or(() -> resetSeen);
    } catch (IOException e) {
      // Gone by now, or never there.
      return resetSeen;
    }
  }

  @Override
  public Taking take(Duration wanted) {
    // One that takes no more pets is dropped first, or it would be busy with us.
    held.ifPresent(KernelHold::drop);
    held = Optional.empty();
    try {
      return DeviceNumber.of(device)
          .map(number -> take(number, wanted))
          .orElseGet(() -> new Taking.Refused(device
              + " is no device but a file or folder in the place of one, and guards nothing; remove it and load the"
              + " driver of the timer"));
    } catch (NoSuchFileException e) {
      return absent();
    } catch (IOException e) {
      return new Taking.Refused(device + " cannot be looked at (" + Failure.words(e) + ")");
    }
  }

  private Taking take(DeviceNumber number, Duration wanted) {
    var timer = SysfsTimer.of(number, sys);
    var isTimer = timer.isPresent() || number.equals(DeviceNumber.FIRST_TIMER);
    var loading = libc.get();
    OpenTimer open;
    try {
      if (loading instanceof Loading.Loaded loaded) {
        open = OpenTimer.open(device, loaded.libc());
      } else if (isTimer) {
        open = OpenTimer.open(device);
      } else {
        return new Taking.Refused("nothing shows that " + device + " is a watchdog: it is not in "
            + sys + ", and cannot be asked, as " + why(loading));
      }
    } catch (IOException e) {
      return refused(e, timer.map(SysfsTimer::numbers).orElse(Set.of(number)));
    }
    var support = open.requests().flatMap(this::support);
    if (!isTimer && support.isEmpty()) {
      drop(open);
      return new Taking.Refused(
          device + " is no watchdog: it is not in " + sys + " and does not answer as one");
    }
    var terms = open.requests()
        .map(requests -> Terms.asked(requests, support, timer, wanted))
        .orElseGet(() -> Terms.shown(timer, wanted, why(loading)));
    var hold = new KernelHold(open, identity(timer, support), terms, timer, support);
    held = Optional.of(hold);
    return new Taking.Taken(hold);
  }

  private Optional<Support> support(OpenTimer.Requests requests) {
    try {
      var support = requests.support();
      supportSeen = Optional.of(support);
      resetSeen = support.hasReset(requests.bootStatus());
    } catch (Refusal e) {
      // What a driver does not answer it does not know; what it said before it did still holds.
      LOG.debug("{} does not answer all that it is asked: {}", device, e.words());
    }
    return supportSeen;
  }

  private String identity(Optional<SysfsTimer> timer, Optional<Support> support) {
    var driver = timer
        .flatMap(SysfsTimer::driverName)
        .or(() -> support.map(Support::identity).filter(name -> !name.isEmpty()))
        .orElse("a timer without a name");
    return driver + ", " + timer.map(one -> "/dev/" + one.name()).orElse(device.toString());
  }

  private static String why(Loading loading) {
    return loading instanceof Loading.Missing missing ? missing.why() : "";
  }

  private Taking absent() {
    return new Taking.Absent("there is no " + device
        + ": either the node has no such timer, or its driver is not loaded");
  }

  private Taking refused(IOException e, Set<DeviceNumber> numbers) {
    return switch (Failure.of(e)) {
      case NO_FILE -> absent();
      case BUSY ->
        new Taking.Refused(device + " is busy: "
            + holders
                .find(numbers)
                .map(holder -> holder.inWords(ownPid))
                .orElseGet(() ->
                    "/proc does not show to Kedge who holds it, perhaps another user or container; find"
                        + " out with 'fuser " + device + "' as root, and have it let go"));
      // EACCES is about the file's rights, EPERM about whatever confines us.
      case DENIED ->
        new Taking.Refused("Kedge, as user " + System.getProperty("user.name")
            + ", may not write " + device + rights()
            + "; run it as root, or give it that right by a rule of udev");
      case NOT_PERMITTED ->
        new Taking.Refused(device + " is kept from Kedge by what confines it (" + Failure.words(e)
            + "); allow it there, such as by 'DeviceAllow=" + device + " rw' in a unit of systemd");
      case NO_DEVICE ->
        new Taking.Refused(device + " has no timer behind it (" + Failure.words(e)
            + "); its driver was unloaded, or the file is a left-over");
      case OTHER -> new Taking.Refused(device + " cannot be opened (" + Failure.words(e) + ")");
    };
  }

  private String rights() {
    try {
      var file = Files.readAttributes(device, PosixFileAttributes.class);
      return ", which is of user " + file.owner().getName() + " and group "
          + file.group().getName() + " with rights "
          + PosixFilePermissions.toString(file.permissions());
    } catch (IOException e) {
      return "";
    }
  }

  private void drop(OpenTimer open) {
    try {
      open.close();
    } catch (IOException e) {
      // Linux gives it up all the same.
      LOG.debug("{} was closed with an error: {}", device, Failure.words(e));
    }
  }

  private final class KernelHold implements Hold {
    private final OpenTimer open;
    private final String identity;
    private final Terms terms;
    private final Optional<SysfsTimer> timer;
    private final Optional<Support> support;
    private boolean isOver;

    KernelHold(
        OpenTimer open,
        String identity,
        Terms terms,
        Optional<SysfsTimer> timer,
        Optional<Support> support) {
      this.open = open;
      this.identity = identity;
      this.terms = terms;
      this.timer = timer;
      this.support = support;
    }

    @Override
    public String identity() {
      return identity;
    }

    @Override
    public Duration timeout() {
      return terms.timeout();
    }

    @Override
    public Optional<Duration> pretimeout() {
      return terms.pretimeout();
    }

    @Override
    public List<String> caveats() {
      return terms.caveats();
    }

    @Override
    public void pet() throws IOException {
      if (isOver) {
        throw new IllegalStateException(device + " is not held any more");
      }
      try {
        open.write(PET);
      } catch (IOException e) {
        throw Failure.of(e) == Failure.NO_DEVICE
            ? new IOException(device + " has vanished (" + Failure.words(e) + ")", e)
            : new IOException(device + " did not take a pet (" + Failure.words(e) + ")", e);
      }
    }

    void drop() {
      if (!isOver) {
        isOver = true;
        LinuxWatchdog.this.drop(open);
      }
    }

    @Override
    public Letting letGo() {
      if (isOver) {
        throw new IllegalStateException(device + " is not held any more");
      }
      var isUnstoppable = timer.flatMap(SysfsTimer::isUnstoppable).orElse(false);
      try {
        // One that will not stop gets its whole time once more.
        open.write(isUnstoppable ? PET : STOP);
        open.close();
        isOver = true;
      } catch (IOException e) {
        drop();
        return running("the timer did not take the order to stop (" + Failure.words(e) + ")");
      }
      if (isUnstoppable) {
        return running("its driver does not let it be stopped (nowayout)");
      }
      var isActive = timer.flatMap(SysfsTimer::isActive);
      if (isActive.isPresent()) {
        return isActive.get() ? running("it was told to stop and goes on") : new Letting.Disarmed();
      }
      return support.filter(Support::stopsAtMagicClose).isPresent()
          ? new Letting.Disarmed()
          : running("it was told to stop, and nothing tells whether it did; if not");
    }

    private Letting running(String why) {
      return new Letting.Running(why + ": the node is reset in " + Terms.seconds(timeout())
          + " unless Kedge starts again");
    }
  }
}
