package org.kedge.telemetry.internal.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.telemetry.internal.core.OldUplink.Handover;
import org.kedge.telemetry.internal.mqtt.PahoUplink.Broker;

class PahoUplinkTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  /** Connecting and confirming have 5 s each; far below it is quick, far above is no limit. */
  private static final Duration BOTH_LIMITS = Duration.ofSeconds(13);

  /** MQTT's answer to a connect: accepted, no session kept. */
  private static final byte[] CONNECTED = {0x20, 2, 0, 0};

  @TempDir
  static Path data;

  private static TestBroker there;

  private Optional<PahoUplink> uplink = Optional.empty();

  @BeforeAll
  static void startBroker() throws IOException {
    there = TestBroker.start(data, 0);
  }

  @AfterAll
  static void stopBroker() {
    there.close();
  }

  @BeforeEach
  void forget() {
    there.messages.clear();
    there.clients.clear();
  }

  @AfterEach
  void close() {
    uplink.ifPresent(PahoUplink::close);
    await().atMost(GENEROUS).untilAsserted(() -> assertThat(threadsOfPaho()).isEmpty());
  }

  @Test
  void a_message_arrives_once_under_its_topic_at_quality_1() throws IOException {
    var sent = publish(uplink(there.uri()), "nähe");
    assertThat(sent).isEqualTo(new Handover.Confirmed());
    var expected =
        new TestBroker.Message("kedge-mesh-roof", "mesh/roof/KEDGE-V1/snapshot", 1, "nähe");
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(there.messages).containsExactly(expected));
  }

  @Test
  void messages_share_one_connection_and_keep_their_order() throws IOException {
    var way = uplink(there.uri());
    for (var text : List.of("1", "2", "3")) {
      assertThat(publish(way, text)).isEqualTo(new Handover.Confirmed());
    }
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(there.texts()).containsExactly("1", "2", "3"));
    assertThat(there.clients).hasSize(1);
  }

  @Test
  void a_broker_that_went_away_and_returned_on_its_port_is_found_again() throws IOException {
    var port = TestBroker.freePort();
    var way = uplink("tcp://127.0.0.1:" + port);
    try (var first = TestBroker.start(data, port)) {
      assertThat(publish(way, "before")).isEqualTo(new Handover.Confirmed());
      await().atMost(GENEROUS).until(() -> first.texts().equals(List.of("before")));
    }
    for (var attempt = 0; attempt < 3; attempt++) {
      assertFails(way, true);
    }
    try (var back = TestBroker.start(data, port)) {
      await().atMost(GENEROUS).until(() -> publish(way, "after").equals(new Handover.Confirmed()));
      await().atMost(GENEROUS).until(() -> back.texts().contains("after"));
      assertThat(back.texts()).containsOnly("after");
    }
  }

  @Test
  void a_broker_that_was_never_there_fails_in_time_with_the_reason() throws IOException {
    assertThat(assertFails(uplink("tcp://127.0.0.1:" + TestBroker.freePort()), true)
            .why())
        .contains("refused");
  }

  @Test
  void a_listener_that_never_answers_fails_in_time_and_leaves_nothing_behind() throws IOException {
    try (var mute = listener()) {
      assertFails(uplink("tcp://127.0.0.1:" + mute.getLocalPort()), true);
      await().atMost(GENEROUS).untilAsserted(() -> assertThat(threadsOfPaho()).isEmpty());
    }
  }

  @Test
  void a_broker_that_greets_and_never_confirms_fails_in_time_too() throws Exception {
    try (var greeter = listener()) {
      var way = uplink("tcp://127.0.0.1:" + greeter.getLocalPort());
      var underWay = CompletableFuture.supplyAsync(() -> assertFails(way, true));
      try (var accepted = greeter.accept()) {
        accepted.getOutputStream().write(CONNECTED);
        assertThat(underWay).succeedsWithin(GENEROUS);
      }
    }
  }

  @Test
  void a_wrong_password_says_that_waiting_does_not_help() throws IOException {
    try (var strict = TestBroker.start(data, 0, "right")) {
      assertFails(uplink(login(strict, "wrong")), false);
      assertThat(publish(uplink(login(strict, "right")), "in")).isEqualTo(new Handover.Confirmed());
    }
  }

  private static Broker login(TestBroker broker, String password) {
    return new Broker(broker.uri(), Optional.of("roof"), Optional.of(password));
  }

  @Test
  void close_is_quick_and_final() throws IOException {
    var way = uplink(there.uri());
    assertThat(publish(way, "last")).isEqualTo(new Handover.Confirmed());
    assertThat(tookToClose(way)).isLessThan(Duration.ofSeconds(4));
    assertThat(assertFails(way, false).why()).contains("closed");
  }

  @Test
  void close_does_not_wait_for_a_publish_under_way_but_ends_it() throws Exception {
    try (var mute = listener()) {
      var way = uplink("tcp://127.0.0.1:" + mute.getLocalPort());
      var underWay = CompletableFuture.supplyAsync(() -> publish(way, "never confirmed"));
      try (var accepted = mute.accept()) {
        assertThat(accepted.getInputStream().read()).as("Connect packet").isEqualTo(0x10);
        assertThat(tookToClose(way)).isLessThan(Duration.ofSeconds(4));
        assertThat(underWay).succeedsWithin(GENEROUS).isInstanceOf(Handover.Failed.class);
      }
    }
  }

  @Test
  void closing_what_never_connected_is_quick_too() {
    assertThat(tookToClose(uplink("tcp://192.0.2.1:1883"))).isLessThan(Duration.ofSeconds(4));
  }

  private static Duration tookToClose(PahoUplink way) {
    var begun = System.nanoTime();
    way.close();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static Handover.Failed assertFails(PahoUplink way, boolean waitingHelps) {
    var begun = System.nanoTime();
    var outcome = publish(way, "lost");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOTH_LIMITS);
    assertThat(outcome).isInstanceOf(Handover.Failed.class);
    var failed = (Handover.Failed) outcome;
    assertThat(failed.waitingHelps()).as(failed.why()).isEqualTo(waitingHelps);
    return failed;
  }

  private static Handover publish(PahoUplink way, String text) {
    return way.publish("snapshot", text.getBytes(StandardCharsets.UTF_8));
  }

  private PahoUplink uplink(String uri) {
    return uplink(new Broker(uri, Optional.empty(), Optional.empty()));
  }

  private PahoUplink uplink(Broker address) {
    var made = new PahoUplink(address, "mesh/roof/KEDGE-V1", "kedge-mesh-roof");
    uplink = Optional.of(made);
    return made;
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  }

  private static List<String> threadsOfPaho() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("MQTT"))
        .toList();
  }
}
