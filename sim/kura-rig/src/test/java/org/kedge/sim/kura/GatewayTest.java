package org.kedge.sim.kura;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.system.SystemService;
import org.eclipse.osgi.util.ManifestElement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleException;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.metatype.MetaTypeService;

class GatewayTest {
  @TempDir
  Path home;

  @Test
  void it_holds_what_kura_has_and_all_of_it_runs() throws Exception {
    try (var gateway = Gateway.start(Level.current(), home)) {
      assertThat(gateway.unwell()).isEmpty();
      // Components become known a moment after their bundle has started.
      await().untilAsserted(() -> assertThat(gateway.unsatisfied()).isEmpty());
      assertThat(gateway.deploymentAdmin().listDeploymentPackages()).isEmpty();
      assertThat(gateway.service(ConfigurationAdmin.class)).isNotNull();
      assertThat(gateway.service(MetaTypeService.class)).isNotNull();
      assertThat(gateway.service(EventAdmin.class)).isNotNull();
      assertThat(Arrays.stream(gateway.context().getBundles())
              .map(one -> one.getSymbolicName() + " " + one.getVersion().getMajor() + "."
                  + one.getVersion().getMinor() + "." + one.getVersion().getMicro()))
          .contains(
              Level.current() == Level.KURA_5_6
                  ? new String[] {
                    "org.eclipse.osgi 3.16.0",
                    "org.apache.felix.scr 2.1.16",
                    "org.eclipse.equinox.cm 1.4.400"
                  }
                  : new String[] {
                    "org.eclipse.osgi 3.21.0",
                    "org.apache.felix.scr 2.2.12",
                    "org.eclipse.equinox.cm 1.6.100"
                  });
    }
  }

  @Test
  void the_tests_of_a_level_run_on_a_java_of_its_kura() {
    var version = Runtime.version();
    var least = Level.current() == Level.KURA_6 ? 21 : 17;
    var isThere = version.feature() >= least;
    if (!isThere) {
      System.out.println("SKIPPED the Java of Kura 6: the tests of its level run on " + version
          + "; name one of 21 or newer by -Dkedge.java.newer=<path of java>");
    }
    assumeTrue(isThere, "kedge.java.newer names no Java of 21 or newer");
  }

  @Test
  void every_package_of_kuras_that_kedge_knows_is_exported_as_by_kura() throws Exception {
    try (var gateway = Gateway.start(Level.current(), home)) {
      var exported = gateway
          .context()
          .getBundle(0)
          .adapt(BundleWiring.class)
          .getCapabilities(PackageNamespace.PACKAGE_NAMESPACE)
          .stream()
          .map(BundleCapability::getAttributes)
          .filter(
              one -> String.valueOf(one.get("osgi.wiring.package")).startsWith("org.eclipse.kura"))
          .collect(toMap(
              one -> String.valueOf(one.get("osgi.wiring.package")),
              one -> String.valueOf(one.get("version"))));
      assertThat(exported).isEqualTo(Level.current().kura());
    }
    assertThat(Level.KURA_5_6.kura()).isEqualTo(compiled());
  }

  /** What the API says that Kedge is compiled with: that of the oldest Kura. */
  private static Map<String, String> compiled() throws Exception {
    var location = Path.of(
        KuraException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Manifest manifest;
    if (Files.isDirectory(location)) {
      try (var in = Files.newInputStream(location.resolve("META-INF/MANIFEST.MF"))) {
        manifest = new Manifest(in);
      }
    } else {
      try (var jar = new JarFile(location.toFile())) {
        manifest = jar.getManifest();
      }
    }
    return Arrays.stream(ManifestElement.parseHeader(
            "Export-Package", manifest.getMainAttributes().getValue("Export-Package")))
        .collect(toMap(ManifestElement::getValue, one -> one.getAttribute("version")));
  }

  @Test
  void its_home_is_told_as_on_a_gateway_and_no_package_of_java_can_be_had_without_an_import()
      throws Exception {
    var jar = home.resolve("careless.jar");
    Jars.write(jar, "careless", "1.0.0", Map.of());
    try (var gateway = Gateway.start(Level.current(), home)) {
      assertThat(gateway.context().getProperty("kura.home")).isEqualTo(home.toString());
      var careless = gateway.install(jar);
      assertThatExceptionOfType(ClassNotFoundException.class)
          .isThrownBy(() -> careless.loadClass("javax.xml.parsers.SAXParser"));
      assertThatExceptionOfType(ClassNotFoundException.class)
          .isThrownBy(() -> careless.loadClass("org.slf4j.Logger"));
    }
  }

  @Test
  void a_double_can_be_had_until_it_is_taken_back() throws Exception {
    try (var gateway = Gateway.start(Level.current(), home)) {
      var system = new RigSystem(home.resolve("data"));
      var offer = gateway.offer(SystemService.class, system, Map.of());
      assertThat(gateway.service(SystemService.class)).isSameAs(system);
      offer.unregister();
      assertThatIllegalStateException().isThrownBy(() -> gateway.service(SystemService.class));
    }
  }

  @Test
  void a_bundle_that_does_not_resolve_and_a_component_that_lacks_something_are_told()
      throws Exception {
    var lonely = home.resolve("lonely.jar");
    Jars.write(lonely, "lonely", "1.0.0", Map.of("Import-Package", "org.example.nowhere"));
    var component = home.resolve("component.jar");
    Jars.write(
        component,
        "component",
        "1.0.0",
        Map.of("Service-Component", "OSGI-INF/lacking.xml"),
        Map.of("OSGI-INF/lacking.xml", """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="lacking">
              <reference name="System" interface="org.eclipse.kura.system.SystemService"/>
              <implementation class="java.lang.Object"/>
            </scr:component>
            """));
    try (var gateway = Gateway.start(Level.current(), home)) {
      assertThatExceptionOfType(BundleException.class).isThrownBy(() -> gateway.install(lonely));
      assertThat(gateway.unwell()).containsExactly("lonely is installed, but does not resolve");
      gateway.install(component);
      await()
          .untilAsserted(() -> assertThat(gateway.unsatisfied())
              .containsExactly("lacking lacks org.eclipse.kura.system.SystemService"));
      gateway.offer(SystemService.class, new RigSystem(home), Map.of());
      await().untilAsserted(() -> assertThat(gateway.unsatisfied()).isEmpty());
    }
  }
}
