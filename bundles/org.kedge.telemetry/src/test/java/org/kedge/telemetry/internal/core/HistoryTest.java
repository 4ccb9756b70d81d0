package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Uptime;
import org.kedge.telemetry.internal.core.History.Measure;
import org.kedge.telemetry.internal.core.History.Point;

class HistoryTest {
  private final History history = new History();

  @Test
  void memory_is_kept_as_it_was_and_traffic_as_bytes_per_second() {
    history.note(at(60), with(200, 70, 8, counted("wg1", 1_000, 500), counted("eth0", 50_000, 0)));
    history.note(at(120), with(190, 71, 9, counted("wg1", 7_000, 560), counted("eth0", 56_000, 0)));
    assertThat(history.points())
        .containsExactly(
            new Point(
                at(60),
                Map.of(Measure.AVAILABLE, 200L, Measure.RESIDENT, 70L, Measure.HEAP_USED, 8L)),
            new Point(
                at(120),
                Map.of(
                    Measure.AVAILABLE, 190L,
                    Measure.RESIDENT, 71L,
                    Measure.HEAP_USED, 9L,
                    Measure.RECEIVED, 200L,
                    Measure.SENT, 1L)));
  }

  @Test
  void what_was_not_told_is_not_known_and_not_nought() {
    history.note(at(60), Figures.builder().build());
    history.note(at(120), Figures.builder().text("memory", "unreadable").build());
    assertThat(history.points())
        .containsExactly(new Point(at(60), Map.of()), new Point(at(120), Map.of()));
  }

  @Test
  void an_interface_that_comes_goes_or_comes_again_makes_no_burst() {
    history.note(at(0), with(1, 1, 1, counted("a", 1_000_000, 0), counted("b", 600, 0)));
    history.note(at(60), with(1, 1, 1, counted("b", 1_200, 0), counted("c", 9_000_000, 0)));
    history.note(at(120), with(1, 1, 1, counted("b", 600, 0), counted("c", 9_000_000, 0)));
    history.note(at(180), with(1, 1, 1, counted("d", 5, 0)));
    assertThat(history.points())
        .extracting(point -> point.values().getOrDefault(Measure.RECEIVED, -1L))
        .containsExactly(-1L, 10L, 10L, -1L);
  }

  @Test
  void a_look_that_came_late_is_spread_over_its_time() {
    history.note(at(0), with(1, 1, 1, counted("a", 0, 0)));
    history.note(at(600), with(1, 1, 1, counted("a", 6_000, 0)));
    assertThat(history.points().get(1).values()).containsEntry(Measure.RECEIVED, 10L);
  }

  @Test
  void a_second_look_at_the_same_moment_is_dropped() {
    history.note(at(60), with(1, 1, 1));
    history.note(at(60), with(2, 2, 2));
    assertThat(history.points()).hasSize(1);
  }

  @Test
  void after_any_number_of_minutes_the_last_day_is_there_and_nothing_else() {
    var random = new Random(7);
    for (var round = 0; round < 20; round++) {
      var one = new History();
      var minutes = random.nextInt(4 * History.POINTS);
      for (var minute = 0; minute < minutes; minute++) {
        one.note(at(60L * minute), with(minute, 1, 1));
      }
      var points = one.points();
      assertThat(points).hasSize(Math.min(minutes, 1_440));
      for (var number = 0; number < points.size(); number++) {
        var minute = minutes - points.size() + number;
        assertThat(points.get(number).at()).isEqualTo(at(60L * minute));
        assertThat(points.get(number).values()).containsEntry(Measure.AVAILABLE, (long) minute);
      }
    }
  }

  private static Uptime at(long seconds) {
    return Uptime.of(Duration.ofSeconds(seconds));
  }

  private static Figures with(long available, long resident, long heap, Figures... interfaces) {
    return Figures.builder()
        .section(
            "memory",
            Figures.builder()
                .bytes("available", new Bytes(available))
                .bytes("resident", new Bytes(resident))
                .bytes("heap_used", new Bytes(heap))
                .build())
        .section(
            "traffic", Figures.builder().list("interfaces", List.of(interfaces)).build())
        .build();
  }

  private static Figures counted(String name, long received, long sent) {
    return Figures.builder()
        .text("name", name)
        .bytes("received", new Bytes(received))
        .bytes("sent", new Bytes(sent))
        .build();
  }
}
