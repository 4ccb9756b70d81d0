package org.kedge.billing.internal.core.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;

class MeterTest {
  private static final Station NEAR = new Station("wg1", "");
  private static final Station FAR = new Station("to2", "02:00:5e:00:00:01");
  private static final MeterKey ANY = key(NEAR, new Target.Any());
  private static final MeterKey MESH = key(NEAR, mesh(1));
  private static final MeterKey OTHER = key(NEAR, mesh(2));
  private static final MeterKey ELSEWHERE = key(NEAR, new Target.Elsewhere());
  private static final String TABLE = "boot/1";

  @Test
  void the_first_reading_books_all_that_was_counted_so_far() {
    var first = Meter.difference(
        Positions.NONE,
        reading(TABLE, Map.of(ANY, count(9, 900), MESH, count(4, 400), ELSEWHERE, count(5, 500))));
    assertThat(first.counts())
        .containsOnly(Map.entry(MESH, count(4, 400)), Map.entry(ELSEWHERE, count(5, 500)));
    assertThat(first.gap()).isEmpty();
  }

  @Test
  void only_what_came_on_top_is_booked() {
    var first = at(Map.of(ANY, count(4, 400), MESH, count(4, 400)));
    var more =
        reading(TABLE, Map.of(ANY, count(7, 700), MESH, count(6, 600), ELSEWHERE, count(1, 100)));
    var second = Meter.difference(first, more);
    assertThat(second.counts())
        .containsOnly(Map.entry(MESH, count(2, 200)), Map.entry(ELSEWHERE, count(1, 100)));
    assertThat(Meter.difference(second.positions(), more).counts()).isEmpty();
    assertThat(second.gap()).isEmpty();
  }

  @Test
  void what_found_no_counter_of_its_own_is_booked_under_any() {
    var difference = Meter.difference(
        at(Map.of(ANY, count(4, 400), MESH, count(4, 400))),
        reading(TABLE, Map.of(ANY, count(9, 900), MESH, count(6, 600))));
    assertThat(difference.counts())
        .containsOnly(Map.entry(MESH, count(2, 200)), Map.entry(ANY, count(3, 300)));
  }

  @Test
  void what_passes_while_the_counters_are_read_is_neither_lost_nor_booked_twice() {
    var first = Meter.difference(
        Positions.NONE, reading(TABLE, Map.of(ANY, count(4, 400), MESH, count(6, 600))));
    assertThat(first.counts()).containsOnly(Map.entry(MESH, count(6, 600)));
    var second = Meter.difference(
        first.positions(), reading(TABLE, Map.of(ANY, count(7, 700), MESH, count(6, 600))));
    assertThat(second.counts()).containsOnly(Map.entry(ANY, count(1, 100)));
  }

  @Test
  void a_station_whose_first_packet_came_while_the_counters_were_read_is_booked_once() {
    var first = Meter.difference(Positions.NONE, reading(TABLE, Map.of(MESH, count(2, 200))))
        .positions();
    assertThat(Meter.difference(
                first, reading(TABLE, Map.of(ANY, count(2, 200), MESH, count(2, 200))))
            .counts())
        .isEmpty();
  }

  @Test
  void after_a_reboot_all_in_the_new_table_is_booked_and_no_fault_told() {
    var difference = Meter.difference(
        at(Map.of(ANY, count(4, 400), MESH, count(4, 400)), Map.of("wg1", 10_000L)),
        reading("other/1", Map.of(ANY, count(1, 100), MESH, count(1, 100)), Map.of("wg1", 160L)));
    assertThat(difference.counts()).containsOnly(Map.entry(MESH, count(1, 100)));
    var gap = difference.gap().orElseThrow();
    assertThat(gap.cause()).isEqualTo(Gapped.Cause.REBOOTED);
    assertThat(gap.atMost()).isEqualTo(new Bytes(60));
    assertThat(difference.positions().generation()).isEqualTo("other/1");
  }

  @Test
  void a_table_that_was_removed_leaves_a_gap_of_at_most_what_its_interfaces_carried() {
    var difference = Meter.difference(
        at(
            Map.of(ANY, count(4, 400), MESH, count(4, 400)),
            Map.of("wg1", 10_000L, "to2", 500L, "to3", 70L)),
        reading(
            "boot/2",
            Map.of(ANY, count(1, 100), OTHER, count(1, 100)),
            // to2 was made anew, to3 is gone, to4 was not there.
            Map.of("wg1", 11_000L, "to2", 30L, "to4", 5_000L)));
    assertThat(difference.counts()).containsOnly(Map.entry(OTHER, count(1, 100)));
    var gap = difference.gap().orElseThrow();
    assertThat(gap.cause()).isEqualTo(Gapped.Cause.TABLE_REMOVED);
    assertThat(gap.atMost()).isEqualTo(new Bytes(1_000 + 30 - 100));
    assertThat(difference.positions().counts().keySet()).containsOnly(ANY, OTHER);
  }

