package org.kedge.board.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.board.internal.core.Board.Radio;
import org.kedge.board.internal.core.Line;
import org.kedge.board.internal.gpio.GpioLines;
import org.kedge.board.internal.gpio.MockChip;
import org.kedge.board.internal.node.NetFiles;
import org.kedge.care.api.RemedyOutcome;

/** A relay on Pi4J's mock, links and routes in files. */
class RadioPowerTest {
  private static final Radio RADIO = new Radio("wlan1", new Line(22, true), Duration.ofSeconds(5));
  private static final String ROUTES = "Iface Destination Gateway Flags RefCnt Use Metric Mask\n";

  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private final List<RemedyOutcome> outcomes = new ArrayList<>();

  @TempDir
  private Path folder;

  private MockChip chip;

  @BeforeEach
  void node() throws IOException {
    chip = new MockChip(folder, MockChip.LABEL);
    link("wlan1", "0x1003", "0");
    write("proc/net/route", ROUTES + "wlan1 00000000 0101A8C0 0003 0 0 100 00000000\n");
  }

  @Test
  void a_dead_radio_is_without_power_for_a_while() {
    power(List.of(RADIO)).cycle(outcomes::add);
    lanes.pass(Duration.ofMillis(4999));
    assertThat(chip.history()).containsExactly("22 high");
    assertThat(outcomes).isEmpty();
    lanes.pass(Duration.ofMillis(1));
    assertThat(chip.history()).containsExactly("22 high", "22 low");
    assertThat(outcomes)
        .containsExactly(new RemedyOutcome.Done("off for 5 s, as wlan1 has no carrier"));
  }

  @Test
  void the_only_way_out_keeps_its_power() throws IOException {
    link("wlan1", "0x1003", "1");
    power(List.of(RADIO)).cycle(outcomes::add);
    lanes.pass(Duration.ofSeconds(10));
    assertThat(chip.opened()).isZero();
    assertThat(outcomes).singleElement().isInstanceOf(RemedyOutcome.Useless.class);
  }

  @Test
  void links_that_cannot_be_seen_are_not_cut_off() throws IOException {
    Files.delete(folder.resolve("proc/net/route"));
    power(List.of(RADIO)).cycle(outcomes::add);
    lanes.pass(Duration.ofSeconds(10));
    assertThat(chip.opened()).isZero();
    assertThat(outcomes).singleElement().isInstanceOf(RemedyOutcome.Failed.class);
  }

  @Test
  void without_a_relay_it_is_useless() {
    power(List.of()).cycle(outcomes::add);
    assertThat(outcomes)
        .containsExactly(
            new RemedyOutcome.Useless("this board has no relay for the power of a radio"));
  }

  @Test
  void a_stop_in_the_middle_gives_the_power_back() {
    var power = power(List.of(RADIO));
    power.cycle(outcomes::add);
    lanes.pass(Duration.ofSeconds(1));
    assertThat(chip.isHigh(22)).isTrue();
    power.close();
    assertThat(chip.isHigh(22)).isFalse();
    power.close();
    assertThat(chip.history()).containsExactly("22 high", "22 low");
  }

  @Test
  void a_line_that_fails_half_way_leaves_no_radio_without_power() {
    var driven = new ArrayList<String>();
    var lines = new GpioLines() {
      @Override
      public void set(Line line, boolean active) throws IOException {
        if (line.number() == 23 && active) {
          throw new IOException("line 23 is held by another");
        }
        driven.add(line.number() + " " + active);
      }

      @Override
      public void close() {}
    };
    var other = new Radio("wlan2", new Line(23, true), Duration.ofSeconds(5));
    power(List.of(RADIO, other), Optional.of(lines)).cycle(outcomes::add);
    lanes.pass(Duration.ofSeconds(1));
    assertThat(driven).containsExactly("22 true", "22 false", "23 false");
    assertThat(outcomes)
        .containsExactly(
            new RemedyOutcome.Failed("the power could not be cut: line 23 is held by another"));
  }

  private RadioPower power(List<Radio> radios) {
    return power(radios, Optional.of(chip.lines()));
  }

  private RadioPower power(List<Radio> radios, Optional<GpioLines> lines) {
    return new RadioPower(
        lanes.open("board", 8),
        radios,
        lines,
        new NetFiles(folder.resolve("proc"), folder.resolve("sys")));
  }

  private void link(String name, String flags, String carrier) throws IOException {
    write("sys/class/net/" + name + "/flags", flags);
    write("sys/class/net/" + name + "/carrier", carrier);
  }

  private void write(String file, String text) throws IOException {
    var path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
