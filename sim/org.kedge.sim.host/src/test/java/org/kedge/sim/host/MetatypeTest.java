package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kedge.babel.internal.osgi.BabelSettingsContract;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsContract;
import org.kedge.base.internal.osgi.NodeSettingsContract;
import org.kedge.billing.internal.osgi.BillingSettingsContract;
import org.kedge.board.internal.osgi.BoardSettingsContract;
import org.kedge.care.internal.osgi.CareSettingsContract;
import org.kedge.kura.internal.osgi.KuraSettingsContract;
import org.kedge.sim.kura.Metatype;
import org.kedge.telemetry.internal.osgi.TelemetrySettingsContract;
import org.kedge.watchdog.internal.osgi.WatchdogSettingsContract;

class MetatypeTest {
  private static final Set<String> TYPES_OF_KURA = Set.of(
      "String",
      "Long",
      "Double",
      "Float",
      "Integer",
      "Byte",
      "Char",
      "Boolean",
      "Short",
      "Password");

  private static final List<SettingsContract> CONTRACTS = List.of(
      new BabelSettingsContract(),
      new BillingSettingsContract(),
      new BoardSettingsContract(),
      new CareSettingsContract(),
      new KuraSettingsContract(),
      new NodeSettingsContract(),
      new TelemetrySettingsContract(),
      new WatchdogSettingsContract());

  static Stream<String> pids() {
    return Built.PIDS.stream();
  }

