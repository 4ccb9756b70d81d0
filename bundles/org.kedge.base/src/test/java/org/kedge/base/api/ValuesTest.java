package org.kedge.base.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @Test
  void uptimes_are_compared_and_told_apart_by_spans() {
    var early = Uptime.of(Duration.ofSeconds(5));
    var late = early.plus(Duration.ofMillis(1500));
    assertThat(late).isEqualTo(new Uptime(6_500_000_000L)).isGreaterThan(early);
    assertThat(late.since(early)).isEqualTo(Duration.ofMillis(1500));
    assertThat(early.since(late)).isEqualTo(Duration.ofMillis(-1500));
    assertThat(early.isBefore(late)).isTrue();
    assertThat(late.isBefore(early)).isFalse();
    assertThat(early.isBefore(early)).isFalse();
  }

  @Test
  void an_uptime_is_never_negative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Uptime(-1))
        .withMessageContaining("-1 ns");
    assertThatIllegalArgumentException().isThrownBy(() -> new Uptime(0).plus(Duration.ofNanos(-1)));
  }

  @Test
  void bytes_are_counted_in_powers_of_two_and_never_negative_nor_beyond_their_range() {
    assertThat(Bytes.kibi(3)).isEqualTo(new Bytes(3072));
    assertThat(Bytes.mebi(2)).isEqualTo(new Bytes(2_097_152)).isGreaterThan(Bytes.kibi(2047));
    assertThat(Bytes.NONE).isLessThan(new Bytes(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bytes(-1))
        .withMessageContaining("-1");
    assertThatThrownBy(() -> Bytes.mebi(Long.MAX_VALUE / 1000))
        .isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "roof-12", "St.Anna_3", ".x"})
  void a_node_id_begins_with_a_letter_or_digit(String name) {
    assertThat(NodeId.isValid(name)).isEqualTo(!name.startsWith("."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", "_a", "a b", "a/b", "a+", "a#", "ä", "a\n", "a$", "Knoten\u0000"})
  void a_name_that_cannot_stand_in_a_topic_or_file_name_is_no_node_id(String name) {
    assertThat(NodeId.isValid(name)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> new NodeId(name));
  }

  @Test
  void a_node_id_has_63_letters_at_most() {
    assertThat(new NodeId("n".repeat(63)).toString()).isEqualTo("n".repeat(63));
    assertThat(NodeId.isValid("n".repeat(64))).isFalse();
  }

  @Test
  void figures_keep_their_order_and_name_their_unit() {
    var figures = Figures.builder()
        .text("name", "roof")
        .text("absent", Optional.empty())
        .text("present", Optional.of("here"))
        .flag("up", true)
        .count("routes", 12)
        .bytes("free", Bytes.kibi(1))
        .number("metric", 256)
        .percent("loss", 33.349)
        .seconds("busy", Duration.ofMillis(1234))
        .milliseconds("rtt", Duration.ofNanos(1_234_567))
        .section("clock", Figures.builder().flag("trusted", false).build())
        .list("links", List.of(Figures.builder().count("sent", 1).build()))
        .texts("names", List.of("a", "b"))
        .all(Figures.builder().number("more", 1).build())
        .build();

    assertThat(figures.values())
        .containsExactly(
            entry("name", "roof"),
            entry("present", "here"),
            entry("up", true),
            entry("routes_count", 12L),
            entry("free_bytes", 1024L),
            entry("metric", 256L),
            entry("loss_percent", 33.3),
            entry("busy_seconds", 1.234),
            entry("rtt_milliseconds", 1.234),
            entry("clock", new Figures(Map.of("trusted", false))),
            entry("links", List.of(new Figures(Map.of("sent_count", 1L)))),
            entry("names", List.of("a", "b")),
            entry("more", 1L));
  }

  @Test
  void two_figures_of_one_name_are_a_mistake() {
    var builder = Figures.builder().count("routes", 1);
    assertThatThrownBy(() -> builder.number("routes_count", 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("routes_count");
  }

  @Test
  void figures_do_not_change_with_what_they_were_made_from() {
    var source = new LinkedHashMap<String, Object>(Map.of("a", 1L));
    var figures = new Figures(source);
    source.put("b", 2L);
    assertThat(figures.values()).containsOnlyKeys("a");
    assertThatThrownBy(() -> figures.values().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_command_needs_a_program_and_a_limit_above_zero() {
    var second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(second, List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(second, " "));
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(Duration.ZERO, "ip"));
    assertThat(Command.of(second, "ip", "route")).hasToString("ip route");
  }

  @Test
  void a_gauge_gives_the_figures_of_the_moment_it_is_asked() {
    var count = new int[1];
    var gauge =
        Gauge.of("test", () -> Figures.builder().count("asked", ++count[0]).build());
    assertThat(gauge.section()).isEqualTo("test");
    assertThat(gauge.figures().values()).containsEntry("asked_count", 1L);
    assertThat(gauge.figures().values()).containsEntry("asked_count", 2L);
  }
}
