package org.kedge.sim.kura;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.sim.kura.RigConfiguration.Password;

@Timeout(120)
class RigConfigurationTest {
  private static final String PID = "org.example.lamp";
  private static final Duration GENEROUS = Duration.ofSeconds(20);

  private static final String FIRST = """
      <AD id="watts" type="Integer" default="40" min="1" max="100"/>
      <AD id="name" type="String" default=" a lamp\\, of mine , not this"/>
      <AD id="colours" type="String" cardinality="3" default="red,green"/>
      <AD id="lit" type="Boolean" default="true"/>
      <AD id="key" type="Password" default="secret"/>
      <AD id="empty.key" type="Password" default=""/>
      """;

  @TempDir
  Path home;

  private final RigCrypto crypto = new RigCrypto();
  private final RigConfiguration configuration = new RigConfiguration(crypto);
  private final BlockingQueue<Map<String, Object>> heard = new LinkedBlockingQueue<>();
  private @Nullable Gateway gateway;

  @BeforeEach
  void begin() throws Exception {
    start();
  }

  @AfterEach
  void stop() {
    configuration.detach();
    gateway().close();
  }

  @Test
  void a_new_bundle_is_seeded_with_typed_defaults_and_both_pids() throws Exception {
    install(lamp("1.0.0", FIRST));
    var given = next("activate");
    assertThat(given)
        .containsEntry("watts", 40)
        .containsEntry("name", "a lamp, of mine")
        .containsEntry("lit", true)
        .containsEntry("kura.service.pid", PID)
        .containsEntry("service.pid", PID)
        .doesNotContainKey("empty.key");
    assertThat((String[]) given.get("colours")).containsExactly("red", "green");
    assertThat(plain(given)).isEqualTo("secret");
  }

  @Test
  void once_activated_it_is_modified_with_equal_values_but_for_the_cipher_text() throws Exception {
    install(lamp("1.0.0", FIRST));
    var first = next("activate");
    var second = next("modified");
    assertThat(second.get("key")).isNotEqualTo(first.get("key"));
    assertThat(plain(second)).isEqualTo(plain(first));
    assertThat(second.get("watts")).isEqualTo(40);
  }

  @Test
  void whatever_an_operator_gives_is_handed_on() throws Exception {
    settled();
    var wrong = new HashMap<String, @Nullable Object>();
    wrong.put("watts", 100_000);
    wrong.put("lit", "perhaps");
    wrong.put("name", null);
    wrong.put("unknown", 7L);
    wrong.put("key", "a plain string");
    assertThat(configuration.update(PID, wrong)).isTrue();
    assertThat(next("modified"))
        .containsEntry("watts", 100_000)
        .containsEntry("lit", "perhaps")
        .containsEntry("unknown", 7L)
        .containsEntry("key", "a plain string")
        .doesNotContainKey("name");
  }

  @Test
  void a_password_arrives_encrypted_and_an_empty_one_not_at_all() throws Exception {
    settled();
    configuration.update(PID, Map.of("key", new Password("other")));
    assertThat(plain(next("modified"))).isEqualTo("other");
    configuration.update(PID, Map.of("key", new Password("")));
    assertThat(next("modified")).doesNotContainKey("key");
  }

  @Test
  void who_is_not_there_is_not_updated() throws Exception {
    assertThat(configuration.update(PID, Map.of("watts", 60))).isFalse();
    var lamp = gateway().install(lamp("1.0.0", FIRST));
    // Seeded, but it lacks something: Kura does not know the component.
    await().atMost(GENEROUS).until(() -> configuration.seeded().contains(PID));
    assertThat(configuration.update(PID, Map.of("watts", 60))).isFalse();
    lamp.uninstall();
  }

  @Test
  void a_start_has_the_values_of_the_latest_snapshot_and_none_later() throws Exception {
    settled();
    configuration.update(PID, Map.of("watts", 60, "key", new Password("other")));
    next("modified");
    configuration.updateOnly(PID, Map.of("watts", 75));
    next("modified");
    stop();
    start();
    install(lamp("1.0.0", FIRST));
    var given = next("activate");
    assertThat(given).containsEntry("watts", 60);
    assertThat(plain(given)).isEqualTo("other");
  }

  @Test
  void without_a_snapshot_a_start_is_like_the_first() throws Exception {
    settled();
    configuration.updateOnly(PID, Map.of("watts", 75));
    stop();
    heard.clear();
    start();
    install(lamp("1.0.0", FIRST));
    assertThat(next("activate")).containsEntry("watts", 40);
  }

  @Test
  void a_gateway_may_be_set_up_before_its_add_ons_are_there() throws Exception {
    stop();
    configuration.setUp(Map.of(PID, Map.of("watts", 60)));
    start();
    install(lamp("1.0.0", FIRST));
    assertThat(next("activate")).containsEntry("watts", 60).containsEntry("lit", true);
  }

