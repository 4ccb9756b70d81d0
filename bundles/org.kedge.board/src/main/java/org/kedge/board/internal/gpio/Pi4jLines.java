package org.kedge.board.internal.gpio;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;
import com.pi4j.exception.Pi4JException;
import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputProvider;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.plugin.gpiod.provider.gpio.digital.GpioDDigitalOutputProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.board.internal.core.Line;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines through Pi4J. */
public final class Pi4jLines implements GpioLines {
  private static final Logger LOG = LoggerFactory.getLogger(Pi4jLines.class);

  private final String chip;
  private final Path gpioClass;
  private final Supplier<DigitalOutputProvider> provider;
  private final Map<Integer, DigitalOutput> outputs = new HashMap<>();
  private Optional<Context> context = Optional.empty();

  /**
   * @param chip label of the chip
   * @param gpioClass {@code /sys/class/gpio}
   * @param provider made once a line is used
   */
  Pi4jLines(String chip, Path gpioClass, Supplier<DigitalOutputProvider> provider) {
    this.chip = chip;
    this.gpioClass = gpioClass;
    this.provider = provider;
  }

  /** Through libgpiod, as Pi4J brings it for armhf and aarch64. */
  public static GpioLines gpiod(String chip, Path gpioClass) {
    return new Pi4jLines(chip, gpioClass, GpioDDigitalOutputProvider::newInstance);
  }

  @Override
  public synchronized void set(Line line, boolean active) throws IOException {
    var state = active == line.isActiveHigh() ? DigitalState.HIGH : DigitalState.LOW;
    var output = outputs.get(line.number());
    try {
      if (output == null) {
        outputs.put(line.number(), open(line, state));
      } else {
        output.state(state);
      }
    } catch (Pi4JException | IllegalStateException | LinkageError e) {
      throw new IOException(
          line + " of chip '" + chip + "' cannot be driven (" + reason(e)
              + "); see with gpioinfo who holds it, and that Kedge may open the chip",
          e);
    }
  }

  private DigitalOutput open(Line line, DigitalState state) throws IOException {
    if (context.isEmpty()) {
      var problem = ChipLabels.problem(gpioClass, chip);
      if (problem.isPresent()) {
        throw new IOException(problem.get());
      }
      // Nothing is looked for along the class path: a service of another bundle is not seen from
      // here.
      context = Optional.of(
          Pi4J.newContextBuilder().noAutoDetect().add(provider.get()).build());
    }
    var pi4j = context.get();
    return pi4j.create(DigitalOutput.newConfigBuilder(pi4j)
        .id("kedge-line-" + line.number())
        .address(line.number())
        .initial(state)
        .build());
  }

  private static String reason(Throwable thrown) {
    var cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  @Override
  public synchronized void close() {
    outputs.clear();
    var open = context;
    context = Optional.empty();
    if (open.isPresent()) {
      try {
        open.get().shutdown();
      } catch (Pi4JException e) {
        LOG.warn("Pi4J did not let the lines of chip '{}' go.", chip, e);
      }
    }
  }
}
