package org.kedge.base.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsInForceTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(SettingsInForceTest.class, "org.kedge.test");

  private record Settings(int count, boolean on) {
    static Checked<Settings> read(Map<String, ?> values) {
      var reader = new SettingsReader(SCHEMA, values);
      var count = reader.integer("count");
      var on = reader.flag("on");
      return reader.finish(() -> new Settings(count, on));
    }
  }

  private final SettingsNews news = new SettingsNews();
  private final SettingsInForce<Settings> settings =
      new SettingsInForce<>(SCHEMA, Settings::read, news);

  @Test
  void good_settings_come_into_force_when_they_differ() {
    assertThat(settings.offer(Map.of())).hasValue(new Settings(5, true));
    assertThat(settings.offer(Map.of("count", 5))).as("the same").isEmpty();
    assertThat(settings.offer(Map.of("count", 6))).hasValue(new Settings(6, true));
    assertThat(settings.offer(Map.of("count", "6", "on", "true")))
        .as("the same")
        .isEmpty();
  }

  @Test
  void bad_settings_leave_all_of_the_old_in_force() {
    settings.offer(Map.of("count", 6));
    assertThat(settings.offer(Map.of("count", 61, "on", false))).isEmpty();
    assertThat(settings.offer(Map.of("count", 6)))
        .as("these were still in force")
        .isEmpty();
    assertThat(settings.offer(Map.of("count", 6, "on", false))).hasValue(new Settings(6, false));
  }

  @Test
  void bad_settings_at_the_start_give_the_defaults() {
    assertThat(settings.offer(Map.of("count", 61, "on", false))).hasValue(new Settings(5, true));
    assertThat(settings.offer(Map.of("count", 62))).isEmpty();
  }

  @Test
  void what_changes_and_what_is_refused_is_told_but_not_what_is_there_at_the_start() {
    var told = new ArrayList<Long>();
    news.listen(() -> told.add(1L));
    settings.offer(Map.of("count", 6));
    settings.offer(Map.of("count", "6"));
    assertThat(news.after(0)).isEmpty();
    settings.offer(Map.of("count", 7));
    settings.offer(Map.of("count", 61));
    assertThat(news.after(0))
        .satisfiesExactly(
            changed -> {
              assertThat(changed.isRefused()).isFalse();
              assertThat(changed.words()).containsExactly("count is '7', was '6'");
            },
            refused -> {
              assertThat(refused.isRefused()).isTrue();
              assertThat(refused.words().toString()).contains("61").contains("old settings stay");
            });
    assertThat(news.after(1)).extracting(SettingsNews.Item::number).containsExactly(2L);
    assertThat(told).hasSize(2);
  }

  @Test
  void a_long_value_is_told_by_its_beginning() {
    settings.offer(Map.of("count", 6));
    settings.offer(Map.of("count", "0".repeat(200) + "7"));
    assertThat(news.after(0))
        .last()
        .satisfies(item -> assertThat(item.words())
            .containsExactly("count is '" + "0".repeat(100) + "...', was '6'"));
  }

  @Test
  void an_unknown_setting_does_not_keep_the_others_out() {
    assertThat(settings.offer(Map.of("cuont", 7, "count", 8))).hasValue(new Settings(8, true));
  }

  @Test
  void defaults_that_are_refused_are_a_mistake() {
    var problem = new SettingProblem("org.kedge.test", "count", "5", "never good");
    var never = new SettingsInForce<Settings>(
        SCHEMA, values -> new Checked.Refused<>(List.of(problem)), news);
    assertThatIllegalStateException()
        .isThrownBy(() -> never.offer(Map.of()))
        .withMessageContaining("never good");
  }

  @Test
  void what_is_wrong_but_counts_all_the_same_is_in_force_and_stands_as_refused() {
    var problem = new SettingProblem("org.kedge.test", "count", "61", "never found");
    var taking = new SettingsInForce<Object>(
        SCHEMA,
        values -> new Checked.Accepted<>(
            values, values.containsKey("count") ? List.of(problem) : List.of()),
        news);
    taking.offer(Map.of());
    assertThat(taking.offer(Map.of("count", 61))).hasValue(Map.of("count", 61));
    assertThat(taking.offer(Map.of("count", 61))).as("the same").isEmpty();
    assertThat(news.refused().get("org.kedge.test"))
        .containsExactly(
            "Setting 'count' of org.kedge.test is '61': never found; it counts all the same");
    taking.offer(Map.of());
    assertThat(news.refused()).isEmpty();
  }

  @Test
  void what_is_refused_stands_until_good_settings_are_offered_even_the_old_ones() {
    var told = new ArrayList<Long>();
    news.listen(() -> told.add(1L));
    settings.offer(Map.of("count", 6));
    assertThat(news.refused()).isEmpty();
    settings.offer(Map.of("count", 61));
    settings.offer(Map.of("count", 62));
    assertThat(news.refused()).containsOnlyKeys("org.kedge.test");
    assertThat(news.refused().get("org.kedge.test"))
        .singleElement()
        .asString()
        .contains("count", "'62'", "the old settings stay in force");
    settings.offer(Map.of("count", 6));
    assertThat(news.refused()).isEmpty();
    assertThat(told).as("twice refused, once put right").hasSize(3);
  }

  @Test
  void settings_refused_at_the_start_stand_though_the_defaults_are_used() {
    settings.offer(Map.of("count", 61));
    assertThat(news.refused().get("org.kedge.test"))
        .singleElement()
        .asString()
        .endsWith("the defaults are used");
  }
}
