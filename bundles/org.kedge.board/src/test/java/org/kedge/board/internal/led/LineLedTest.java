package org.kedge.board.internal.led;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.board.internal.core.LedPattern;
import org.kedge.board.internal.core.Line;
import org.kedge.board.internal.gpio.MockChip;

class LineLedTest {
  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));

  @TempDir
  private Path folder;

  @Test
  void a_line_blinks_by_the_time_of_the_lane() throws IOException {
    var chip = new MockChip(folder, MockChip.LABEL);
    try (var lane = lanes.open("board", 4);
        var lines = chip.lines()) {
      var led = new LineLed(lines, new Line(17, false), lane);
      led.show(LedPattern.HEALTHY);
      assertThat(chip.history()).containsExactly("17 low");
      lanes.pass(Duration.ofMillis(100));
      assertThat(chip.history()).containsExactly("17 low", "17 high");
      lanes.pass(Duration.ofMillis(1899));
      assertThat(chip.history()).hasSize(2);
      lanes.pass(Duration.ofSeconds(20));
      assertThat(chip.history()).hasSize(22);

      led.show(LedPattern.REMEDY);
      var before = chip.history().size();
      lanes.pass(Duration.ofSeconds(1));
      assertThat(chip.history().size() - before).isEqualTo(10);

      led.letGo();
      assertThat(chip.isHigh(17)).as("dark").isTrue();
      var after = chip.history().size();
      lanes.pass(Duration.ofSeconds(10));
      assertThat(chip.history()).hasSize(after);
    }
  }
}
