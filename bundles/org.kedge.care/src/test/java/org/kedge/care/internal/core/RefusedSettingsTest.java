package org.kedge.care.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Reading;

class RefusedSettingsTest {
  private static final Uptime NOW = Uptime.of(Duration.ofMinutes(5));
  private static final String HELLO =
      "Setting 'hello.seconds' of org.kedge.babel is '-1': allowed is 0.05 to 60; the old settings stay in force";
  private static final String BOARD =
      "Setting 'expected.clients' of org.kedge.board is 'many': allowed is a whole number; the defaults are used";

  @Test
  void where_nothing_is_refused_all_is_well() {
    assertThat(RefusedSettings.reading(Map.of(), NOW))
        .isEqualTo(new Reading.Well(CareFaults.SETTING_REFUSED, NOW));
  }

  @Test
  void every_setting_is_told_with_its_component_its_value_and_what_is_in_force() {
    var refused =
        new TreeMap<>(Map.of("org.kedge.board", List.of(BOARD), "org.kedge.babel", List.of(HELLO)));
    assertThat(RefusedSettings.reading(refused, NOW))
        .isEqualTo(
            new Reading.Wrong(CareFaults.SETTING_REFUSED, NOW, Blame.OURS, HELLO + "; " + BOARD));
  }

  @Test
  void of_many_the_first_are_told_and_the_others_counted() {
    var lines = IntStream.range(0, 7).mapToObj(number -> "line " + number).toList();
    assertThat(evidence(Map.of("org.kedge.babel", lines)))
        .isEqualTo("line 0; line 1; line 2; line 3; line 4; and 2 more, see the log");
    assertThat(evidence(Map.of("org.kedge.babel", lines.subList(0, 5)))).endsWith("line 4");
  }

  @Test
  void a_long_value_is_shortened_and_what_is_allowed_stays() {
    var line = HELLO.replace("-1", "x".repeat(10_000));
    assertThat(evidence(Map.of("org.kedge.babel", List.of(line))))
        .startsWith("Setting 'hello.seconds' of org.kedge.babel is 'xx")
        .endsWith("': allowed is 0.05 to 60; the old settings stay in force")
        .contains("x...x")
        .hasSizeLessThan(300);
  }

  private static String evidence(Map<String, List<String>> refused) {
    return ((Reading.Wrong) RefusedSettings.reading(refused, NOW)).evidence();
  }

  /** A node whose babeld is dead is not told first about a number that is too high. */
  @Test
  void whatever_else_is_wrong_is_told_before_it() {
    assertThat(CareFaults.SETTING_REFUSED.layer())
        .isGreaterThanOrEqualTo(Collections.max(List.of(Layer.values())));
  }
}
