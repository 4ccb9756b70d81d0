package org.kedge.board.internal.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.kedge.base.api.Lane;
import org.kedge.board.internal.core.Board;
import org.kedge.board.internal.core.Board.StatusLight;
import org.kedge.board.internal.core.BoardText;
import org.kedge.board.internal.gpio.GpioLines;
import org.kedge.board.internal.led.KernelLed;
import org.kedge.board.internal.led.LineLed;
import org.kedge.board.internal.led.StatusLed;
import org.kedge.board.internal.loop.BoardLoop.Box;
import org.kedge.board.internal.node.BoardFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which box this is and what it has. */
final class BoxMaker {
  private static final Logger LOG = LoggerFactory.getLogger(BoxMaker.class);
  private static final String UNKNOWN = "unknown";

  private final Path root;
  private final Lane lane;
  private final Function<String, GpioLines> gpio;

  /**
   * @param root of the file system
   * @param gpio the lines of a chip, by its label; opens nothing
   */
  BoxMaker(Path root, Lane lane, Function<String, GpioLines> gpio) {
    this.root = root;
    this.lane = lane;
    this.gpio = gpio;
  }

  /** @param setting as {@link BoardSettings#board} */
  Box make(BoardSettings setting) {
    if (setting.isFile()) {
      return own(Path.of(setting.board()));
    }
    var brought = BoardFiles.brought();
    if (!setting.board().equals(BoardSettings.AUTO)) {
      return Optional.ofNullable(brought.get(setting.board()))
          .map(this::known)
          .orElseGet(() -> refused("there is no board '" + setting.board() + "'"));
    }
    var identity = BoardFiles.identity(root);
    return identity.choose(brought.values()).map(this::known).orElseGet(() -> {
      var why = "no board is known by this name (" + identity.inWords() + ")";
      LOG.info(
          "Kedge runs without GPIO and status light: {}. Name a file of the board in the setting 'board'.",
          why);
      return without(why);
    });
  }

  private Box own(Path file) {
    try {
      var reading = BoardFiles.own(file);
      if (reading instanceof BoardText.Reading.Read read) {
        return known(read.board());
      }
      return refused(((BoardText.Reading.Refused) reading).inWords());
    } catch (IOException e) {
      return refused(file + " cannot be read: " + e);
    }
  }

  private static Box refused(String why) {
    LOG.error(
        "The board that was set is refused, Kedge runs without GPIO and status light: {}.", why);
    return without(why);
  }

  private static Box without(String why) {
    return new Box(UNKNOWN, Optional.empty(), why, Optional.empty(), Optional.empty());
  }

  private Box known(Board board) {
    LOG.info("Kedge runs on board '{}'.", board.name());
    var lines = board.chip().map(gpio);
    return new Box(board.name(), Optional.of(board), "", lines, led(board, lines));
  }

  private Optional<StatusLed> led(Board board, Optional<GpioLines> lines) {
    if (board.light().isEmpty()) {
      return Optional.empty();
    }
    if (board.light().get() instanceof StatusLight.Kernel kernel) {
      return Optional.of(new KernelLed(root.resolve("sys/class/leds").resolve(kernel.led())));
    }
    var line = ((StatusLight.OnLine) board.light().get()).line();
    return lines.map(present -> new LineLed(present, line, lane));
  }
}
