package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** The bundle for Kura in a framework that has Kura's names but not Kura, and with publishers that come and go. */
class KuraBundleTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);
  private static final String PID = "org.kedge.kura";
  private static final String PUBLISHER =
      "org.eclipse.kura.cloudconnection.publisher.CloudPublisher";
  private static final String UPLINK = "org.kedge.telemetry.api.Uplink";

  @TempDir
  Path folder;

  private Host host;
  private Bundle kura;

  @BeforeEach
  void start() throws Exception {
    host = Host.start(Built.bundles(), folder);
    kura = host.context().installBundle("reference:" + Built.bundleForKura().toUri());
    kura.start();
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void without_kura_it_starts_and_offers_nothing() throws Exception {
    configure("(kura.service.pid=kedge-telemetry)");
    awaitConfigured();
    assertThat(host.unwell()).isEmpty();
    assertThat(kura.getState()).isEqualTo(Bundle.ACTIVE);
    assertThat(uplinks()).isEmpty();
  }

  @Test
  void its_settings_are_known_and_checked_before_it_is_configured() {
    assertThat(host.exampleSettings())
        .contains(
            "[org.kedge.kura]", "CloudPublisher.target", "(kura.service.pid=kedge-telemetry)");
    assertThat(host.problems(Map.of(PID, Map.of("CloudPublisher.target", "anything"))))
        .singleElement()
        .asString()
        .contains("CloudPublisher.target");
  }

  @Test
  void an_uplink_is_offered_exactly_while_the_chosen_publisher_is_there() throws Exception {
    configure("(kura.service.pid=ours)");
    awaitConfigured();
    new Publisher().register("others", 0);
    assertThat(uplinks()).isEmpty();

    var ours = new Publisher();
    var registered = ours.register("ours", 0);
    assertThat(uplinks()).hasSize(1);
    var lost = connect();
    assertThat(ours.listeners).hasSize(2);

    registered.unregister();
    assertThat(uplinks()).isEmpty();
    assertThat(ours.listeners).isEmpty();
    assertThat(lost).containsExactly("Kura's publisher is gone");
  }

  @Test
  void left_unset_only_the_publisher_made_for_kedge_is_taken() throws Exception {
    host.configure(Map.of(PID, Map.of()));
    awaitConfigured();
    new Publisher().register("others", 0);
    assertThat(uplinks()).isEmpty();
    new Publisher().register("kedge-telemetry", 0);
    assertThat(uplinks()).hasSize(1);
  }

  @Test
  void another_choice_changes_to_the_other_publisher() throws Exception {
    configure("(kura.service.pid=first)");
    awaitConfigured();
    var first = new Publisher();
    first.register("first", 0);
    var second = new Publisher();
    second.register("second", 0);
    var uplink = uplinks();
    var lost = connect();
    assertThat(first.listeners).hasSize(2);

    configure("(kura.service.pid=second)");
    await().atMost(GENEROUS).untilAsserted(() -> {
      assertThat(lost).containsExactly("Kura's publisher is gone");
      assertThat(uplinks()).hasSize(1).doesNotContainAnyElementsOf(uplink);
    });
    assertThat(first.listeners).isEmpty();
    assertThat(connect()).isEmpty();
    assertThat(second.listeners).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ours", "(kura.service.pid=ours"})
  void a_choice_that_is_no_filter_takes_no_publisher_until_it_is_put_right(String bad)
      throws Exception {
    configure("(kura.service.pid=ours)");
    awaitConfigured();
    var ours = new Publisher();
    ours.register("ours", 0);
    var lost = connect();
    configure(bad);
    await().atMost(GENEROUS).untilAsserted(() -> {
      assertThat(uplinks()).isEmpty();
      assertThat(lost).containsExactly("Kura's publisher is gone");
    });
    assertThat(ours.listeners).isEmpty();
    configure("(kura.service.pid=ours)");
    await().atMost(GENEROUS).until(() -> uplinks().size() == 1);
  }

  @Test
  void a_publisher_that_is_preferred_replaces_the_one_in_use() throws Exception {
    configure("(kura.service.pid=ours)");
    awaitConfigured();
    var older = new Publisher();
    older.register("ours", 0);
    connect();
    var newer = new Publisher();
    newer.register("ours", 10);
    await().atMost(GENEROUS).until(older.listeners::isEmpty);
    assertThat(uplinks()).hasSize(1);
    connect();
    assertThat(newer.listeners).hasSize(2);
  }

  @Test
  void stopped_it_leaves_the_publisher_alone_and_started_again_it_serves_again() throws Exception {
    configure("(kura.service.pid=ours)");
    awaitConfigured();
    var ours = new Publisher();
    ours.register("ours", 0);
    connect();
    kura.stop();
    assertThat(ours.listeners).isEmpty();
    assertThat(uplinks()).isEmpty();
    kura.start();
    await().atMost(GENEROUS).until(() -> uplinks().size() == 1);
    connect();
    assertThat(ours.listeners).hasSize(2);
  }

  private void configure(String target) throws Exception {
    host.configure(Map.of(PID, Map.of("CloudPublisher.target", target)));
  }

  private void awaitConfigured() {
    // Offered before it is made; to get it is to wait for that.
    await()
        .atMost(GENEROUS)
        .until(() -> offered("org.eclipse.kura.configuration.ConfigurableComponent").stream()
            .filter(one -> PID.equals(one.getProperty("component.name")))
            .anyMatch(one -> host.context().getService(one) != null));
  }

  private List<ServiceReference<?>> uplinks() throws InvalidSyntaxException {
    return offered(UPLINK);
  }

  private List<ServiceReference<?>> offered(String service) throws InvalidSyntaxException {
    var found = host.context().getAllServiceReferences(service, null);
    return found == null ? List.of() : List.of(found);
  }

  /** Connects the only uplink. @return what it tells as lost */
  private List<String> connect() throws Exception {
    var uplink = Objects.requireNonNull(host.context().getService(uplinks().get(0)));
    var presence = type("org.kedge.telemetry", UPLINK + "$Presence");
    var ears = type("org.kedge.telemetry", UPLINK + "$Ears");
    var lost = new CopyOnWriteArrayList<String>();
    var hears = proxy(ears, (self, method, words) -> {
      lost.add((String) words[0]);
      return null;
    });
    var connection = method(type("org.kedge.telemetry", UPLINK), "connect")
        .invoke(
            uplink,
            presence
                .getConstructor(byte[].class, byte[].class)
                .newInstance(new byte[0], new byte[0]),
            hears);
    assertThat(connection.getClass().getSimpleName()).isEqualTo("Ready");
    return lost;
  }

  private Class<?> type(String bundle, String name) throws ClassNotFoundException {
    return bundle(bundle).loadClass(name);
  }

  private Bundle bundle(String name) {
    return Arrays.stream(host.context().getBundles())
        .filter(one -> name.equals(one.getSymbolicName()))
        .findFirst()
        .orElseThrow();
  }

  private static Method method(Class<?> type, String name) {
    return Arrays.stream(type.getMethods())
        .filter(one -> one.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }

  /** As much of a publisher as can be listened to. */
  private final class Publisher {
    /** Two of one uplink: what it heard of the connection, and of deliveries. */
    final List<Object> listeners = new CopyOnWriteArrayList<>();

    @SuppressWarnings("JdkObsolete") // the framework takes a Dictionary
    ServiceRegistration<?> register(String pid, int ranking) throws ClassNotFoundException {
      var publisher = proxy(type("org.kedge.kura-api", PUBLISHER), (self, method, words) -> {
        if (method.getName().startsWith("register")) {
          listeners.add(words[0]);
        } else if (method.getName().startsWith("unregister")) {
          listeners.remove(words[0]);
        } else if (method.getName().equals("equals")) {
          return self == words[0];
        } else if (method.getName().equals("hashCode")) {
          return System.identityHashCode(self);
        } else if (method.getName().equals("toString")) {
          return "publisher " + pid;
        }
        return null;
      });
      var properties = new Hashtable<String, Object>();
      properties.put("kura.service.pid", pid);
      properties.put(Constants.SERVICE_RANKING, ranking);
      // By a bundle that has the type from where the bundle for Kura has it, or they would not
      // meet.
      return bundle("org.kedge.kura-api")
          .getBundleContext()
          .registerService(PUBLISHER, publisher, properties);
    }
  }
}
