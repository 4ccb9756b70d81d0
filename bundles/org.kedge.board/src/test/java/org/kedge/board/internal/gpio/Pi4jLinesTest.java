package org.kedge.board.internal.gpio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.board.internal.core.Line;

class Pi4jLinesTest {
  private static final Line HIGH = new Line(17, true);
  private static final Line LOW = new Line(18, false);

  @TempDir
  private Path folder;

  @Test
  void a_line_begins_with_the_level_that_is_asked_for() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      lines.set(HIGH, true);
      lines.set(LOW, false);
      lines.set(LOW, true);
      lines.set(HIGH, false);
    }
    assertThat(chip.history()).containsExactly("17 high", "18 high", "18 low", "17 low");
  }

  @Test
  void a_pulse_comes_and_goes() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      lines.pulse(LOW, Duration.ofMillis(5));
      lines.pulse(LOW, Duration.ofMillis(5));
    }
    assertThat(chip.history()).containsExactly("18 low", "18 high", "18 low", "18 high");
  }

  @Test
  void nothing_is_opened_before_a_line_is_used() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      assertThat(chip.opened()).isZero();
      lines.set(HIGH, true);
      lines.set(LOW, true);
      assertThat(chip.opened()).isEqualTo(1);
    }
  }

  @Test
  void lines_that_were_let_go_can_be_driven_again() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      lines.set(HIGH, true);
      lines.close();
      lines.set(HIGH, false);
    }
    assertThat(chip.history()).containsExactly("17 high", "17 low");
  }

  @Test
  void the_chip_is_found_by_its_label_among_others() throws IOException {
    var chip =
        new MockChip(folder, "gpio-brcmstb@107d508500", "raspberrypi-exp-gpio", MockChip.LABEL);
    try (var lines = chip.lines()) {
      lines.set(HIGH, true);
    }
    assertThat(chip.isHigh(17)).isTrue();
  }

  @Test
  void without_the_label_no_line_of_another_chip_is_driven() throws IOException {
    assertRefused(new MockChip(folder, "pinctrl-bcm2711", "exp"), "exp, pinctrl-bcm2711");
  }

  @Test
  void where_the_kernel_names_no_chip_it_says_what_is_missing() throws IOException {
    assertRefused(new MockChip(folder), "names no GPIO chip", "GPIO_SYSFS");
  }

  @Test
  void two_chips_that_pi4j_could_mistake_are_refused() throws IOException {
    assertRefused(
        new MockChip(folder, MockChip.LABEL, "other-pinctrl"),
        "first chip with 'pinctrl'",
        "other-pinctrl");
  }

  private static void assertRefused(MockChip chip, String... words) {
    try (var lines = chip.lines()) {
      assertThatThrownBy(() -> lines.set(HIGH, true))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(words);
    }
    assertThat(chip.opened()).isZero();
  }

  @Test
  void without_natives_of_this_machine_the_refusal_says_so() throws IOException {
    Assumptions.assumeTrue(
        System.getProperty("os.arch").equals("amd64"), "Pi4J has natives of this machine");
    new MockChip(folder, MockChip.LABEL);
    try (var lines = Pi4jLines.gpiod(MockChip.LABEL, folder.resolve("sys/class/gpio"))) {
      assertThatThrownBy(() -> lines.set(HIGH, true))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("line 17 of chip 'pinctrl-rp1' cannot be driven");
    }
  }

  /**
   * Drives a real line, and therefore only one that whoever sits before the board has named:
   * {@code -Dkedge.gpio.chip=pinctrl-rp1 -Dkedge.gpio.line=17}.
   */
  @Test
  void a_real_line_can_be_driven() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/dev/gpiochip0")),
        "NO REAL GPIO LINE WAS DRIVEN: this machine has no /dev/gpiochip0");
    Assumptions.assumeTrue(
        System.getProperty("os.arch").matches("arm|aarch64"),
        "NO REAL GPIO LINE WAS DRIVEN: Pi4J has no natives for " + System.getProperty("os.arch"));
    var line = Integer.getInteger("kedge.gpio.line");
    var chip = System.getProperty("kedge.gpio.chip");
    Assumptions.assumeTrue(
        line != null && chip != null,
        "NO REAL GPIO LINE WAS DRIVEN: name one with nothing wired to it, -Dkedge.gpio.chip=LABEL -Dkedge.gpio.line=NUMBER");
    if (line == null || chip == null) {
      return;
    }
    try (var lines = Pi4jLines.gpiod(chip, Path.of("/sys/class/gpio"))) {
      lines.pulse(new Line(line, true), Duration.ofMillis(100));
      lines.set(new Line(line, true), true);
      lines.set(new Line(line, true), false);
    }
  }
}
