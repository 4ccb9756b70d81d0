package org.kedge.kura.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;

class KuraSettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(KuraSettings.class, KuraComponent.PID);
  private static final KuraSettings STANDARD =
      new KuraSettings("(kura.service.pid=kedge-telemetry)", "(kura.service.pid=kedge-events)");

  @Test
  void by_default_only_the_publishers_made_for_kedge_are_used() {
    assertThat(KuraSettings.read(SCHEMA, Map.of())).isEqualTo(new Checked.Accepted<>(STANDARD));
    assertThat(KuraSettings.taken(SCHEMA, Map.of())).isEqualTo(new Checked.Accepted<>(STANDARD));
    assertThat(new KuraSettingsContract().problems(Map.of())).isEmpty();
  }

  @Test
  void what_kuras_console_writes_is_accepted() {
    var chosen = "(kura.service.pid=org.eclipse.kura.cloud.publisher.CloudPublisher-1)";
    var other = "(kura.service.pid=org.eclipse.kura.cloud.publisher.CloudPublisher-2)";
    var values = Map.of("CloudPublisher.target", chosen, "EventPublisher.target", other);
    assertThat(KuraSettings.read(SCHEMA, values))
        .isEqualTo(new Checked.Accepted<>(new KuraSettings(chosen, other)));
    assertThat(KuraSettings.taken(SCHEMA, values)).isEqualTo(KuraSettings.read(SCHEMA, values));
  }

  @ParameterizedTest
  @CsvSource({
    "CloudPublisher.target, '', telemetry does not leave over Kura",
    "CloudPublisher.target, kedge-telemetry, telemetry does not leave over Kura",
    "CloudPublisher.target, (kura.service.pid=kedge, telemetry does not leave over Kura",
    "EventPublisher.target, '', events leave like other messages",
    "EventPublisher.target, kedge-events, events leave like other messages",
  })
  void what_is_no_filter_is_refused_before_it_is_set_and_once_it_counts_stands_as_refused(
      String setting, String text, String consequence) {
    var values = Map.of(setting, text);
    assertThat(new KuraSettingsContract().problems(values))
        .extracting(SettingProblem::setting)
        .containsExactly(setting);

    var news = new SettingsNews();
    var settings = new SettingsInForce<KuraSettings>(
        SCHEMA, offered -> KuraSettings.taken(SCHEMA, offered), news);
    settings.offer(Map.of());
    assertThat(settings.offer(values))
        .hasValueSatisfying(taken -> assertThat(
                setting.startsWith("Cloud") ? taken.publisher() : taken.eventPublisher())
            .isEqualTo(text));
    assertThat(settings.offer(values)).as("right after activating").isEmpty();
    assertThat(news.refused().get(KuraComponent.PID))
        .singleElement()
        .asString()
        .contains(setting, "'" + text + "'", consequence, "it counts all the same")
        .doesNotContain("old settings");

    settings.offer(Map.of());
    assertThat(news.refused()).isEmpty();
  }
}
