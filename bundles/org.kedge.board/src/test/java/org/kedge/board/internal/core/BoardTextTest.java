package org.kedge.board.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kedge.board.internal.core.Board.Radio;
import org.kedge.board.internal.core.Board.StatusLight;
import org.kedge.board.internal.core.Board.TimerChip;

class BoardTextTest {
  private static final Path BOARDS =
      Path.of(System.getProperty("basedir", ""), "../../hardware/boards");

  private static final String FULL = """
      # A gateway with all there is.
      name = Roof gateway
      match.model = ACME Roof* | ACME Barn
      match.dmi = ACME Gateway*

      gpio.chip = pinctrl-rp1
      led.status.line = 17
      led.status.active = low
      radio.1.interface = wlan1
      radio.1.relay.line = 22
      radio.2.interface = wlan2
      radio.2.relay.line = 24
      radio.2.relay.active = low
      radio.2.off.seconds = 9
      timer.line = 23
      timer.pulse.milliseconds = 20
      timer.timeout.seconds = 120
      timer.disable.line = 25
      timer.disable.active = low
      measured.power = 2.4 W idle
      """;

  static Stream<Path> boards() throws IOException {
    try (var files = Files.list(BOARDS)) {
      return files.filter(file -> !file.endsWith("README.md")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("boards")
  void every_board_that_is_brought_can_be_read(Path file) throws IOException {
    assertThat(file.toString()).endsWith(".properties");
    var board = read(Files.readString(file));
    assertThat(board.name()).isNotBlank();
    assertThat(board.models().size() + board.dmi().size()).as("patterns").isPositive();
    assertThat(board.measured()).as("what was measured, or that nothing was").isNotEmpty();
    assertThat(board.radios()).as("wired by whoever builds the node").isEmpty();
  }

  @Test
  void everything_that_can_be_told_is_read() {
    var board = read(FULL);
    assertThat(board.name()).isEqualTo("Roof gateway");
    assertThat(board.models()).containsExactly("ACME Roof*", "ACME Barn");
    assertThat(board.dmi()).containsExactly("ACME Gateway*");
    assertThat(board.chip()).contains("pinctrl-rp1");
    assertThat(board.light()).contains(new StatusLight.OnLine(new Line(17, false)));
    assertThat(board.radios())
        .containsExactly(
            new Radio("wlan1", new Line(22, true), Duration.ofSeconds(5)),
            new Radio("wlan2", new Line(24, false), Duration.ofSeconds(9)));
    assertThat(board.timer())
        .contains(new TimerChip(
            new Line(23, true),
            Duration.ofMillis(20),
            Duration.ofSeconds(120),
            Optional.of(new Line(25, false))));
    assertThat(board.measured()).containsEntry("power", "2.4 W idle");
  }

  @Test
  void a_light_of_the_kernel_needs_no_chip() {
    assertThat(read("name = x\nled.status.sysfs = ACT").light())
        .contains(new StatusLight.Kernel("ACT"));
  }

  @Test
  void a_line_may_end_as_on_another_system() {
    assertThat(read("name = x\r\nmatch.dmi = *\r\n").name()).isEqualTo("x");
  }

  static Stream<Arguments> wrongs() {
    return Stream.of(
        wrong("nonsense", 2, "'nonsense'", "a line is 'key = value'"),
        wrong("Name = y", 2, "'Name = y'", "a line is 'key = value'"),
        wrong(
            "led.colour = red",
            2,
            "'led.colour = red'",
            "there is no such key",
            "led.status.sysfs"),
        wrong("radio.x.interface = wlan1", 2, "there is no such key"),
        wrong("name = y", 2, "'name' stands in line 1 already"),
        wrong("match.dmi =", 2, "no value"),
        wrong("gpio.chip = two words", 2, "label of a chip"),
        wrong("led.status.sysfs = ../x", 2, "/sys/class/leds"),
        wrong("gpio.chip = c\nled.status.line = 512", 3, "whole number from 0 to 511"),
        wrong("gpio.chip = c\nled.status.line = -1", 3, "whole number from 0 to 511"),
        wrong("gpio.chip = c\nled.status.line = GPIO17", 3, "whole number from 0 to 511"),
        wrong(
            "gpio.chip = c\nled.status.line = 1\nled.status.active = maybe",
            4,
            "allowed is high or low"),
        wrong("led.status.active = low", 2, "there is no 'led.status.line'"),
        wrong(
            "gpio.chip = c\nled.status.line = 1\nled.status.sysfs = ACT", 3, "keep one of the two"),
        wrong(
            "gpio.chip = c\nled.status.line = 7\ntimer.timeout.seconds = 60\ntimer.line = 7",
            5,
            "line 7 is 'led.status.line' already"),
        wrong("led.status.line = 7", 0, "does not say on which chip", "gpio.chip"),
        wrong("radio.1.relay.line = 7\ngpio.chip = c", 0, "radio 1 has no interface"),
        wrong("radio.1.interface = wlan1", 0, "radio 1 has no relay"),
        wrong("radio.1.interface = a/b\nradio.1.relay.line = 7\ngpio.chip = c", 2, "an interface"),
        wrong(
            "gpio.chip = c\nradio.1.interface = w\nradio.1.relay.line = 7\n"
                + "radio.2.interface = w\nradio.2.relay.line = 8",
            5,
            "'radio.1.interface' already"),
        wrong(
            "gpio.chip = c\nradio.1.interface = w\nradio.1.relay.line = 7\nradio.1.off.seconds = 61",
            5,
            "from 1 to 60"),
        wrong("gpio.chip = c\ntimer.line = 7", 0, "the timer's time-out is not told"),
        wrong("gpio.chip = c\ntimer.line = 7\ntimer.timeout.seconds = 1", 4, "from 2 to 7200"),
        wrong(
            "gpio.chip = c\ntimer.line = 7\ntimer.timeout.seconds = 9\ntimer.pulse.milliseconds = 0",
            5,
            "from 1 to 1000"),
        wrong("timer.timeout.seconds = 60", 2, "there is no timer without 'timer.line'"),
        wrong(
            "gpio.chip = c\ntimer.disable.line = 9", 3, "there is no timer without 'timer.line'"));
  }

  private static Arguments wrong(String rest, int line, String... words) {
    return Arguments.of(rest, line, List.of(words));
  }

  @ParameterizedTest
  @MethodSource("wrongs")
  void what_is_wrong_is_told_with_file_line_value_and_what_to_do(
      String rest, int line, List<String> words) {
    var refused = refused("name = x\n" + rest);
    assertThat(refused.inWords()).contains(words);
    assertThat(refused.problems()).anySatisfy(problem -> {
      assertThat(problem.line()).isEqualTo(line);
      assertThat(problem.toString())
          .startsWith(line == 0 ? "my.properties: " : "my.properties, line " + line + ", '");
    });
  }

  @Test
  void a_board_without_a_name_is_refused() {
    assertThat(refused("match.dmi = *").inWords()).contains("no name");
    assertThat(refused("").inWords()).contains("no name");
  }

  @Test
  void everything_wrong_is_told_at_once() {
    assertThat(refused("a\nb\nc = d").problems()).hasSize(4);
  }

  @Test
  void an_endless_file_is_refused_unread() {
    assertThat(refused("#".repeat(70_000)).inWords()).contains("at most 65536 characters");
  }

  private static Board read(String text) {
    var reading = BoardText.parse("my.properties", text);
    assertThat(reading).isInstanceOf(BoardText.Reading.Read.class);
    return ((BoardText.Reading.Read) reading).board();
  }

  private static BoardText.Reading.Refused refused(String text) {
    var reading = BoardText.parse("my.properties", text);
    assertThat(reading).isInstanceOf(BoardText.Reading.Refused.class);
    return (BoardText.Reading.Refused) reading;
  }
}