  @Test
  void no_bundle_has_a_metatype_that_these_tests_do_not_know() throws Exception {
    for (var bundle : Built.kedgeBundles()) {
      try (var jar = new JarFile(bundle.toFile())) {
        var files = jar.stream()
            .map(entry -> entry.getName())
            .filter(name -> name.startsWith("OSGI-INF/metatype/") && name.endsWith(".xml"))
            .toList();
        var name = Built.name(bundle);
        assertThat(files)
            .isEqualTo(
                Built.PIDS.contains(name)
                    ? List.of("OSGI-INF/metatype/" + name + ".xml")
                    : List.of());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pids")
  void kura_finds_the_class_of_a_pid_by_its_name(String pid) throws Exception {
    var metatype = metatype(pid);
    assertThat(metatype.ocdId()).isEqualTo(pid);
    assertThat(metatype.designatePids()).containsExactly(pid);
    assertThat(metatype.elements())
        .isSubsetOf("OCD", "AD", "Option", "Icon", "Designate", "Object");
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_attribute_is_named_described_and_of_a_type_kura_knows(String pid) throws Exception {
    assertThat(metatype(pid).attributes()).isNotEmpty().allSatisfy(attribute -> {
      assertThat(attribute.name()).isNotBlank();
      assertThat(attribute.description()).hasSizeGreaterThan(20);
      assertThat(attribute.type()).isIn(TYPES_OF_KURA);
    });
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_number_has_a_range_its_default_lies_in(String pid) throws Exception {
    assertThat(metatype(pid).attributes())
        .filteredOn(Metatype.Attribute::isNumber)
        .allSatisfy(attribute -> assertThat(new BigDecimal(attribute.standard()))
            .as(attribute.id())
            .isBetween(new BigDecimal(attribute.min()), new BigDecimal(attribute.max())));
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_attribute_has_a_default_if_only_an_empty_one(String pid) throws Exception {
    assertThat(metatype(pid).attributes()).allMatch(Metatype.Attribute::hasStandard);
  }

  /** Kura splits a default at commas, and what it makes of it is handed to the component. */
  @ParameterizedTest
  @MethodSource("pids")
  void defaults_are_good_settings_and_the_same_ones_also_as_kura_reads_them(String pid)
      throws Exception {
    var standards = metatype(pid).defaults();
    assertThat(contract(pid).problems(standards)).isEmpty();
    assertThat(contract(pid).schema().settings())
        .allSatisfy(setting -> assertThat(standards.getOrDefault(setting.id(), ""))
            .as(setting.id())
            .hasToString(setting.standard()));
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_number_tells_its_unit(String pid) throws Exception {
    assertThat(metatype(pid).attributes())
        .filteredOn(Metatype.Attribute::isNumber)
        .allSatisfy(attribute -> assertThat((attribute.name() + " " + attribute.description()))
            .as(attribute.id())
            .containsPattern("(?i)\\b(seconds|minutes|days|kbit/s|mebibytes|port|clients)\\b"));
  }

  @ParameterizedTest
  @MethodSource("pids")
  void options_hold_the_default_and_are_told_apart_by_their_labels(String pid) throws Exception {
    assertThat(metatype(pid).attributes())
        .filteredOn(attribute -> !attribute.options().isEmpty())
        .allSatisfy(attribute -> {
          assertThat(attribute.options())
              .extracting(Metatype.Option::value)
              .contains(attribute.standard());
          assertThat(attribute.options())
              .extracting(Metatype.Option::label)
              .doesNotContain("")
              .doesNotHaveDuplicates();
        });
  }

  @ParameterizedTest
  @MethodSource("pids")
  void what_is_read_is_what_the_metatype_has(String pid) throws Exception {
    var asked = new TreeSet<String>();
    var values = new AbstractMap<String, Object>() {
      @Override
      public @Nullable Object get(@Nullable Object key) {
        asked.add(String.valueOf(key));
        return null;
      }

      @Override
      public Set<Entry<String, Object>> entrySet() {
        return Set.of();
      }
    };
    assertThat(contract(pid).problems(values)).isEmpty();
    assertThat(asked)
        .containsExactlyInAnyOrderElementsOf(
            metatype(pid).attributes().stream().map(Metatype.Attribute::id).toList());
  }

  @ParameterizedTest
  @MethodSource("pids")
  void both_ends_of_a_range_are_taken_and_what_lies_beyond_is_refused(String pid) throws Exception {
    for (var attribute : metatype(pid).attributes()) {
      if (attribute.isNumber()) {
        var min = new BigDecimal(attribute.min());
        var max = new BigDecimal(attribute.max());
        var step = attribute.isWhole() ? BigDecimal.ONE : new BigDecimal("0.001");
        assertThat(refused(pid, attribute, min)).doesNotContain(attribute.id());
        assertThat(refused(pid, attribute, max)).doesNotContain(attribute.id());
        assertThat(refused(pid, attribute, min.subtract(step))).containsExactly(attribute.id());
        assertThat(refused(pid, attribute, max.add(step))).containsExactly(attribute.id());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pids")
  void what_is_of_another_type_is_refused(String pid) throws Exception {
    for (var attribute : metatype(pid).attributes()) {
      if (attribute.isNumber()) {
        assertThat(refused(pid, attribute, "many")).containsExactly(attribute.id());
        assertThat(refused(pid, attribute, "")).containsExactly(attribute.id());
        assertThat(refused(pid, attribute, true)).containsExactly(attribute.id());
      }
      if (attribute.isWhole()) {
        var between = new BigDecimal(attribute.min()).add(new BigDecimal("0.5"));
        assertThat(refused(pid, attribute, between)).containsExactly(attribute.id());
      }
      if (attribute.type().equals("Boolean")) {
        assertThat(refused(pid, attribute, "perhaps")).containsExactly(attribute.id());
        assertThat(refused(pid, attribute, 1)).containsExactly(attribute.id());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_option_is_taken_and_nothing_else(String pid) throws Exception {
    for (var attribute : metatype(pid).attributes()) {
      for (var option : attribute.options()) {
        assertThat(refused(pid, attribute, option.value())).doesNotContain(attribute.id());
      }
      if (!attribute.options().isEmpty()) {
        assertThat(refused(pid, attribute, "another")).contains(attribute.id());
      }
    }
  }

  /** Kura hands over whatever was saved: it is refused or taken, and never throws. */
  @ParameterizedTest
  @MethodSource("pids")
  void no_text_is_too_strange_to_be_judged(String pid) throws Exception {
    for (var attribute : metatype(pid).attributes()) {
      for (var text : List.of("/a\0b", "\0", "[", "é", "x".repeat(100_000), "\n;\n", "(a=")) {
        assertThatCode(() -> contract(pid).problems(Map.of(attribute.id(), text)))
            .as("%s = '%.10s'", attribute.id(), text)
            .doesNotThrowAnyException();
      }
    }
  }

  private static List<String> refused(String pid, Metatype.Attribute attribute, Object value) {
    return contract(pid).problems(Map.of(attribute.id(), value)).stream()
        .map(SettingProblem::setting)
        .toList();
  }

  private static Metatype metatype(String pid) throws IOException {
    return Metatype.read(Built.bundle(pid), pid);
  }

  private static SettingsContract contract(String pid) {
    return CONTRACTS.stream()
        .filter(contract -> contract.schema().pid().equals(pid))
        .findFirst()
        .orElseThrow();
  }
}