  @Test
  void a_rollback_brings_back_the_values_of_then() throws Exception {
    settled();
    configuration.update(PID, Map.of("watts", 60));
    next("modified");
    configuration.update(PID, Map.of("watts", 75, "more", "x"));
    next("modified");
    configuration.rollback(0);
    assertThat(next("modified")).containsEntry("watts", 60).doesNotContainKey("more");
    assertThat(configuration.snapshots()).containsExactly(0L, 1L, 2L);
  }

  @Test
  void an_upgrade_keeps_values_adds_new_keys_and_purges_none() throws Exception {
    settled();
    configuration.update(PID, Map.of("watts", 60));
    next("modified");
    var later = lamp("1.1.0", """
        <AD id="watts" type="Integer" default="25"/>
        <AD id="hours" type="Integer" default="8"/>
        """);
    try (var in = Files.newInputStream(later)) {
      gateway().bundle("lamp").update(in);
    }
    // Perhaps with the old configuration first, and then with the new keys.
    await().atMost(GENEROUS).until(() -> Objects.equals(latest("hours"), 8));
    assertThat(configuration.configured(PID))
        .containsEntry("watts", 60)
        .containsEntry("hours", 8)
        .containsEntry("lit", true);
  }

  @Test
  void installed_again_it_has_the_old_values() throws Exception {
    settled();
    configuration.update(PID, Map.of("watts", 60));
    next("modified");
    gateway().bundle("lamp").uninstall();
    await().atMost(GENEROUS).until(() -> configuration.pids().isEmpty());
    gateway().install(lamp("1.0.0", FIRST));
    assertThat(next("activate")).containsEntry("watts", 60);
  }

  @Test
  void a_metatype_in_a_file_of_another_name_is_not_found() throws Exception {
    var misnamed = lamp("1.0.0", FIRST, "OSGI-INF/metatype/lamp.xml");
    install(misnamed);
    assertThat(configuration.seeded()).isEmpty();
    await()
        .atMost(GENEROUS)
        .untilAsserted(() ->
            assertThat(gateway().unsatisfied()).containsExactly(PID + " has no configuration"));
  }

  @Test
  void defaults_are_split_at_commas_unless_these_are_escaped() {
    assertThat(Metatype.split(" a , b\\,c ,\\ d\\\\, ")).isEqualTo(List.of("a", "b,c", " d\\", ""));
  }

  private void start() throws Exception {
    gateway = Gateway.start(Level.current(), home);
    configuration.attach(gateway());
  }

  private Gateway gateway() {
    return Objects.requireNonNull(gateway);
  }

  private void install(Path jar) throws Exception {
    gateway().offer(Queue.class, heard, Map.of());
    gateway().install(jar);
  }

  /** Installed, with its first two calls behind it. */
  private void settled() throws Exception {
    install(lamp("1.0.0", FIRST));
    next("activate");
    next("modified");
    await().atMost(GENEROUS).until(() -> configuration.pids().contains(PID));
  }

  private Map<String, Object> next(String call) throws InterruptedException {
    var told = heard.poll(GENEROUS.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(told).as("a call").isNotNull().containsEntry("call", call);
    return Objects.requireNonNull(told);
  }

  private @Nullable Object latest(String key) {
    return heard.stream()
        .reduce((former, latter) -> latter)
        .map(one -> one.get(key))
        .orElse(null);
  }

  private String plain(Map<String, Object> given) throws Exception {
    return new String(crypto.decryptAes(String.valueOf(given.get("key")).toCharArray()));
  }

  private Path lamp(String version, String attributes) throws IOException {
    return lamp(version, attributes, "OSGI-INF/metatype/" + PID + ".xml");
  }

  /** A bundle with a component of that PID, whose metatype has these attributes. */
  private Path lamp(String version, String attributes, String metatype) throws IOException {
    return Jars.write(
        home.resolve("lamp-" + version + ".jar"),
        "lamp",
        version,
        Map.of(
            "Service-Component", "OSGI-INF/lamp.xml",
            "Import-Package", "org.eclipse.kura.configuration"),
        Map.of(
            metatype, """
            <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.2.0">
              <OCD id="%s" name="Lamp">
                %s
              </OCD>
              <Designate pid="%s"><Object ocdref="%s"/></Designate>
            </metatype:MetaData>
            """.formatted(PID, attributes, PID, PID), "OSGI-INF/lamp.xml", """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="%s" immediate="true"
                configuration-policy="require" activate="activate" modified="modified">
              <service><provide interface="%s"/></service>
              <reference name="Heard" interface="java.util.Queue" bind="setHeard"/>
              <implementation class="%s"/>
            </scr:component>
            """.formatted(
                    PID, ConfigurableComponent.class.getName(), Configured.class.getName())),
        Configured.class);
  }
}
