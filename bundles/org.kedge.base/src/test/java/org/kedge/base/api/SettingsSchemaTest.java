package org.kedge.base.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsSchemaTest {
  private static final String PID = "org.kedge.test";

  private final SettingsSchema schema = SettingsSchema.of(SettingsSchemaTest.class, PID);

  @Test
  void a_metatype_is_read_in_its_order() {
    assertThat(schema.pid()).isEqualTo(PID);
    assertThat(schema.description()).isEqualTo("What the tests may set");
    assertThat(schema.settings())
        .extracting(Setting::id)
        .startsWith("mode", "free", "secret", "count")
        .endsWith("target", "bare")
        .hasSize(14);
  }

  @Test
  void a_setting_has_its_type_default_and_range() {
    assertThat(schema.find("count"))
        .hasValue(new Setting(
            "count",
            Setting.Type.INTEGER,
            "A count",
            "5",
            Optional.of(BigDecimal.ONE),
            Optional.of(new BigDecimal("60")),
            List.of()));
    assertThat(schema.find("bare"))
        .hasValue(new Setting(
            "bare", Setting.Type.TEXT, "", "", Optional.empty(), Optional.empty(), List.of()));
    assertThat(schema.settings())
        .extracting(Setting::type)
        .contains(Setting.Type.SECRET, Setting.Type.DECIMAL, Setting.Type.FLAG);
    assertThat(schema.find("no.such")).isEmpty();
  }

  @Test
  void options_belong_to_their_own_setting_only() {
    assertThat(schema.settings())
        .filteredOn(setting -> !setting.options().isEmpty())
        .singleElement()
        .extracting(Setting::options)
        .isEqualTo(List.of("child", "service"));
  }

  @Test
  void what_the_metatype_escapes_in_a_default_is_as_it_was_meant() {
    assertThat(schema.find("free").orElseThrow().standard()).isEqualTo("a, b\\c");
  }

  @Test
  void what_is_allowed_is_told_in_words() {
    assertThat(allowed("mode")).isEqualTo("one of child, service");
    assertThat(allowed("count")).isEqualTo("a whole number from 1 to 60");
    assertThat(allowed("span.seconds")).isEqualTo("a number from 0.2 to 10");
    assertThat(allowed("any.count")).isEqualTo("a whole number");
    assertThat(allowed("on")).isEqualTo("true or false");
    assertThat(allowed("secret")).isEqualTo("text, kept secret");
    assertThat(schema.settings())
        .filteredOn(Setting::isFree)
        .extracting(Setting::id)
        .containsExactly("free", "words", "lines", "address", "target", "bare");
  }

  @Test
  void a_bundle_packed_without_its_metatype_is_a_mistake() {
    assertThatIllegalStateException()
        .isThrownBy(() -> SettingsSchema.of(SettingsSchemaTest.class, "org.kedge.absent"))
        .withMessageContaining("lacks /OSGI-INF/metatype/org.kedge.absent.xml");
  }

  @Test
  void a_metatype_that_reaches_for_other_files_is_refused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> SettingsSchema.of(SettingsSchemaTest.class, PID + ".doctype"))
        .withMessageContaining("cannot be read");
  }

  private String allowed(String id) {
    return schema.find(id).orElseThrow().allowed();
  }
}
