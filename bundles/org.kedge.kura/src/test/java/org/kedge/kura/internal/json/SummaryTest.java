package org.kedge.kura.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummaryTest {
  @Test
  void values_at_the_top_become_metrics_of_their_own_types() {
    assertThat(metrics("""
            {"schema":"kedge-snapshot","schema_version":1,"sequence":9007199254740993,
             "uptime_seconds":12.0,"small":1e-3,"flag":true,"node":"Dach „Süd“ \\u00e9"}"""))
        .isEqualTo(Map.of(
            "schema",
            "kedge-snapshot",
            "schema_version",
            1L,
            "sequence",
            9007199254740993L,
            "uptime_seconds",
            12.0,
            "small",
            0.001,
            "flag",
            true,
            "node",
            "Dach „Süd“ é"));
  }

  @Test
  void a_whole_number_beyond_a_long_is_told_as_near_as_it_can_be() {
    assertThat(metrics("{\"huge\":123456789012345678901234567890}"))
        .isEqualTo(Map.of("huge", 123456789012345678901234567890.0));
  }

  @Test
  void nothing_nested_and_no_null_becomes_a_metric() {
    assertThat(metrics("{\"a\":null,\"b\":{\"c\":1},\"d\":[1,{\"e\":2}],\"f\":2}"))
        .isEqualTo(Map.of("f", 2L));
  }

  @Test
  void faults_are_told_by_kind_and_count() {
    assertThat(metrics("""
            {"faults":[{"kind":"BABEL_DEAD","layer":"babel","evidence":["x",{"kind":"y"}]},{"blame":"ours","kind":"FLASH_FULL"}]}"""))
        .isEqualTo(Map.of("faults", "BABEL_DEAD, FLASH_FULL", "faults_count", 2L));
  }

  @Test
  void no_faults_are_told_too() {
    assertThat(metrics("{\"faults\":[]}")).isEqualTo(Map.of("faults", "", "faults_count", 0L));
  }

  @Test
  void the_time_it_happened_is_read() {
    assertThat(Summary.of(bytes("{\"at\":\"2026-11-22T10:15:30.5Z\"}")))
        .hasValueSatisfying(
            summary -> assertThat(summary.at()).hasValue(Instant.parse("2026-11-22T10:15:30.5Z")));
    for (var without : new String[] {"{}", "{\"at\":7}", "{\"at\":\"yesterday\"}"}) {
      assertThat(Summary.of(bytes(without)))
          .hasValueSatisfying(summary -> assertThat(summary.at()).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "{",
        "{\"a\":}",
        "{} {}",
        "{\"faults\":[7]}",
        "{'a':1}",
        "{\"a\":NaN}"
      })
  void what_is_no_object_has_no_summary(String text) {
    assertThat(Summary.of(bytes(text))).isEmpty();
  }

  private static Map<String, Object> metrics(String json) {
    return Summary.of(bytes(json)).orElseThrow().metrics();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
