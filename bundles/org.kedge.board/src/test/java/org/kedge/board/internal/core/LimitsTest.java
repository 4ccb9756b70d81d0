package org.kedge.board.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Uptime;
import org.kedge.board.internal.core.Limits.Look;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Reading;

class LimitsTest {
  private static final Uptime NOW = Uptime.of(Duration.ofHours(1));

  @Test
  void enough_of_everything_is_well() {
    assertThat(reading(
            100,
            own(120, 20_000, 100),
            babeld(12, 1024),
            new Look.Connections(50, 262_144),
            new Look.Memory(Bytes.mebi(24)),
            new Look.Flash(Bytes.mebi(16))))
        .isEqualTo(new Reading.Well(BoardFaults.LIMIT_LOW, NOW));
  }

  @Test
  void a_limit_that_the_expected_load_would_exceed_is_told_with_the_number_to_set() {
    assertThat(wrong(1000, own(120, 4096, 1000)))
        .isEqualTo("Kedge may open 4,096 files and needs 10,256 for 1,000 clients: set its limit to"
            + " 10,256 or more");
    assertThat(wrong(100, babeld(12, 63)))
        .isEqualTo("babeld may open 63 files and needs 64: set its limit to 64 or more");
    assertThat(wrong(100, new Look.Connections(0, 13_823)))
        .isEqualTo("the kernel tracks 13,823 connections at most and 13,824 are needed for 100"
            + " clients: set net.netfilter.nf_conntrack_max to 13,824 or more");
  }

  @Test
  void exactly_enough_is_enough() {
    assertThat(reading(
            100,
            own(0, 1256, 100),
            babeld(0, 64),
            new Look.Connections(0, 13_824),
            new Look.Memory(Bytes.mebi(24)),
            new Look.Flash(Bytes.mebi(16))))
        .isInstanceOf(Reading.Well.class);
  }

  @Test
  void use_above_four_fifths_is_told_however_high_the_limit() {
    assertThat(reading(100, own(16_000, 20_000, 100))).isInstanceOf(Reading.Well.class);
    assertThat(wrong(100, own(16_001, 20_000, 100)))
        .isEqualTo(
            "Kedge has 16,001 of 20,000 files open, more than 80 %: set its limit to 32,002 or"
                + " more");
    assertThat(wrong(100, new Look.Connections(12_000, 14_000)))
        .contains("12,000 of at most 14,000", "80 %", "24,000 or more");
  }

  @Test
  void too_little_left_is_told() {
    assertThat(wrong(1, new Look.Memory(new Bytes(Bytes.mebi(24).count() - 1))))
        .contains("only 23 of the 24 MiB", "memory");
    assertThat(wrong(1, new Look.Flash(Bytes.mebi(3)))).contains("only 3 of the 16 MiB", "flash");
  }

  @Test
  void without_a_limit_nothing_can_be_short() {
    assertThat(reading(
            100,
            new Look.Files(
                Look.Files.OWN, OptionalLong.empty(), 900_000, OptionalLong.empty(), 1256)))
        .isInstanceOf(Reading.Well.class);
  }

  @Test
  void all_that_is_short_is_told_at_once() {
    assertThat(wrong(100, own(1, 2, 100), babeld(1, 2)))
        .contains("Kedge may open 2", "babeld may open 2");
  }

  @Test
  void what_cannot_be_seen_is_neither_good_nor_bad_news() {
    var unseen = new Look.Unseen("memory", "no such file");
    assertThat(reading(100, own(1, 20_000, 100), unseen))
        .isEqualTo(new Reading.Unseen(BoardFaults.LIMIT_LOW, NOW, "memory: no such file"));
    assertThat(wrong(100, own(1, 2, 100), unseen)).startsWith("Kedge may open 2");
  }

  @Test
  void what_is_raised_has_room_for_twice_the_use() {
    assertThat(Limits.enoughFiles(babeld(900, 1024))).isEqualTo(1800);
    assertThat(Limits.enoughFiles(babeld(3, 10))).isEqualTo(64);
  }

  private static Reading reading(int clients, Look... looks) {
    return Limits.reading(Limits.judge(List.of(looks), clients), NOW);
  }

  private static String wrong(int clients, Look... looks) {
    var reading = reading(clients, looks);
    assertThat(reading).isInstanceOf(Reading.Wrong.class);
    assertThat(((Reading.Wrong) reading).blame()).isEqualTo(Blame.OURS);
    return ((Reading.Wrong) reading).evidence();
  }

  private static Look.Files own(long used, long limit, int clients) {
    return new Look.Files(
        Look.Files.OWN,
        OptionalLong.empty(),
        used,
        OptionalLong.of(limit),
        Limits.ownFiles(clients));
  }

  private static Look.Files babeld(long used, long limit) {
    return new Look.Files("babeld", OptionalLong.of(812), used, OptionalLong.of(limit), 64);
  }
}
