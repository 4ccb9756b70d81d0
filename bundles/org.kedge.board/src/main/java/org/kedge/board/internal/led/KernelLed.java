package org.kedge.board.internal.led;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kedge.board.internal.core.LedPattern;

/** A light that the kernel lets blink by itself: its trigger {@code timer}. */
public final class KernelLed implements StatusLed {
  private static final String TIMER = "timer";
  private static final String NONE = "none";
  private static final Pattern IN_FORCE = Pattern.compile("\\[([^\\]]+)\\]");

  private final Path folder;
  private Optional<String> found = Optional.empty();

  /** @param folder of the light in {@code /sys/class/leds} */
  public KernelLed(Path folder) {
    this.folder = folder;
  }

  @Override
  public void show(LedPattern pattern) throws IOException {
    if (found.isEmpty()) {
      take();
    }
    write("delay_on", millis(pattern.on()));
    write("delay_off", millis(pattern.off()));
  }

  private void take() throws IOException {
    var triggers = Files.readString(folder.resolve("trigger"));
    var inForce = IN_FORCE.matcher(triggers);
    if (!(" " + triggers.strip().replaceAll("[\\[\\]]", "") + " ").contains(" " + TIMER + " ")) {
      throw new IOException(
          folder + " has no trigger 'timer'; load the kernel's module ledtrig-timer");
    }
    var before = inForce.find() ? inForce.group(1) : NONE;
    // Found blinking, it was left behind by a Kedge that was killed: dark is better than a light
    // that says all is well and knows
    // nothing.
    found = Optional.of(before.equals(TIMER) ? NONE : before);
    write("trigger", TIMER);
  }

  @Override
  public void letGo() throws IOException {
    if (found.isPresent()) {
      write("trigger", found.get());
      found = Optional.empty();
    }
  }

  private static String millis(Duration time) {
    return Long.toString(time.toMillis());
  }

  private void write(String file, String text) throws IOException {
    // Never creates: what is not there is not this kind of light.
    Files.writeString(
        folder.resolve(file), text, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
  }
}
