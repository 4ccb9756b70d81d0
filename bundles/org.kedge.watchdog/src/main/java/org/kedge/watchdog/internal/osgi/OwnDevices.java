package org.kedge.watchdog.internal.osgi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.kedge.watchdog.api.PetDevice;
import org.kedge.watchdog.internal.libc.Libc;
import org.kedge.watchdog.internal.linux.LinuxWatchdog;
import org.kedge.watchdog.internal.systemd.SystemdWatchdog;

/** The devices this bundle brings itself; each is made once, for a hold belongs to the device that gave it. One thread at a time. */
final class OwnDevices {
  private static final Path SYS = Path.of("/sys/class/watchdog");
  private static final Path PROC = Path.of("/proc");

  private final PetDevice systemd =
      new SystemdWatchdog(System.getenv(), ProcessHandle.current().pid(), SYS, PROC, Libc::load);
  private Optional<Named> linux = Optional.empty();

  private record Named(Path file, PetDevice device) {}

  List<PetDevice> devices(Path linuxDevice) {
    if (linux.filter(one -> one.file().equals(linuxDevice)).isEmpty()) {
      linux = Optional.of(
          new Named(linuxDevice, new LinuxWatchdog(linuxDevice, SYS, PROC, Libc::load)));
    }
    return List.of(systemd, linux.get().device());
  }
}
