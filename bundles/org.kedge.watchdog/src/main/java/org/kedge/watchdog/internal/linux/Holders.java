package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Finds in {@code /proc} who holds a device open. Any thread; looks at every descriptor it may see, some thousands of links. */
public final class Holders {
  private static final long FIRST_PROCESS = 1;

  private final Path proc;

  public Holders(Path proc) {
    this.proc = proc;
  }

  /** @param command as the kernel has it, 15 characters at most */
  record Holder(long pid, String command) {
    /** In plain words, with what to do about it. */
    String inWords(long ownPid) {
      if (pid == ownPid) {
        return "this process holds it itself, by Kura's watchdog or by a second Kedge in it; let one of them be the owner";
      }
      if (pid == FIRST_PROCESS && command.equals("systemd")) {
        return "systemd (RuntimeWatchdogSec) holds it; take RuntimeWatchdogSec= out of its system.conf, or guard Kedge by"
            + " WatchdogSec= in its unit";
      }
      if (pid == FIRST_PROCESS) {
        return command + " (pid 1) holds it; have it let go, or name another device";
      }
      return command + " (pid " + pid + ") holds it; stop that, or name another device";
    }
  }

  /** @return empty if nobody is found: processes of others, and of other containers, may be hidden */
  Optional<Holder> find(Set<DeviceNumber> numbers) {
    try (var processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (var process : processes) {
        if (holds(process, numbers).orElse(false)) {
          var pid = Long.parseLong(process.getFileName().toString());
          return Optional.of(new Holder(pid, command(process)));
        }
      }
      return Optional.empty();
    } catch (IOException | DirectoryIteratorException e) {
      return Optional.empty();
    }
  }

  /** Whether the first process, the init system, holds it; empty if that may not be looked at. */
  public Optional<Boolean> isHeldByInit(SysfsTimer timer) {
    return holds(proc.resolve(Long.toString(FIRST_PROCESS)), timer.numbers());
  }

  private static Optional<Boolean> holds(Path process, Set<DeviceNumber> numbers) {
    try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (var descriptor : descriptors) {
        if (number(descriptor).filter(numbers::contains).isPresent()) {
          return Optional.of(true);
        }
      }
      return Optional.of(false);
    } catch (IOException | DirectoryIteratorException e) {
      // Not ours to look at, or it has just ended.
      return Optional.empty();
    }
  }

  private static Optional<DeviceNumber> number(Path descriptor) {
    try {
      // Only what is in /dev is looked at closer: a file of a server that is away would hold us up.
      return Files.readSymbolicLink(descriptor).startsWith("/dev")
          ? DeviceNumber.of(descriptor)
          : Optional.empty();
    } catch (IOException e) {
      // Closed since.
      return Optional.empty();
    }
  }

  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "a process that has just ended";
    }
  }
}
