package org.kedge.sim.host;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The walls, in the bundles as they are packed: pure cores, thin adapters, contracts between capabilities. */
class WallsTest {
  /** Whose api a bundle may use. */
  private static final Map<String, Set<String>> MAY_USE = Map.of(
      "base", Set.of(),
      "care", Set.of("base"),
      "babel", Set.of("base", "care"),
      "watchdog", Set.of("base", "care"),
      "board", Set.of("base", "care", "watchdog"),
      "billing", Set.of("base", "care", "babel"),
      "telemetry", Set.of("base", "care"),
      "kura", Set.of("base", "telemetry", "watchdog"));

  private static final JavaClasses KEDGE = kedge();

  static Stream<String> bundles() {
    return MAY_USE.keySet().stream().sorted();
  }

  @Test
  void these_walls_stand_around_every_bundle_there_is() {
    assertThat(Built.kedgeBundles())
        .extracting(jar -> Built.name(jar).replace("org.kedge.", ""))
        .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    assertThat(KEDGE).hasSizeGreaterThan(100);
  }

  @Test
  void a_core_knows_no_framework_file_socket_or_logger() {
    noClasses()
        .that()
        .resideInAPackage("..internal.core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.osgi..",
            "org.slf4j..",
            "org.eclipse..",
            "com..",
            "java.io..",
            "java.net..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.util.logging..")
        .check(KEDGE);
  }

  @Test
  void a_core_starts_no_thread_and_no_process() {
    noClasses()
        .that()
        .resideInAPackage("..internal.core..")
        .should()
        .dependOnClassesThat(assignableTo(Thread.class)
            .or(assignableTo(Process.class))
            .or(assignableTo(ProcessBuilder.class))
            .or(assignableTo(Runtime.class)))
        .check(KEDGE);
  }

  @Test
  void a_core_is_told_the_time_and_asks_no_clock() {
    noClasses()
        .that()
        .resideInAPackage("..internal.core..")
        .should()
        .dependOnClassesThat(assignableTo(Clock.class).or(assignableTo(InstantSource.class)))
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(KEDGE);
  }

  @Test
  void a_core_knows_no_adapter() {
    noClasses()
        .that()
        .resideInAPackage("..internal.core..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.kedge..internal..")
            .and(not(resideInAPackage("..internal.core.."))))
        .check(KEDGE);
  }

  @Test
  void kura_is_known_only_to_its_adapter_and_to_a_component_that_an_operator_configures() {
    noClasses()
        .that(not(configurableComponents()))
        .and(not(resideInAnyPackage(
            "org.kedge.kura.internal.cloud..",
            "org.kedge.kura.internal.home..",
            "org.kedge.kura.internal.requests..",
            "org.kedge.kura.internal.watchdog..")))
        .should()
        .dependOnClassesThat(resideInAPackage("org.eclipse.kura.."))
        .check(KEDGE);
    classes()
        .that(configurableComponents())
        .should()
        .resideInAPackage("..internal.osgi..")
        .check(KEDGE);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void of_another_bundle_only_the_contract_is_used_and_only_as_designed(String bundle) {
    var allowed = MAY_USE.getOrDefault(bundle, Set.of()).stream()
        .map(other -> "org.kedge." + other + ".api")
        .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("org.kedge." + bundle + "..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.kedge..")
            .and(not(resideInAPackage("org.kedge." + bundle + "..")))
            .and(not(resideInAnyPackage(allowed))))
        .check(KEDGE);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_contract_does_not_know_what_stands_behind_it(String bundle) {
    noClasses()
        .that()
        .resideInAPackage("org.kedge." + bundle + ".api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..internal..")
        // These have none.
        .allowEmptyShould(Set.of("board", "kura").contains(bundle))
        .check(KEDGE);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void the_packages_of_a_bundle_do_not_go_in_circles(String bundle) {
    slices().matching("org.kedge." + bundle + ".(**)").should().beFreeOfCycles().check(KEDGE);
  }

  @Test
  void statics_are_constants() {
    fields().that().areStatic().should().beFinal().check(KEDGE);
  }

  private static DescribedPredicate<JavaClass> configurableComponents() {
    return assignableTo("org.eclipse.kura.configuration.ConfigurableComponent")
        .as("components that an operator configures");
  }

  private static JavaClasses kedge() {
    try {
      var importer =
          new ClassFileImporter().withImportOption(location -> location.contains("/org/kedge/"));
      var jars = new ArrayList<JarFile>();
      for (var jar : Built.kedgeBundles()) {
        jars.add(new JarFile(jar.toFile()));
      }
      return importer.importJars(jars);
    } catch (IOException e) {
      throw new UncheckedIOException("The bundles cannot be read", e);
    }
  }
}
