package org.kedge.packages;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/**
 * Every name of Kura on which a bundle relies, in one list: where a Kura differs, it is seen there. The list is rewritten with
 * {@code -Dkedge.golden.write=true}.
 */
class KuraSignaturesTest {
  private static final Path KURA_API = Built.MODULE.resolveSibling("kura-api");
  private static final Path LIST = KURA_API.resolve("signatures.txt");
  private static final Path VERSIONS = KURA_API.resolve("package-versions.txt");
  private static final String KURA = "org.eclipse.kura";
  private static final JavaClasses BUNDLES = bundles();

  @Test
  void the_list_tells_all_that_the_bundles_use_of_kura() throws IOException {
    var used = used(BUNDLES);
    // Those that the compiler copies into a bundle leave no trace there but their value.
    kura().stream()
        .filter(type -> used.contains("class " + type.getName()))
        .flatMap(type -> type.getFields().stream())
        .flatMap(field -> constant(field).stream())
        .forEach(used::add);
    if (Boolean.getBoolean("kedge.golden.write")) {
      Files.write(LIST, used);
    }
    assertThat(used).hasSizeGreaterThan(20);
    assertThat(Files.readAllLines(LIST))
        .as(
            "%s; after a change that is meant: mvn package -pl kura-packages/kedge-node -am"
                + " -Dtest=KuraSignaturesTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dkedge.golden.write=true",
            LIST)
        .containsExactlyElementsOf(used);
  }

  @Test
  void each_kura_has_the_packages_in_versions_that_the_bundles_take() throws IOException {
    var table = versions();
    for (var jar : Built.bundles()) {
      var imports = Headers.clauses(PackageContentsTest.header(jar, "Import-Package"));
      for (var imported : imports.values()) {
        if (imported.name().startsWith(KURA)) {
          assertThat(table).as("%s imports", jar.getFileName()).containsKey(imported.name());
          var range = new VersionRange(imported.attribute("version"));
          table
              .getOrDefault(imported.name(), List.of())
              .forEach(version -> assertThat(range.includes(Version.valueOf(version)))
                  .as(
                      "%s imports %s %s: has it %s",
                      jar.getFileName(), imported.name(), range, version)
                  .isTrue());
        }
      }
    }
  }

  @Test
  void what_is_compiled_against_has_the_oldest_versions_of_the_table_and_no_package_beside_them()
      throws IOException {
    var table = versions();
    var oldest = new LinkedHashMap<String, String>();
    table.forEach((name, versions) -> oldest.put(name, versions.get(0)));
    var declared = new LinkedHashMap<String, String>();
    Headers.clauses(PackageContentsTest.header(kuraApi(), "Export-Package"))
        .values()
        .forEach(one -> declared.put(one.name(), one.attribute("version")));
    assertThat(declared).containsExactlyInAnyOrderEntriesOf(oldest);
  }

  @Test
  void no_more_of_kura_is_declared_than_is_used() throws IOException {
    var list = new TreeSet<>(Files.readAllLines(LIST));
    // The doubles are asked by tests for what they were told.
    list.addAll(used(imported(List.of(Built.TARGET.resolve("kura-api/org.kedge.sim.kura.jar")))));
    var idle = new TreeSet<String>();
    for (var declaring : kura()) {
      if (declaring.getSimpleName().equals("package-info")) {
        continue;
      }
      if (!list.contains("class " + declaring.getName()) && !isNeeded(declaring, list)) {
        idle.add("class " + declaring.getName());
      }
      declaring.getMethods().stream()
          .filter(method -> isPublic(method) && !isOfEveryEnum(method) && !isReadBack(method))
          .filter(method -> !list.contains(line(method)) && !isUsedByAnother(method, list))
          .forEach(method -> idle.add(line(method)));
      declaring.getFields().stream()
          .filter(field -> isPublic(field) && !list.contains(line(field)))
          .filter(field -> constant(field).isEmpty())
          .forEach(field -> idle.add(line(field)));
    }
    assertThat(idle).isEmpty();
  }

  /** A line of the list may name it by a type that inherits it, and what is declared may use it itself. */
  private static boolean isUsedByAnother(JavaMethod method, Set<String> list) {
    return method.getOwner().getAllSubclasses().stream()
            .anyMatch(heir -> list.contains(line(
                heir, method.getName(), method.getRawParameterTypes(), method.getRawReturnType())))
        || method.getCallsOfSelf().stream()
            .anyMatch(call -> !call.getOrigin().equals(method) && isKuras(call.getOriginOwner()));
  }

  /** A type that a signature or a type on the list names. */
  private static boolean isNeeded(JavaClass type, Set<String> list) {
    return type.getDirectDependenciesToSelf().stream()
        .map(Dependency::getOriginClass)
        .anyMatch(user -> list.contains("class " + user.getName()));
  }