  @Test
  void a_target_that_was_set_back_is_told_and_its_lost_bytes_are_booked_under_any() {
    var difference = Meter.difference(
        at(Map.of(ANY, count(9, 900), MESH, count(4, 400), OTHER, count(5, 500))),
        reading(TABLE, Map.of(ANY, count(14, 1400), MESH, count(1, 100), OTHER, count(7, 700))));
    assertThat(difference.counts())
        .containsOnly(
            Map.entry(MESH, count(1, 100)),
            Map.entry(OTHER, count(2, 200)),
            Map.entry(ANY, count(2, 200)));
    assertThat(difference.gap()).map(Gapped::cause).contains(Gapped.Cause.COUNTERS_RESET);
    assertThat(difference.gap()).map(Gapped::atMost).contains(Bytes.NONE);
  }

  @Test
  void a_target_that_vanished_begins_anew_when_it_comes_back() {
    var first = at(Map.of(ANY, count(9, 900), MESH, count(4, 400), OTHER, count(5, 500)));
    var gone =
        Meter.difference(first, reading(TABLE, Map.of(ANY, count(9, 900), OTHER, count(5, 500))));
    assertThat(gone.counts()).isEmpty();
    assertThat(gone.gap()).isPresent();
    var back = Meter.difference(
        gone.positions(),
        reading(TABLE, Map.of(ANY, count(15, 1500), MESH, count(6, 600), OTHER, count(5, 500))));
    assertThat(back.counts()).containsOnly(Map.entry(MESH, count(6, 600)));
    assertThat(back.gap()).isEmpty();
  }

  @Test
  void a_station_whose_counters_all_began_anew_is_booked_from_there_on() {
    var difference = Meter.difference(
        at(Map.of(ANY, count(9, 900), MESH, count(9, 900)), Map.of("wg1", 900L)),
        reading(TABLE, Map.of(ANY, count(3, 300), MESH, count(2, 200)), Map.of("wg1", 1_400L)));
    assertThat(difference.counts())
        .containsOnly(Map.entry(MESH, count(2, 200)), Map.entry(ANY, count(1, 100)));
    assertThat(difference.gap()).map(Gapped::atMost).contains(new Bytes(500 - 300));
    assertThat(difference.positions().counts()).containsEntry(ANY, count(3, 300));
  }

  @Test
  void where_any_alone_began_anew_its_targets_are_booked_and_nothing_twice() {
    var difference = Meter.difference(
        at(Map.of(ANY, count(9, 900), MESH, count(9, 900))),
        reading(TABLE, Map.of(ANY, count(2, 200), MESH, count(12, 1200))));
    assertThat(difference.counts()).containsOnly(Map.entry(MESH, count(3, 300)));
    assertThat(difference.gap()).isPresent();
    assertThat(difference.positions().counts()).containsEntry(ANY, count(2, 200));
  }

  @Test
  void a_station_that_found_the_set_of_any_full_is_booked_by_its_targets() {
    var positions = Positions.NONE;
    var total = 0L;
    for (var round = 1; round <= 3; round++) {
      var difference = Meter.difference(
          positions,
          new MeterReading(
              new Uptime(1),
              TABLE,
              Map.of(MESH, count(round, round * 100L)),
              Map.of(),
              List.of("bare-in-any")));
      positions = difference.positions();
      assertThat(difference.gap()).isEmpty();
      total += sum(difference.counts());
    }
    assertThat(total).isEqualTo(300);
  }

  @Test
  void new_books_begin_where_the_counters_stand() {
    var now =
        reading(TABLE, Map.of(ANY, count(9, 900), MESH, count(4, 400), ELSEWHERE, count(5, 500)));
    assertThat(Meter.difference(Meter.startAt(now), now).counts()).isEmpty();
  }

