package org.kedge.board.internal.led;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.board.internal.core.LedPattern;

/** Against a folder as the kernel's; it does not blink, and shows what was written. */
class KernelLedTest {
  @TempDir
  private Path folder;

  private KernelLed led;

  @BeforeEach
  void light() throws IOException {
    for (var file : new String[] {"delay_on", "delay_off"}) {
      Files.writeString(folder.resolve(file), "500");
    }
    trigger("none rc-feedback [mmc0] timer heartbeat");
    led = new KernelLed(folder);
  }

  @Test
  void the_kernel_is_told_what_to_show() throws IOException {
    led.show(LedPattern.HEALTHY);
    assertThat(read("trigger")).isEqualTo("timer");
    assertThat(read("delay_on")).isEqualTo("100");
    assertThat(read("delay_off")).isEqualTo("1900");
    led.show(LedPattern.PERSON);
    assertThat(read("delay_on")).isEqualTo("1000");
    assertThat(read("delay_off")).isEqualTo("1000");
  }

  @Test
  void what_the_light_did_before_it_does_again() throws IOException {
    led.show(LedPattern.HEALTHY);
    led.show(LedPattern.NO_UPLINK);
    led.letGo();
    assertThat(read("trigger")).isEqualTo("mmc0");
  }

  @Test
  void a_light_that_was_never_taken_is_not_touched() throws IOException {
    led.letGo();
    assertThat(read("trigger")).contains("[mmc0]");
  }

  @Test
  void a_light_that_a_killed_kedge_left_blinking_ends_dark() throws IOException {
    trigger("none mmc0 [timer] heartbeat");
    led.show(LedPattern.HEALTHY);
    led.letGo();
    assertThat(read("trigger")).isEqualTo("none");
  }

  @Test
  void a_kernel_that_cannot_blink_is_told_and_let_be() throws IOException {
    trigger("none [mmc0] timer2");
    assertThatThrownBy(() -> led.show(LedPattern.HEALTHY)).hasMessageContaining("ledtrig-timer");
    assertThat(read("trigger")).contains("[mmc0]");
  }

  @Test
  void a_light_that_is_not_there_is_told_and_not_made() {
    var missing = folder.resolve("ACT");
    assertThatThrownBy(() -> new KernelLed(missing).show(LedPattern.HEALTHY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ACT");
    assertThat(missing).doesNotExist();
  }

  private void trigger(String text) throws IOException {
    Files.writeString(folder.resolve("trigger"), text + "\n");
  }

  private String read(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }
}