  private static TreeSet<String> used(JavaClasses users) {
    var used = new TreeSet<String>();
    for (var user : users) {
      user.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(KuraSignaturesTest::isKuras)
          .forEach(type -> used.add("class " + type.getName()));
      Stream.of(user.getCodeUnitCallsFromSelf(), user.getCodeUnitReferencesFromSelf())
          .flatMap(Set::stream)
          .map(access -> (CodeUnitAccessTarget) access.getTarget())
          .filter(target -> isKuras(target.getOwner()))
          .forEach(target -> used.add(line(
              target.getOwner(),
              target.getName(),
              target.getRawParameterTypes(),
              target.getRawReturnType())));
      user.getFieldAccessesFromSelf().stream()
          .map(access -> access.getTarget())
          .filter(target -> isKuras(target.getOwner()))
          .forEach(
              target -> used.add(field(target.getOwner(), target.getName(), target.getRawType())));
      supertypes(user).forEach(type -> {
        used.add("supertype " + type.getName());
        type.getMethods().stream()
            .filter(method -> user.tryGetMethod(
                    method.getName(),
                    method.getRawParameterTypes().stream()
                        .map(JavaClass::getName)
                        .toArray(String[]::new))
                .isPresent())
            .forEach(method -> used.add(line(method)));
      });
    }
    return used;
  }

  /** All of its types up to Kura's, be they far away. */
  private static Stream<JavaClass> supertypes(JavaClass user) {
    return Stream.concat(user.getAllRawSuperclasses().stream(), user.getAllRawInterfaces().stream())
        .filter(KuraSignaturesTest::isKuras);
  }

  private static boolean isKuras(JavaClass type) {
    return type.getPackageName().equals(KURA) || type.getPackageName().startsWith(KURA + ".");
  }

  private static boolean isPublic(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  /** What was put into a message is read back by tests. */
  private static boolean isReadBack(JavaMethod method) {
    return method.getName().startsWith("get") && !method.getOwner().isInterface();
  }

  private static boolean isOfEveryEnum(JavaMethod method) {
    return method.getOwner().isEnum() && Set.of("values", "valueOf").contains(method.getName());
  }

  private static String line(JavaMethod method) {
    return line(
        method.getOwner(),
        method.getName(),
        method.getRawParameterTypes(),
        method.getRawReturnType());
  }

  private static String line(JavaField field) {
    return field(field.getOwner(), field.getName(), field.getRawType());
  }

  private static String line(
      JavaClass owner, String name, List<JavaClass> parameters, JavaClass result) {
    var words = parameters.stream().map(JavaClass::getName).collect(Collectors.joining(", "));
    return name.equals(JavaConstructor.CONSTRUCTOR_NAME)
        ? "constructor " + owner.getName() + "(" + words + ")"
        : "method " + owner.getName() + "." + name + "(" + words + ") " + result.getName();
  }

  private static String field(JavaClass owner, String name, JavaClass type) {
    return "field " + owner.getName() + "." + name + " " + type.getName();
  }

  /** @return a number or a text that is the same for ever, with its value */
  private static Optional<String> constant(JavaField field) {
    if (!field
            .getModifiers()
            .containsAll(Set.of(JavaModifier.PUBLIC, JavaModifier.STATIC, JavaModifier.FINAL))
        || !(field.getRawType().isPrimitive() || field.getRawType().isEquivalentTo(String.class))) {
      return Optional.empty();
    }
    try {
      var value =
          Class.forName(field.getOwner().getName()).getField(field.getName()).get(null);
      return Optional.of("constant " + field.getFullName() + " = " + value);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(field + " cannot be read", e);
    }
  }

  /** @return by package, the version in each Kura from the oldest on */
  private static Map<String, List<String>> versions() throws IOException {
    var table = new LinkedHashMap<String, List<String>>();
    for (var row : Files.readAllLines(VERSIONS)) {
      if (!row.isBlank() && !row.startsWith("#")) {
        var cells = List.of(row.strip().split("\\s+"));
        assertThat(cells).as(row).hasSize(5);
        table.put(cells.get(0), cells.subList(1, 5));
      }
    }
    return table;
  }

  private static Path kuraApi() {
    return Built.TARGET.resolve("kura-api/org.kedge.kura-api.jar");
  }

  private static JavaClasses kura() {
    return imported(List.of(kuraApi()));
  }

  private static JavaClasses bundles() {
    return imported(Built.bundles());
  }

  /** Kedge's own classes and Kura's, without what the bundles embed. */
  private static JavaClasses imported(List<Path> jars) {
    try {
      var files = new ArrayList<JarFile>();
      for (var jar : jars) {
        files.add(new JarFile(jar.toFile()));
      }
      return new ClassFileImporter()
          .withImportOption(location ->
              location.contains("/org/kedge/") || location.contains("/org/eclipse/kura/"))
          .importJars(files);
    } catch (IOException e) {
      throw new UncheckedIOException("The bundles cannot be read", e);
    }
  }
}