  @Test
  void values_that_cannot_be_are_refused_with_what_they_were() {
    var prefix = IpPrefix.of("2001:db8::/32").orElseThrow();
    assertThatThrownBy(() -> new Target.Mesh(prefix)).hasMessageContaining("2001:db8::/32");
    assertThatThrownBy(() -> new Slowed(NEAR, 7)).hasMessageContaining("7");
    assertThatThrownBy(() -> new Count(1, -1)).hasMessageContaining("-1");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void over_any_history_each_byte_is_booked_once(long seed) {
    var random = new Random(seed);
    for (var history = 0; history < 50; history++) {
      var kernel = new Kernel(random);
      var positions = Positions.NONE;
      var booked = 0L;
      var lost = 0L;
      for (var step = 0; step < 60; step++) {
        var where = "seed " + seed + " history " + history + " step " + step;
        kernel.traffic(random.nextInt(20));
        var passed = kernel.passed;
        var difference = Meter.difference(positions, kernel.readWhilePacketsPass());
        // Where it ends before they are kept, the next difference starts from the old ones.
        if (random.nextInt(4) > 0) {
          assertThat(difference.gap().isPresent())
              .as(where)
              .isEqualTo(!positions.generation().isEmpty()
                  && !positions.generation().equals(kernel.generation));
          booked += sum(difference.counts());
          positions = difference.positions();
          assertThat(booked)
              .as(where)
              .isBetween(passed - lost, kernel.passed + kernel.underWay - lost);
        }
        if (random.nextInt(15) == 0) {
          kernel.newTable();
          lost = kernel.passed - booked;
        }
      }
      kernel.traffic(1);
      booked += sum(Meter.difference(positions, kernel.readAtRest()).counts());
      assertThat(booked).as("seed %d history %d", seed, history).isEqualTo(kernel.passed - lost);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whoever_sets_counters_back_makes_no_byte_booked_twice_but_those_of_one_reading(long seed) {
    var random = new Random(seed);
    for (var history = 0; history < 50; history++) {
      var kernel = new Kernel(random);
      var positions = Positions.NONE;
      var booked = 0L;
      var doubt = 0L;
      for (var step = 0; step < 40; step++) {
        kernel.traffic(random.nextInt(20));
        var passed = kernel.passed;
        var difference = Meter.difference(positions, kernel.readWhilePacketsPass());
        booked += sum(difference.counts());
        positions = difference.positions();
        doubt += difference.gap().isPresent() ? kernel.passed + kernel.underWay - passed : 0;
        assertThat(booked)
            .as("seed %d history %d step %d", seed, history, step)
            .isLessThanOrEqualTo(kernel.passed + kernel.underWay + doubt);
        if (random.nextInt(10) == 0) {
          kernel.flush(random);
        }
      }
    }
  }

  /** Counts like the table does, packet by packet; any after the target, and reads one counter after the other, any first. */
  private static final class Kernel {
    private static final int ROOM = 7;

    private final Random random;
    private final Map<MeterKey, Count> anys = new LinkedHashMap<>();
    private final Map<MeterKey, Count> targets = new LinkedHashMap<>();
    private final List<Runnable> late = new ArrayList<>();
    private String generation = "boot/1";
    private int tables = 1;
    private long passed;
    private long underWay;

    Kernel(Random random) {
      this.random = random;
    }

    void traffic(int packets) {
      finish();
      for (var packet = 0; packet < packets; packet++) {
        packet();
        finish();
      }
    }

    void newTable() {
      finish();
      anys.clear();
      targets.clear();
      tables++;
      generation = (random.nextBoolean() ? "boot/" : "boot" + tables + "/") + tables;
    }

    void flush(Random random) {
      finish();
      switch (random.nextInt(3)) {
        case 0 -> anys.clear();
        case 1 -> targets.clear();
        default -> {
          anys.replaceAll((key, count) -> Count.NONE);
          targets.replaceAll((key, count) -> Count.NONE);
        }
      }
    }

    MeterReading readWhilePacketsPass() {
      var read = new HashMap<MeterKey, Count>();
      for (var counters : List.of(anys, targets)) {
        for (var key : List.copyOf(counters.keySet())) {
          perhapsPacket();
          read.put(key, counters.get(key));
        }
        perhapsPacket();
      }
      return reading(generation, read);
    }

    MeterReading readAtRest() {
      finish();
      var read = new HashMap<>(anys);
      read.putAll(targets);
      return reading(generation, read);
    }

    private void perhapsPacket() {
      if (random.nextBoolean()) {
        finish();
      }
      if (random.nextInt(3) == 0) {
        packet();
      }
    }

    private void packet() {
      var station = random.nextBoolean() ? NEAR : FAR;
      var target = random.nextInt(4) == 0 ? new Target.Elsewhere() : mesh(random.nextInt(6));
      var one = count(1, 1 + random.nextInt(1000));
      var key = key(station, target);
      if (targets.containsKey(key) || targets.size() < ROOM) {
        targets.merge(key, one, Count::plus);
      }
      underWay += one.bytes();
      late.add(() -> {
        anys.merge(key(station, new Target.Any()), one, Count::plus);
        underWay -= one.bytes();
        passed += one.bytes();
      });
    }

    private void finish() {
      late.forEach(Runnable::run);
      late.clear();
    }
  }

  private static long sum(Map<MeterKey, Count> counts) {
    return counts.values().stream().mapToLong(Count::bytes).sum();
  }

  private static Positions at(Map<MeterKey, Count> counts) {
    return at(counts, Map.of());
  }

  private static Positions at(Map<MeterKey, Count> counts, Map<String, Long> links) {
    return new Positions(TABLE, counts, links);
  }

  private static MeterReading reading(String generation, Map<MeterKey, Count> counts) {
    return reading(generation, counts, Map.of());
  }

  private static MeterReading reading(
      String generation, Map<MeterKey, Count> counts, Map<String, Long> links) {
    return new MeterReading(new Uptime(1), generation, counts, links, List.of());
  }

  private static MeterKey key(Station station, Target target) {
    return new MeterKey(Direction.IN, station, target);
  }

  private static Target mesh(int number) {
    return new Target.Mesh(IpPrefix.of("2001:db8::" + (number + 1)).orElseThrow());
  }

  private static Count count(long packets, long bytes) {
    return new Count(packets, bytes);
  }
}
