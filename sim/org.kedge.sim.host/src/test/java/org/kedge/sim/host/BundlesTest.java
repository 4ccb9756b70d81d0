package org.kedge.sim.host;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.eclipse.osgi.util.ManifestElement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.BundleException;

/** What the manifests of the bundles ask of a gateway: no more than Kura 5.4 to 6 has, and no less than the code uses. */
class BundlesTest {
  static Stream<Path> bundles() {
    return Built.kedgeBundles().stream();
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_bundle_is_named_after_its_capability(Path bundle) throws IOException {
    var manifest = manifest(bundle).getMainAttributes();
    assertThat(manifest.getValue("Bundle-SymbolicName")).isEqualTo(Built.name(bundle));
    assertThat(manifest.getValue("Bundle-ManifestVersion")).isEqualTo("2");
    assertThat(manifest.getValue("Bundle-Activator")).isNull();
    assertThat(manifest.getValue("DynamicImport-Package")).isNull();
    assertThat(manifest.getValue("Require-Bundle")).isNull();
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_bundle_requires_only_java_17_and_declarative_services_1_4(Path bundle) throws Exception {
    var required = elements(bundle, "Require-Capability");
    var services =
        required.stream().filter(one -> one.getValue().equals("osgi.service")).toList();
    // These only order deployments: the framework does not wait for them.
    assertThat(services).allMatch(one -> "active".equals(one.getDirective("effective")));
    assertThat(required)
        .filteredOn(one -> !services.contains(one))
        .extracting(one -> one.getValue() + " " + one.getDirective("filter"))
        .containsExactlyInAnyOrder(
            "osgi.ee (&(osgi.ee=JavaSE)(version=17))",
            "osgi.extender (&(osgi.extender=osgi.component)(version>=1.4.0)(!(version>=2.0.0)))");
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void a_bundle_runs_with_the_log_of_every_kura(Path bundle) throws Exception {
    assertThat(imports(bundle)).containsEntry("org.slf4j", "[1.7,3)");
  }

  /** The bundle for Kura, which imports more, is looked at beside the packages for Kura. */
  @ParameterizedTest
  @MethodSource("bundles")
  void of_kura_only_the_marker_of_configurable_components_is_imported(Path bundle)
      throws Exception {
    if (Built.name(bundle).equals("org.kedge.kura")) {
      return;
    }
    var kura = new TreeMap<>(imports(bundle));
    kura.keySet().removeIf(name -> !name.startsWith("org.eclipse.kura"));
    assertThat(kura)
        .isEqualTo(
            Built.PIDS.contains(Built.name(bundle))
                ? Map.of("org.eclipse.kura.configuration", "[1.2,2)")
                : Map.of());
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void gson_paho_pi4j_and_jna_are_inside_and_neither_imported_nor_exported(Path bundle)
      throws Exception {
    assertThat(imports(bundle).keySet())
        .noneMatch(name -> name.startsWith("com.google")
            || name.startsWith("org.eclipse.paho")
            || name.startsWith("com.pi4j")
            || name.startsWith("com.sun.jna"));
    assertThat(elements(bundle, "Export-Package"))
        .extracting(ManifestElement::getValue)
        .isEqualTo(
            Set.of("org.kedge.board", "org.kedge.kura").contains(Built.name(bundle))
                ? List.of()
                : List.of(Built.name(bundle) + ".api"));
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void every_package_that_is_imported_is_used(Path bundle) throws Exception {
    var classes = classes(bundle);
    var used = used(classes);
    assertThat(imports(bundle).keySet())
        // Gson asks for it by name if it is there.
        .filteredOn(name -> !name.equals("sun.misc"))
        .allMatch(used::contains);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void every_package_that_is_used_is_imported_or_inside(Path bundle) throws Exception {
    var needed = used(classes(bundle));
    needed.removeAll(packagesInside(bundle));
    needed.removeIf(name -> name.isEmpty() || name.startsWith("java."));
    // Annotations that are read by tools alone, and types that no class loader is ever asked for.
    needed.removeIf(
        name -> name.startsWith("org.jspecify") || name.startsWith("org.osgi.service."));
    needed.removeIf(name -> name.startsWith("org.osgi.annotation"));
    assertThat(imports(bundle).keySet()).containsAll(needed);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void nothing_in_a_jar_tells_when_where_or_by_whom_it_was_built(Path bundle) throws IOException {
    try (var jar = new JarFile(bundle.toFile())) {
      assertThat(jar.stream().map(JarEntry::getTime).distinct()).hasSize(1);
    }
    assertThat(manifest(bundle).getMainAttributes().keySet())
        .extracting(Object::toString)
        .doesNotContain("Bnd-LastModified", "Built-By", "Build-Jdk", "Tool", "Build-Host");
  }

  private static JavaClasses classes(Path bundle) throws IOException {
    try (var jar = new JarFile(bundle.toFile())) {
      return new ClassFileImporter().importJar(jar);
    }
  }

  private static Set<String> used(JavaClasses classes) {
    return classes.stream()
        .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
        .map(dependency -> dependency.getTargetClass().getBaseComponentType().getPackageName())
        .collect(toCollection(TreeSet::new));
  }

  private static Set<String> packagesInside(Path bundle) throws IOException {
    try (var jar = new JarFile(bundle.toFile())) {
      return jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.endsWith(".class"))
          .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
          .collect(toCollection(TreeSet::new));
    }
  }

  private static Map<String, String> imports(Path bundle) throws IOException, BundleException {
    return elements(bundle, "Import-Package").stream()
        .collect(toMap(
            ManifestElement::getValue,
            one -> one.getAttribute("version") == null ? "any" : one.getAttribute("version")));
  }

  private static List<ManifestElement> elements(Path bundle, String header)
      throws IOException, BundleException {
    var value = manifest(bundle).getMainAttributes().getValue(header);
    return value == null ? List.of() : List.of(ManifestElement.parseHeader(header, value));
  }

  private static Manifest manifest(Path bundle) throws IOException {
    try (var jar = new JarFile(bundle.toFile())) {
      return jar.getManifest();
    }
  }
}
