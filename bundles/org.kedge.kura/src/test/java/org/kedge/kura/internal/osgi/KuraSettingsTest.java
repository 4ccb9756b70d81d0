package org.kedge.kura.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsSchema;

class KuraSettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(KuraSettings.class, KuraComponent.PID);

  @Test
  void by_default_only_the_publisher_made_for_kedge_is_used() {
    assertThat(KuraSettings.read(SCHEMA, Map.of()))
        .isEqualTo(new Checked.Accepted<>(new KuraSettings("(kura.service.pid=kedge-telemetry)")));
    assertThat(new KuraSettingsContract().problems(Map.of())).isEmpty();
  }

  @Test
  void what_kuras_console_writes_is_accepted() {
    var chosen = "(kura.service.pid=org.eclipse.kura.cloud.publisher.CloudPublisher-1)";
    assertThat(KuraSettings.read(SCHEMA, Map.of("CloudPublisher.target", chosen)))
        .isEqualTo(new Checked.Accepted<>(new KuraSettings(chosen)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "kedge-telemetry", "(kura.service.pid=kedge"})
  void what_is_no_filter_is_refused_before_it_is_set_and_known_as_none_after(String text) {
    assertThat(KuraSettings.taken(SCHEMA, Map.of("CloudPublisher.target", text)))
        .isEqualTo(new Checked.Accepted<>(new KuraSettings(text)));
    assertThat(new KuraSettings(text).isFilter()).isFalse();
    assertThat(new KuraSettingsContract().problems(Map.of("CloudPublisher.target", text)))
        .extracting(SettingProblem::setting)
        .containsExactly("CloudPublisher.target");
  }
}
