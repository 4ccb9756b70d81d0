package org.kedge.telemetry.internal.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Home.Revealed.Plain;
import org.kedge.telemetry.api.Uplink.Connection;
import org.kedge.telemetry.api.Uplink.Handover;
import org.kedge.telemetry.api.Uplink.Message;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.mqtt.MoodyBroker.Mood;
import org.kedge.telemetry.internal.mqtt.MqttUplink.Limits;

/** TLS before a broker whose TLS is not Java's. */
class MqttTlsTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);
  private static final Limits LIMITS = new Limits(Duration.ofSeconds(5), 30);

  @TempDir
  static Path made;

  private static Path authority;
  private static Path stranger;
  private static Broker.Identity node;
  private static Broker.Identity server;
  private static Mosquitto open;
  private static Mosquitto strict;
  private static Papers papers;

  @TempDir
  Path folder;

  private final RecordedEars ears = new RecordedEars();
  private final List<MqttUplink> opened = new ArrayList<>();

  @BeforeAll
  static void startBrokers() throws IOException {
    Mosquitto.require("mosquitto", "mosquitto_sub");
    papers = new Papers(made);
    authority = papers.authority("harbour");
    stranger = papers.authority("elsewhere");
    server =
        papers.issue("broker", "harbour", "-ext", "san=ip:127.0.0.1,ip:::1,dns:broker.example.org");
    node = papers.issue("roof", "harbour");
    open = broker(server, List.of("allow_anonymous true"));
    strict = broker(server, List.of("allow_anonymous true", "require_certificate true"));
  }

  @AfterAll
  static void stopBrokers() {
    for (var broker : new Mosquitto[] {open, strict}) {
      if (broker != null) {
        broker.close();
      }
    }
  }

  @AfterEach
  void close() {
    opened.forEach(MqttUplink::close);
    Residue.awaitNoThreads();
  }

  private static Mosquitto broker(Broker.Identity identity, List<String> settings)
      throws IOException {
    var lines = new ArrayList<>(List.of(
        "cafile " + authority, "certfile " + identity.certificates(), "keyfile " + identity.key()));
    lines.addAll(settings);
    return Mosquitto.start(Files.createTempDirectory(made, "broker"), TestBroker.freePort(), lines);
  }

  @Test
  void a_broker_of_a_trusted_authority_is_talked_to() {
    assertTalks(uplink("127.0.0.1", open, tls(authority, null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tlsv1.2", "tlsv1.3"})
  void a_node_shows_its_certificate_to_a_broker_that_asks_for_it(String version)
      throws IOException {
    try (var broker = broker(
        server,
        List.of(
            "require_certificate true",
            "use_identity_as_username true",
            "tls_version " + version))) {
      assertTalks(uplink("127.0.0.1", broker, tls(authority, node)));
      assertThat(broker.log()).contains("as kedge:mesh:roof (").contains("u'roof'");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "Ed25519"})
  void keys_of_other_kinds_do_too(String kind) throws IOException {
    var other = papers.issue("roof-" + kind, "harbour", "-keyalg", kind);
    assertTalks(uplink("127.0.0.1", strict, tls(authority, other)));
  }

  @Test
  void a_broker_of_another_authority_is_refused() {
    assertRefused(
        uplink("127.0.0.1", open, tls(stranger, null)), false, stranger.toString(), "broker.ca");
  }

  @Test
  void the_authorities_of_the_runtime_do_not_vouch_for_it() {
    assertRefused(uplink("127.0.0.1", open, tls(null, null)), false, "of the Java runtime");
  }

  @Test
  void a_broker_whose_certificate_is_for_another_host_is_refused() {
    assertRefused(
        uplink("localhost", open, tls(authority, null)), false, "localhost", "broker.address");
    assertTalks(uplink("broker.example.org", open, tls(authority, null)));
  }

  @Test
  void a_broker_may_be_called_by_an_address_of_ipv6() {
    assertTalks(uplink("::1", open, tls(authority, null)));
    assertRefused(
        uplink("2001:db8::1", open, tls(authority, null)), false, "2001:db8::1", "broker.address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tlsv1.2", "tlsv1.3"})
  void a_certificate_that_is_missing_or_of_another_authority_is_what_the_broker_misses(
      String version) throws IOException {
    var foreign = papers.issue("foreign-" + version, "elsewhere");
    try (var broker =
        broker(server, List.of("require_certificate true", "tls_version " + version))) {
      assertThat(why(uplink("127.0.0.1", broker, tls(authority, null)))).contains("certificate");
      assertThat(why(uplink("127.0.0.1", broker, tls(authority, foreign))))
          .contains(foreign.certificates().toString());
    }
  }

  @Test
  void an_expired_broker_is_refused_with_the_date_and_the_clock() throws IOException {
    var old = papers.issue(
        "old", "harbour", "-ext", "san=ip:127.0.0.1", "-startdate", "-10d", "-validity", "5");
    try (var broker = broker(old, List.of("allow_anonymous true"))) {
      assertRefused(
          uplink("127.0.0.1", broker, tls(authority, null)), false, "expired", "NotAfter", "clock");
    }
  }

  @Test
  void a_broker_whose_certificate_begins_tomorrow_may_be_let_wait() throws IOException {
    var early = papers.issue("early", "harbour", "-ext", "san=ip:127.0.0.1", "-startdate", "+1d");
    try (var broker = broker(early, List.of("allow_anonymous true"))) {
      assertRefused(uplink("127.0.0.1", broker, tls(authority, null)), true, "NotBefore", "clock");
    }
  }

  @Test
  void on_a_node_that_woke_up_in_1970_its_own_certificate_may_be_waited_for() {
    var way = uplink(
        "127.0.0.1", strict.port(), tls(authority, node), InstantSource.fixed(Instant.EPOCH));
    assertRefused(way, true, node.certificates().toString(), "1970-01-01T00:00:00Z");
  }

  @Test
  void a_renewed_certificate_is_used_without_a_restart() throws IOException {
    var expired = papers.issue("was", "harbour", "-startdate", "-10d", "-validity", "5");
    var way = uplink("127.0.0.1", strict, tls(authority, expired));
    assertRefused(way, false, expired.certificates().toString(), "renewed");
    Files.copy(node.certificates(), expired.certificates(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(node.key(), expired.key(), StandardCopyOption.REPLACE_EXISTING);
    assertTalks(way);
  }

  @Test
  void a_port_without_tls_is_told_from_one_with_it() throws IOException {
    try (var plain = Mosquitto.open(folder, TestBroker.freePort())) {
      assertThat(why(uplink("127.0.0.1", plain, tls(authority, null)))).contains("port for TLS");
    }
    var clear = new Broker("127.0.0.1", open.port(), Optional.empty(), Optional.empty());
    var way = new MqttUplink(clear, "mesh", "roof", Plain::new);
    opened.add(way);
    assertRefused(way, true, "ssl://");
  }

  @Test
  void a_listener_that_is_silent_about_tls_holds_nobody_up() throws IOException {
    try (var mute = new MoodyBroker(packet -> Mood.IGNORES)) {
      var begun = System.nanoTime();
      assertRefused(
          uplink("127.0.0.1", mute.address().port(), tls(authority, null), InstantSource.system()),
          true,
          "handshake");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void a_half_open_connection_under_tls_is_left_at_once_even_when_a_write_is_stuck()
      throws IOException {
    try (var wire = new Wire(open.port())) {
      var way = uplink("127.0.0.1", wire.port(), tls(authority, null), InstantSource.system());
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      wire.stall();
      var large = new byte[8 << 20];
      assertThat(way.hand(new Message(1, "snapshot", large, false)))
          .isEqualTo(new Handover.Taken());
      await()
          .atMost(GENEROUS)
          .until(() -> Thread.getAllStackTraces().entrySet().stream()
              .anyMatch(thread -> thread.getKey().getName().startsWith("MQTT Snd")
                  && thread.getValue().length > 0
                  && thread.getValue()[0].isNativeMethod()));
      var begun = System.nanoTime();
      way.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    }
  }

  private void assertTalks(MqttUplink way) {
    assertThat(connect(way)).isEqualTo(new Connection.Ready());
    assertThat(way.hand(new Message(7, "snapshot", bytes("7"), false)))
        .isEqualTo(new Handover.Taken());
    await().atMost(GENEROUS).until(() -> ears.confirmed.contains(7L));
  }

  private void assertRefused(MqttUplink way, boolean waitingHelps, String... words) {
    var outcome = connect(way);
    assertThat(outcome).isInstanceOf(Connection.Refused.class);
    var refused = (Connection.Refused) outcome;
    assertThat(refused.why()).contains(words);
    assertThat(refused.waitingHelps()).as(refused.why()).isEqualTo(waitingHelps);
  }

  private String why(MqttUplink way) {
    var outcome = connect(way);
    assertThat(outcome).isInstanceOf(Connection.Refused.class);
    return ((Connection.Refused) outcome).why();
  }

  private Connection connect(MqttUplink way) {
    return way.connect(new Presence(bytes("online"), bytes("offline")), ears);
  }

  private static Broker.Tls tls(@Nullable Path ca, Broker.@Nullable Identity identity) {
    return new Broker.Tls(Optional.ofNullable(ca), Optional.ofNullable(identity));
  }

  private MqttUplink uplink(String host, Mosquitto broker, Broker.Tls tls) {
    return uplink(host, broker.port(), tls, InstantSource.system());
  }

  /** Every name leads to loopback. */
  private MqttUplink uplink(String host, int port, Broker.Tls tls, InstantSource clock) {
    var way = new MqttUplink(
        new Broker(host, port, Optional.empty(), Optional.of(tls)),
        "mesh",
        "roof",
        Plain::new,
        LIMITS,
        clock,
        name -> new InetAddress[] {InetAddress.getByName("127.0.0.1")});
    opened.add(way);
    return way;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
