package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private static final String WATCHDOG = "org.eclipse.kura.watchdog.WatchdogService";
  private static final String CRITICAL = "org.eclipse.kura.watchdog.CriticalComponent";
  private static final String PET_DEVICE = "org.kedge.watchdog.api.PetDevice";
  private static final Duration MINUTE = Duration.ofSeconds(60);
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

  @Test
  void without_kuras_watchdog_there_is_none() throws Exception {
    assertThat(why(take())).isEqualTo("Absent: Kura's watchdog is not there");
  }

  @Test
  void a_watchdog_that_is_not_enabled_guards_nothing_and_is_not_taken() throws Exception {
    var watchdog = new Watchdog();
    var registered = watchdog.register(Map.of());
    var absent =
        "Absent: Kura's watchdog is there but not enabled: set 'enabled' of org.eclipse.kura.watchdog.WatchdogService";
    assertThat(why(take())).isEqualTo(absent);
    registered.setProperties(new Hashtable<>(Map.of("enabled", "true")));
    assertThat(why(take())).isEqualTo(absent);
    assertThat(watchdog.critical).isEmpty();
  }

  @Test
  void a_watchdog_that_could_not_open_its_device_guards_nothing_and_is_refused() throws Exception {
    var watchdog = new Watchdog();
    var device = Files.writeString(folder.resolve("watchdog"), "");
    var enabled = Map.of("enabled", true, "watchdogDevice", device.toString());
    watchdog.register(enabled);
    assertThat(why(take()))
        .isEqualTo("Refused: Kura's watchdog is enabled but does not hold " + device
            + ", so that it guards nothing; Kura's log tells why, mostly because there is no such device or another"
            + " has it");
    assertThat(watchdog.critical).isEmpty();
    try (var open = Files.newOutputStream(device)) {
      assertThat(hold(take())).isNotNull();
    }
  }

  @Test
  void petted_it_checks_in_and_let_go_it_is_no_longer_critical() throws Exception {
    var watchdog = new Watchdog();
    try (var open = watchdog.registerEnabled()) {
      var hold = hold(take());
      assertThat(ask(hold, "identity")).isEqualTo("Kura's watchdog, " + folder.resolve("watchdog"));
      assertThat(ask(hold, "timeout")).isEqualTo(MINUTE);
      assertThat(ask(hold, "caveats")).isEqualTo(List.of());
      assertThat(watchdog.critical).hasSize(1);
      var critical = type("org.kedge.kura-api", CRITICAL);
      assertThat(method(critical, "getCriticalComponentName").invoke(watchdog.critical.get(0)))
          .isEqualTo("org.kedge.watchdog");
      assertThat(method(critical, "getCriticalComponentTimeout").invoke(watchdog.critical.get(0)))
          .isEqualTo(60_000);
      ask(hold, "pet");
      ask(hold, "pet");
      assertThat(watchdog.checkins).containsExactly(hold, hold);
      assertThat(ask(hold, "letGo")).hasToString("Disarmed[]");
      assertThat(watchdog.critical).isEmpty();
    }
  }

  @Test
  void taken_again_it_is_critical_once() throws Exception {
    var watchdog = new Watchdog();
    try (var open = watchdog.registerEnabled()) {
      hold(take());
      var second = hold(take());
      assertThat(watchdog.critical).containsExactly(second);
    }
  }

  @Test
  void a_watchdog_that_goes_is_told_at_a_pet_and_one_that_comes_back_is_joined_again()
      throws Exception {
    var first = new Watchdog();
    try (var open = first.registerEnabled()) {
      var hold = hold(take());
      first.registered().unregister();
      assertThat(first.critical).isEmpty();
      assertThat(petFailure(hold))
          .isEqualTo(
              "Kura's watchdog is gone; unless it comes back soon, its timer resets the node");
      var second = new Watchdog();
      second.register(first.properties());
      assertThat(second.critical).containsExactly(hold);
      ask(hold, "pet");
      assertThat(second.checkins).containsExactly(hold);
      assertThat(ask(hold, "caveats"))
          .isEqualTo(List.of(
              "Kura's watchdog went and came back, and Kedge registered again: 1 times so far"));
    }
  }

  @Test
  void a_watchdog_that_is_disabled_is_told_at_a_pet() throws Exception {
    var watchdog = new Watchdog();
    try (var open = watchdog.registerEnabled()) {
      var hold = hold(take());
      watchdog.registered().setProperties(new Hashtable<>(Map.of("enabled", false)));
      assertThat(petFailure(hold))
          .isEqualTo(
              "Kura's watchdog was disabled: set 'enabled' of org.eclipse.kura.watchdog.WatchdogService");
      assertThat(watchdog.checkins).isEmpty();
      watchdog.registered().setProperties(new Hashtable<>(watchdog.properties()));
      ask(hold, "pet");
      assertThat(watchdog.checkins).containsExactly(hold);
    }
  }

  @Test
  void stopped_as_for_an_update_it_is_no_longer_critical() throws Exception {
    var watchdog = new Watchdog();
    try (var open = watchdog.registerEnabled()) {
      var hold = hold(take());
      kura.stop();
      assertThat(watchdog.critical).isEmpty();
      assertThat(petFailure(hold)).isEqualTo("Kura's watchdog was let go");
      kura.start();
      hold(take());
      assertThat(watchdog.critical).hasSize(1);
    }
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

  /** Takes the only timer that is offered. @return what came of it */
  private Object take() throws Exception {
    var device =
        Objects.requireNonNull(host.context().getService(offeredTimer()), "offered, but not made");
    var type = type("org.kedge.watchdog", PET_DEVICE);
    assertThat(method(type, "name").invoke(device)).isEqualTo("kura");
    assertThat(method(type, "hasReset").invoke(device)).isEqualTo(Optional.empty());
    return Objects.requireNonNull(method(type, "take").invoke(device, MINUTE));
  }

  private ServiceReference<?> offeredTimer() throws InvalidSyntaxException {
    var ours =
        offered(PET_DEVICE).stream().filter(one -> one.getBundle().equals(kura)).toList();
    assertThat(ours).hasSize(1);
    return ours.get(0);
  }

  private static String why(Object taking) throws Exception {
    return taking.getClass().getSimpleName() + ": " + ask(taking, "why");
  }

  private static Object hold(Object taking) throws Exception {
    assertThat(taking.getClass().getSimpleName()).isEqualTo("Taken");
    return ask(taking, "hold");
  }

  private static Object ask(Object what, String method) throws Exception {
    var found = method(what.getClass(), method);
    found.setAccessible(true);
    return Objects.requireNonNullElse(found.invoke(what), "nothing");
  }

  private static String petFailure(Object hold) {
    var thrown = catchThrowableOfType(InvocationTargetException.class, () -> ask(hold, "pet"));
    assertThat(thrown.getCause()).isInstanceOf(IOException.class);
    return String.valueOf(thrown.getCause().getMessage());
  }

  /** Kura's watchdog as far as critical components know it: a list, by identity. */
  private final class Watchdog {
    final List<Object> critical = new CopyOnWriteArrayList<>();
    final List<Object> checkins = new CopyOnWriteArrayList<>();
    private Optional<ServiceRegistration<?>> registered = Optional.empty();

    /** With a device that is open, as Kura's own would be, until the stream is closed. */
    OutputStream registerEnabled() throws Exception {
      var open = Files.newOutputStream(folder.resolve("watchdog"));
      register(properties());
      return open;
    }

    Map<String, Object> properties() {
      return Map.of(
          "enabled", true, "watchdogDevice", folder.resolve("watchdog").toString());
    }

    ServiceRegistration<?> registered() {
      return registered.orElseThrow();
    }

    @SuppressWarnings("JdkObsolete") // the framework takes a Dictionary
    ServiceRegistration<?> register(Map<String, ?> properties) throws ClassNotFoundException {
      var watchdog = proxy(type("org.kedge.kura-api", WATCHDOG), (self, method, words) -> {
        switch (method.getName()) {
          case "registerCriticalComponent" -> critical.add(words[0]);
          case "unregisterCriticalComponent" -> critical.removeIf(one -> one == words[0]);
          case "checkin" -> checkins.add(words[0]);
          case "equals" -> {
            return self == words[0];
          }
          case "hashCode" -> {
            return System.identityHashCode(self);
          }
          default -> throw new AssertionError(method);
        }
        return null;
      });
      var registration = bundle("org.kedge.kura-api")
          .getBundleContext()
          .registerService(WATCHDOG, watchdog, new Hashtable<>(properties));
      registered = Optional.of(registration);
      return registration;
    }
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
