package org.kedge.board.internal.gpio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The labels of the GPIO chips, as the kernel tells them in {@code /sys/class/gpio}. Their numbers change from kernel to kernel. */
final class ChipLabels {
  /** Pi4J's provider takes the first chip whose label holds this word, and cannot be told which. */
  private static final String TAKEN_BY_PI4J = "pinctrl";

  private ChipLabels() {}

  /** Why Pi4J would not drive the lines of the chip of this label; empty if it would. */
  static Optional<String> problem(Path gpioClass, String label) throws IOException {
    var labels = read(gpioClass);
    if (labels.isEmpty()) {
      return Optional.of("the kernel names no GPIO chip in " + gpioClass
          + "; it needs a driver for the board's chip, and GPIO_SYSFS to tell its label");
    }
    if (!labels.contains(label)) {
      return Optional.of("there is no GPIO chip labelled '" + label + "' but "
          + String.join(", ", labels) + "; put 'gpio.chip' of the board right");
    }
    var candidates = labels.stream().filter(one -> one.contains(TAKEN_BY_PI4J)).toList();
    return candidates.equals(List.of(label))
        ? Optional.empty()
        : Optional.of("Pi4J drives the first chip with '" + TAKEN_BY_PI4J + "' in its label, here "
            + (candidates.isEmpty() ? "none" : "any of " + String.join(", ", candidates))
            + ", and the board's lines are on '" + label + "'");
  }

  private static Set<String> read(Path gpioClass) throws IOException {
    var labels = new TreeSet<String>();
    if (!Files.isDirectory(gpioClass)) {
      return labels;
    }
    try (var chips = Files.newDirectoryStream(gpioClass)) {
      for (var chip : chips) {
        var label = chip.resolve("label");
        if (Files.isRegularFile(label)) {
          labels.add(Files.readString(label).strip());
        }
      }
    }
    return labels;
  }
}
