package org.kedge.board.internal.gpio;

import com.pi4j.io.gpio.digital.DigitalOutput;
import com.pi4j.io.gpio.digital.DigitalOutputConfig;
import com.pi4j.io.gpio.digital.DigitalState;
import com.pi4j.io.gpio.digital.DigitalStateChangeListener;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalOutput;
import com.pi4j.plugin.mock.provider.gpio.digital.MockDigitalOutputProviderImpl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A chip of Pi4J's mock, and a folder in which the kernel tells its label. Every level a line takes is written down. */
public final class MockChip {
  public static final String LABEL = "pinctrl-rp1";

  private final Path gpioClass;
  private final AtomicInteger providers = new AtomicInteger();
  private final Map<Integer, DigitalState> now = new ConcurrentHashMap<>();
  private final List<String> history = new CopyOnWriteArrayList<>();

  /** @param folder to make the kernel's folder in */
  public MockChip(Path folder, String... labels) throws IOException {
    gpioClass = Files.createDirectories(folder.resolve("sys/class/gpio"));
    var base = 512;
    for (var label : labels) {
      var chip = Files.createDirectory(gpioClass.resolve("gpiochip" + base++));
      Files.writeString(chip.resolve("label"), label + "\n");
    }
  }

  public GpioLines lines() {
    return new Pi4jLines(LABEL, gpioClass, () -> {
      providers.incrementAndGet();
      return new Provider();
    });
  }

  private final class Provider extends MockDigitalOutputProviderImpl {
    @Override
    public DigitalOutput create(DigitalOutputConfig config) {
      var output = new MockDigitalOutput(this, config);
      DigitalStateChangeListener listener = event -> took(config.address(), event.state());
      output.addListener(listener);
      context.registry().add(output);
      return output;
    }
  }

  private void took(int line, DigitalState state) {
    now.put(line, state);
    history.add(line + " " + (state == DigitalState.HIGH ? "high" : "low"));
  }

  /** How often Pi4J was set up. */
  public int opened() {
    return providers.get();
  }

  /** All levels taken, such as {@code 17 high}. */
  public List<String> history() {
    return List.copyOf(history);
  }

  /** Whether a line is driven high. */
  public boolean isHigh(int line) {
    return now.get(line) == DigitalState.HIGH;
  }
}
