package org.kedge.board.internal.gpio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.board.internal.core.Board.TimerChip;
import org.kedge.board.internal.core.Line;
import org.kedge.watchdog.api.PetDevice;

class GpioTimerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(120);

  @TempDir
  private Path folder;

  @Test
  void taking_and_petting_pulse_the_line() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      var timer = timer(lines, Optional.empty());
      assertThat(chip.opened()).as("a timer that nobody takes opens nothing").isZero();
      var hold = taken(timer, TIMEOUT);
      assertThat(chip.history()).containsExactly("23 high", "23 low");
      hold.pet();
      assertThat(chip.history()).containsExactly("23 high", "23 low", "23 high", "23 low");
      assertThat(timer.name()).isEqualTo("gpio");
      assertThat(timer.hasReset()).isEmpty();
      assertThat(hold.identity()).isEqualTo("external timer, line 23 of pinctrl-rp1");
      assertThat(hold.timeout()).isEqualTo(TIMEOUT);
      assertThat(hold.pretimeout()).isEmpty();
    }
  }

  @Test
  void another_time_out_than_wanted_and_a_timer_without_end_are_caveats() throws IOException {
    try (var lines = new MockChip(folder, MockChip.LABEL).lines()) {
      assertThat(taken(timer(lines, Optional.empty()), Duration.ofSeconds(60)).caveats())
          .hasSize(2)
          .anySatisfy(words -> assertThat(words).contains("120 s", "60 s were wanted"))
          .anySatisfy(words -> assertThat(words).contains("cannot be stopped"));
      assertThat(taken(timer(lines, Optional.of(new Line(25, true))), TIMEOUT).caveats())
          .isEmpty();
    }
  }

  @Test
  void a_timer_that_nothing_stops_runs_on() throws IOException {
    try (var lines = new MockChip(folder, MockChip.LABEL).lines()) {
      assertThat(taken(timer(lines, Optional.empty()), TIMEOUT).letGo())
          .isInstanceOf(PetDevice.Letting.Running.class);
    }
  }

  @Test
  void a_line_that_disables_it_is_cleared_when_taken_and_set_when_let_go() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      var hold = taken(timer(lines, Optional.of(new Line(25, true))), TIMEOUT);
      assertThat(chip.history()).startsWith("25 low");
      assertThat(hold.letGo()).isEqualTo(new PetDevice.Letting.Disarmed());
      assertThat(chip.isHigh(25)).isTrue();
    }
  }

  @Test
  void a_line_that_cannot_be_had_is_refused_with_the_reason() throws IOException {
    try (var lines = new MockChip(folder, "another").lines()) {
      assertThat(timer(lines, Optional.empty()).take(TIMEOUT))
          .isInstanceOfSatisfying(
              PetDevice.Taking.Refused.class,
              refused -> assertThat(refused.why()).contains("pinctrl-rp1", "another"));
    }
  }

  @Test
  void one_that_is_withdrawn_waits_for_its_holder_and_lets_nobody_take_it_again()
      throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lines = chip.lines()) {
      var timer = timer(lines, Optional.of(new Line(25, true)));
      var hold = taken(timer, TIMEOUT);
      assertThat(timer.withdraw(Duration.ofMillis(10))).isFalse();
      assertThat(timer.take(TIMEOUT)).isInstanceOf(PetDevice.Taking.Absent.class);
      assertThat(timer.withdraw(Duration.ofMillis(10))).as("still held").isFalse();
      assertThat(hold.letGo()).isEqualTo(new PetDevice.Letting.Disarmed());
      assertThat(timer.withdraw(TIMEOUT)).isTrue();
    }
  }

  @Test
  void one_that_could_not_be_taken_is_held_by_nobody() throws IOException {
    try (var lines = new MockChip(folder, "another").lines()) {
      var timer = timer(lines, Optional.empty());
      assertThat(timer.take(TIMEOUT)).isInstanceOf(PetDevice.Taking.Refused.class);
      assertThat(timer.withdraw(TIMEOUT)).isTrue();
    }
  }

  private static GpioTimer timer(GpioLines lines, Optional<Line> disable) {
    return new GpioTimer(
        lines,
        MockChip.LABEL,
        new TimerChip(new Line(23, true), Duration.ofMillis(1), TIMEOUT, disable));
  }

  private static PetDevice.Hold taken(GpioTimer timer, Duration wanted) {
    var taking = timer.take(wanted);
    assertThat(taking).isInstanceOf(PetDevice.Taking.Taken.class);
    return ((PetDevice.Taking.Taken) taking).hold();
  }
}
