package org.kedge.board.internal.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of one kind of box; data, read by {@link BoardText}. Immutable.
 *
 * @param name for people
 * @param models patterns of the device tree's model, {@code *} for any characters
 * @param dmi likewise of maker and product as firmware tells them
 * @param chip label of the chip that all its lines are on; empty where no line is used
 * @param measured what was measured on it, by what it is about
 */
public record Board(
    String name,
    List<String> models,
    List<String> dmi,
    Optional<String> chip,
    Optional<StatusLight> light,
    List<Radio> radios,
    Optional<TimerChip> timer,
    Map<String, String> measured) {
  public Board {
    models = List.copyOf(models);
    dmi = List.copyOf(dmi);
    radios = List.copyOf(radios);
    measured = Map.copyOf(measured);
  }

  /** The light that tells people how the node is. */
  public sealed interface StatusLight {
    /** @param led its name in {@code /sys/class/leds}: the kernel lets it blink */
    record Kernel(String led) implements StatusLight {}

    record OnLine(Line line) implements StatusLight {}
  }

  /**
   * A radio whose power Kedge can cut.
   *
   * @param interfaceName of the link it carries
   * @param relay power is cut while this line is active; released, as without Kedge, the radio has power
   * @param off how long to cut it
   */
  public record Radio(String interfaceName, Line relay, Duration off) {}

  /**
   * A timer outside the processor that resets the node unless it is pulsed in time.
   *
   * @param timeout as its parts set it; it cannot be changed from here
   * @param disable while this line is active the timer does nothing; empty where nothing stops it
   */
  public record TimerChip(Line line, Duration pulse, Duration timeout, Optional<Line> disable) {}
}
