package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.sim.schema.MessageCheck;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** The bundles together in the framework, without a process of their own. */
class HostTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  /** States of ServiceComponentRuntime: all that a component needs is there. */
  private static final List<Integer> SATISFIED = List.of(4, 8);

  @TempDir
  Path folder;

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final List<FrameworkEvent> frameworkErrors = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    // Declarative services print what goes wrong, the log does too.
    var both = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
  }

  @AfterEach
  void show() {
    System.setOut(out);
    System.setErr(err);
    out.print(printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void every_bundle_runs_and_every_component_is_satisfied_once_configured() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      assertThat(host.unwell()).isEmpty();
      for (var bundle : kedgeBundles(host)) {
        assertThat(bundle.getState()).as(bundle.getSymbolicName()).isEqualTo(Bundle.ACTIVE);
        var header = bundle.getHeaders().get("Service-Component");
        assertThat(components(host, bundle))
            .as(bundle.getSymbolicName())
            .hasSize(header.split(",", -1).length);
      }
      configure(host, NodeSettings.in(folder));
      awaitAllSatisfied(host);
      for (var service : List.of(
          "org.kedge.base.api.Node",
          "org.kedge.babel.api.RouteWatch",
          "org.kedge.care.api.CareWatch")) {
        await().atMost(GENEROUS).until(() -> offered(host, service).size() == 1);
      }
      // status, faults, journal, neighbours, ledger.
      await()
          .atMost(GENEROUS)
          .until(() -> offered(host, "org.kedge.base.api.Inquiry").size() == 5);
    }
    assertNoErrors();
  }

  @Test
  void what_a_node_tells_when_asked_is_described_in_full() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      var settings = NodeSettings.in(folder);
      configure(host, settings);
      awaitServing(host, settings);
      var told = StatusClient.ask(settings.statusPort());
      assertThat(MessageCheck.ofThisBuild().problems("snapshot", told)).as(told).isEmpty();
    }
  }

  @Test
  void a_node_tells_prometheus_what_it_tells_at_status() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      var settings = NodeSettings.in(folder);
      configure(host, settings);
      awaitServing(host, settings);
      // Told as unknown at first.
      await().atMost(GENEROUS).untilAsserted(() -> {
        var answer = StatusClient.get(settings.statusPort(), "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
            .contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body())
            .startsWith("# HELP kedge_info ")
            .contains(
                "kedge_info{node=\"roof-7\"",
                "kedge_state{state=\"faulty\"} 1\n",
                "kedge_fault{kind=\"BABEL_DEAD\",layer=\"babel\",blame=\"ours\"} 1\n",
                "kedge_babel_connected 0\n",
                "kedge_lane_queued{lane=\"care\"} ",
                "kedge_telemetry_unsent_messages ")
            .endsWith("\n");
      });
    }
  }

  /** These tests run beside whatever the machine's own firewall is. */
  @Test
  void while_babel_names_no_interface_billing_counts_nothing_and_leaves_the_firewall_alone()
      throws Exception {
    var before = tables();
    try (var host = Host.start(Built.bundles(), folder)) {
      var settings = NodeSettings.in(folder);
      configure(host, settings);
      await()
          .atMost(GENEROUS)
          .untilAsserted(() -> assertThat(StatusClient.ask(settings.statusPort()))
              .contains("\"billing\":{\"state\":\"closed\""));
      await()
          .atMost(GENEROUS)
          .untilAsserted(() -> assertThat(
                  StatusClient.get(settings.statusPort(), "/billing-day").statusCode())
              .isEqualTo(200));
      assertThat(tables()).isEqualTo(before);
    }
    assertThat(tables()).isEqualTo(before);
  }

  private static List<String> tables() throws Exception {
    Process nft;
    try {
      nft =
          new ProcessBuilder("nft", "list", "tables").redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("SKIPPED: looking at the firewall needs nft");
      throw e;
    }
    try (var out = nft.inputReader()) {
      return out.lines().toList();
    } finally {
      nft.waitFor();
    }
  }

  @Test
  void before_they_are_configured_components_with_settings_wait() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      assertThat(offered(host, "org.kedge.base.api.Node")).isEmpty();
      assertThat(offered(host, "org.kedge.babel.api.RouteWatch")).isEmpty();
      assertThat(host.problems(Map.of())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 88, 2019})
  void bundles_stopped_and_started_in_any_order_serve_again(long seed) throws Exception {
    var random = new Random(seed);
    var settings = NodeSettings.in(folder);
    try (var host = Host.start(Built.bundles(), folder)) {
      host.context().addFrameworkListener(event -> {
        if (event.getType() == FrameworkEvent.ERROR) {
          frameworkErrors.add(event);
        }
      });
      configure(host, settings);
      awaitServing(host, settings);

      for (var bundle : shuffled(host, random)) {
        bundle.stop();
        bundle.start();
        awaitServing(host, settings);
      }

      for (var bundle : shuffled(host, random)) {
        bundle.stop();
      }
      assertThat(StatusClient.ask(settings.statusPort())).isEmpty();
      for (var bundle : shuffled(host, random)) {
        bundle.start();
      }
      awaitServing(host, settings);
      assertThat(frameworkErrors).isEmpty();
    }
    assertNoErrors();
  }

  @Test
  void a_stopped_host_leaves_no_thread_of_kedge_behind() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      var settings = NodeSettings.in(folder);
      configure(host, settings);
      awaitServing(host, settings);
      assertThat(threadsOfKedge()).isNotEmpty();
      assertThat(host.stop()).isTrue();
    }
    await().atMost(GENEROUS).untilAsserted(() -> assertThat(threadsOfKedge()).isEmpty());
  }

  @Test
  void settings_that_did_not_change_disturb_nothing() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      var settings = NodeSettings.in(folder);
      configure(host, settings);
      awaitServing(host, settings);
      var node = offered(host, "org.kedge.base.api.Node");
      assertThat(node).hasSize(1);
      configure(host, settings);
      configure(host, settings);
      assertThat(StatusClient.ask(settings.statusPort())).isNotEmpty();
      assertThat(offered(host, "org.kedge.base.api.Node")).isEqualTo(node);
    }
  }

  @Test
  void a_bundle_that_does_not_resolve_fails_the_start_by_name() throws Exception {
    var bundles = Files.createDirectory(folder.resolve("bundles"));
    jar(bundles.resolve("needy.jar"), "needy", Map.of("Import-Package", "org.nowhere"));
    assertThatThrownBy(() -> Host.start(bundles, folder.resolve("data")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("needy")
        .hasMessageContaining("org.nowhere");
  }

  @Test
  void a_bundle_that_forgets_an_import_of_the_jdk_is_not_helped() throws Exception {
    try (var host = Host.start(Built.bundles(), folder)) {
      var care = kedgeBundles(host).stream()
          .filter(bundle -> bundle.getSymbolicName().equals("org.kedge.care"))
          .findFirst()
          .orElseThrow();
      assertThatThrownBy(() -> care.loadClass("javax.xml.parsers.SAXParserFactory"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThat(care.loadClass("org.slf4j.Logger")).isEqualTo(org.slf4j.Logger.class);
    }
  }

  @Test
  void a_bundle_that_does_not_stop_is_left_behind_and_not_waited_for_twice() throws Exception {
    var bundles = Files.createDirectory(folder.resolve("bundles"));
    jar(
        bundles.resolve("stuck.jar"),
        "stuck",
        Map.of("Bundle-Activator", Stuck.class.getName(), "Import-Package", "org.osgi.framework"),
        Stuck.class);
    var release = new CountDownLatch(1);
    System.getProperties().put(Stuck.RELEASE, release);
    var host = Host.start(bundles, folder.resolve("data"));
    var framework = host.context().getBundle(0);
    try {
      assertThat(host.stop()).isFalse();
      var begun = System.nanoTime();
      host.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    } finally {
      release.countDown();
      // Until then it writes to the folder, which is removed behind this test.
      await().atMost(Duration.ofSeconds(60)).until(() -> framework.getState() == Bundle.RESOLVED);
      System.getProperties().remove(Stuck.RELEASE);
    }
  }

  /** Does not stop until it is released. The latch travels as a system property: only classes of the JDK are the same on both sides. */
  public static final class Stuck implements BundleActivator {
    static final String RELEASE = "org.kedge.test.release";

    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) throws InterruptedException {
      var release =
          (CountDownLatch) Objects.requireNonNull(System.getProperties().get(RELEASE));
      release.await();
    }
  }

  /** Who offers a service, even of a type that this side of the framework has under the same name but not as the same class. */
  private static List<ServiceReference<?>> offered(Host host, String service)
      throws InvalidSyntaxException {
    var found = host.context().getAllServiceReferences(service, null);
    return found == null ? List.of() : List.of(found);
  }

  private static void configure(Host host, NodeSettings settings) throws IOException {
    var file = SettingsFile.parse(settings.lines());
    assertThat(file.problems()).isEmpty();
    assertThat(host.problems(file.sections())).isEmpty();
    host.configure(file.sections());
  }

  private static void awaitServing(Host host, NodeSettings settings) {
    awaitAllSatisfied(host);
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(StatusClient.ask(settings.statusPort()))
            .as("health told, with care's judgement, babel's figures and base's")
            .contains(
                "\"kind\":\"BABEL_DEAD\"", "\"babel\":{", "\"lanes\":[", "\"lane\":\"care\""));
  }

  private static void awaitAllSatisfied(Host host) {
    await().atMost(GENEROUS).untilAsserted(() -> {
      for (var bundle : kedgeBundles(host)) {
        assertThat(components(host, bundle)).as(bundle.getSymbolicName()).isNotEmpty();
        assertThat(components(host, bundle))
            .allSatisfy((name, states) ->
                assertThat(states).as(name).isNotEmpty().allMatch(SATISFIED::contains));
      }
    });
  }

  private static List<Bundle> shuffled(Host host, Random random) {
    var bundles = new ArrayList<>(kedgeBundles(host));
    Collections.shuffle(bundles, random);
    return bundles;
  }

  private static List<Bundle> kedgeBundles(Host host) {
    var names = Built.kedgeBundles().stream().map(Built::name).toList();
    return Arrays.stream(host.context().getBundles())
        .filter(bundle -> names.contains(bundle.getSymbolicName()))
        .toList();
  }

  /** The states of each component a bundle declares, by its name; asked by reflection, as those types live in the framework. */
  private static Map<String, List<Integer>> components(Host host, Bundle bundle) throws Exception {
    var reference = host.context()
        .getServiceReference("org.osgi.service.component.runtime.ServiceComponentRuntime");
    var runtime = host.context().getService(reference);
    var type = runtime.getClass().getInterfaces()[0];
    var descriptions = (Iterable<?>) type.getMethod("getComponentDescriptionDTOs", Bundle[].class)
        .invoke(runtime, (Object) new Bundle[] {bundle});
    var states = new TreeMap<String, List<Integer>>();
    for (var description : descriptions) {
      var configurations =
          (Iterable<?>) type.getMethod("getComponentConfigurationDTOs", description.getClass())
              .invoke(runtime, description);
      var found = new ArrayList<Integer>();
      for (var configuration : configurations) {
        found.add((Integer) configuration.getClass().getField("state").get(configuration));
      }
      states.put((String) description.getClass().getField("name").get(description), found);
    }
    return states;
  }

  private void assertNoErrors() {
    var lines = printed.toString(StandardCharsets.UTF_8).lines();
    assertThat(lines.filter(line -> line.contains("ERROR")).collect(Collectors.joining("\n")))
        .isEmpty();
  }

  private static List<String> threadsOfKedge() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("kedge-"))
        .toList();
  }

  private static void jar(Path file, String name, Map<String, String> headers, Class<?>... classes)
      throws IOException {
    var manifest = new Manifest();
    var attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Bundle-ManifestVersion", "2");
    attributes.putValue("Bundle-SymbolicName", name);
    headers.forEach(attributes::putValue);
    try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      for (var one : classes) {
        var path = one.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(path));
        try (var bytes = HostTest.class.getClassLoader().getResourceAsStream(path)) {
          assertThat(bytes).isNotNull();
          bytes.transferTo(jar);
        }
      }
    }
  }
}
