package org.kedge.kura.internal.home;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.kura.system.SystemService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Kura's system service says of the machine. */
record Machine(Optional<String> serial, Optional<String> mac, Optional<Path> data) {
  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

  /** Asks; may take a moment, as a program of the board's may run for the serial number. */
  static Machine of(SystemService system) {
    return new Machine(
        ask("serial number", system::getSerialNumber),
        ask("primary MAC address", system::getPrimaryMacAddress),
        ask("data folder", system::getKuraDataDirectory).map(Path::of));
  }

  private static Optional<String> ask(String what, Supplier<@Nullable String> answer) {
    try {
      return Optional.ofNullable(answer.get()).filter(text -> !text.isBlank());
    } catch (RuntimeException e) {
      LOG.warn(
          "Kura's system service fails to tell the {}: {}. Kedge does without.",
          what,
          e.toString());
      return Optional.empty();
    }
  }
}
