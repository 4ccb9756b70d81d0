package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A watchdog timer as the kernel shows it under {@code /sys/class/watchdog}, without opening it. Small kernels show only that it
 * is there; what is not shown is empty. Any thread.
 */
public final class SysfsTimer {
  private static final String FIRST = "watchdog0";

  private final Path folder;

  private SysfsTimer(Path folder) {
    this.folder = folder;
  }

  /** All of them, by name. */
  public static List<SysfsTimer> all(Path sys) {
    var found = new ArrayList<Path>();
    try (var folders = Files.newDirectoryStream(sys, "watchdog[0-9]*")) {
      folders.forEach(found::add);
    } catch (IOException | DirectoryIteratorException e) {
      // A kernel without watchdogs has no such folder.
      return List.of();
    }
    found.sort(Comparator.comparing(Path::getFileName));
    return found.stream().map(SysfsTimer::new).toList();
  }

  static Optional<SysfsTimer> of(DeviceNumber number, Path sys) {
    return all(sys).stream().filter(one -> one.numbers().contains(number)).findFirst();
  }

  /** By these its files are known: its own, and for the first timer the one without a number. */
  Set<DeviceNumber> numbers() {
    var own = text("dev").flatMap(DeviceNumber::parse);
    if (!name().equals(FIRST)) {
      return own.map(Set::of).orElse(Set.of());
    }
    return own.map(one -> Set.of(one, DeviceNumber.FIRST_TIMER))
        .orElse(Set.of(DeviceNumber.FIRST_TIMER));
  }

  /** Such as {@code watchdog0}. */
  String name() {
    return folder.getFileName().toString();
  }

  /** As its driver calls it; its name where that is not shown. */
  public String identity() {
    return driverName().orElse(name());
  }

  Optional<String> driverName() {
    return text("identity").filter(name -> !name.isEmpty());
  }

  Optional<Duration> timeout() {
    return seconds("timeout");
  }

  Optional<Duration> pretimeout() {
    return seconds("pretimeout");
  }

  /** Whether its driver refuses to stop it. */
  Optional<Boolean> isUnstoppable() {
    return number("nowayout").map(value -> value != 0);
  }

  /** Whether it was started and not stopped since. */
  public Optional<Boolean> isActive() {
    return text("state").map(state -> state.equals("active"));
  }

  /** Whether the present boot of the kernel began with it acting; empty where its driver does not tell. */
  public Optional<Boolean> hasReset() {
    return hasReset(Optional.empty());
  }

  /** @param supported what its driver can, where that is known from elsewhere; Linux shows it here since 6.4 */
  Optional<Boolean> hasReset(Optional<Support> supported) {
    var known = supported.or(() ->
        number("options").map(options -> new Support(driverName().orElse(""), options.intValue())));
    var support = known.orElseGet(() -> new Support(driverName().orElse(""), 0));
    return number("bootstatus").flatMap(status -> support.hasReset(status.intValue()));
  }

  private Optional<Duration> seconds(String name) {
    return number(name).filter(value -> value > 0).map(Duration::ofSeconds);
  }

  private Optional<Long> number(String name) {
    return text(name).flatMap(text -> {
      try {
        return Optional.of(Long.decode(text));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    });
  }

  private Optional<String> text(String name) {
    try {
      return Optional.of(Files.readString(folder.resolve(name)).strip());
    } catch (IOException e) {
      // Not shown, or the driver does not answer just now.
      return Optional.empty();
    }
  }
}
