package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
    var metatype = Metatype.read(pid);
    assertThat(metatype.ocdId()).isEqualTo(pid);
    assertThat(metatype.designatePids()).containsExactly(pid);
    assertThat(metatype.elements())
        .isSubsetOf("OCD", "AD", "Option", "Icon", "Designate", "Object");
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_attribute_is_named_described_and_of_a_type_kura_knows(String pid) throws Exception {
    assertThat(Metatype.read(pid).attributes()).isNotEmpty().allSatisfy(attribute -> {
      assertThat(attribute.name()).isNotBlank();
      assertThat(attribute.description()).hasSizeGreaterThan(20);
      assertThat(attribute.type()).isIn(TYPES_OF_KURA);
    });
  }

  @ParameterizedTest
  @MethodSource("pids")
  void every_number_has_a_range_its_default_lies_in(String pid) throws Exception {
    assertThat(Metatype.read(pid).attributes())
        .filteredOn(Metatype.Attribute::isNumber)
        .allSatisfy(attribute -> assertThat(new BigDecimal(attribute.standard()))
            .as(attribute.id())
            .isBetween(new BigDecimal(attribute.min()), new BigDecimal(attribute.max())));
  }
}
