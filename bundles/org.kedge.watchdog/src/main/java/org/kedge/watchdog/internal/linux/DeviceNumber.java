package org.kedge.watchdog.internal.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which device the kernel means, whatever its file is called. */
record DeviceNumber(long major, long minor) {
  /** The file without a number, {@code /dev/watchdog}: another name for the first timer. */
  static final DeviceNumber FIRST_TIMER = new DeviceNumber(10, 130);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}):(\\d{1,9})");
  private static final int KIND_OF_FILE = 0xF000;
  private static final int CHARACTER_DEVICE = 0x2000;

  /** @return empty for anything but a character device */
  static Optional<DeviceNumber> of(Path file) throws IOException {
    var mode = (Integer) Files.getAttribute(file, "unix:mode");
    if ((mode & KIND_OF_FILE) != CHARACTER_DEVICE) {
      return Optional.empty();
    }
    var packed = (Long) Files.getAttribute(file, "unix:rdev");
    // Each number has its lower bits in the middle, its upper ones where there was room later.
    var major = ((packed >>> 8) & 0xFFF) | ((packed >>> 32) & 0xFFFFF000L);
    var minor = (packed & 0xFF) | ((packed >>> 12) & 0xFFFFFF00L);
    return Optional.of(new DeviceNumber(major, minor));
  }

  /** @param text as sysfs has it, such as {@code 250:0} */
  static Optional<DeviceNumber> parse(String text) {
    var matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new DeviceNumber(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }
}
