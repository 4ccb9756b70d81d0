package org.kedge.telemetry.internal.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.kedge.telemetry.internal.mqtt.MoodyBroker.to;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Home;
import org.kedge.base.api.Home.Revealed.Hidden;
import org.kedge.base.api.Home.Revealed.Plain;
import org.kedge.telemetry.api.Uplink.Connection;
import org.kedge.telemetry.api.Uplink.Handover;
import org.kedge.telemetry.api.Uplink.Message;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.mqtt.MoodyBroker.Mood;
import org.kedge.telemetry.internal.mqtt.MqttUplink.Limits;

class MqttUplinkTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);
  private static final Duration A_CLOSE = Duration.ofSeconds(4);
  private static final Limits SHORT = new Limits(Duration.ofSeconds(2), 30);
  private static final String STATE = "mesh/roof/KEDGE-V1/state";
  private static final String SNAPSHOT = "mesh/roof/KEDGE-V1/snapshot";

  @TempDir
  static Path data;

  private static TestBroker there;

  private final RecordedEars ears = new RecordedEars();
  private final List<MqttUplink> opened = new ArrayList<>();

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
    opened.forEach(MqttUplink::close);
    Residue.awaitNoThreads();
  }

  @Test
  void the_state_is_told_first_and_messages_follow_in_order_each_confirmed() {
    var way = connected(address(there));
    for (var ticket = 1L; ticket <= 3; ticket++) {
      assertThat(hand(way, ticket)).isEqualTo(new Handover.Taken());
    }
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(ears.confirmed).containsExactly(1L, 2L, 3L));
    assertThat(there.messages)
        .containsExactly(
            message("state", "online"),
            message("snapshot", "1"),
            message("snapshot", "2"),
            message("snapshot", "3"));
    assertThat(there.clients).containsExactly("kedge:mesh:roof");
    assertThat(ears.lost).isEmpty();
  }

  @Test
  void another_presence_is_told_over_the_connection_that_stands() {
    var way = connected(address(there));
    way.tell(presence("reduced"));
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(there.texts()).containsExactly("online", "reduced"));
  }

  @Test
  void the_last_presence_is_offline_and_comes_from_the_node_itself() {
    connected(address(there)).close();
    await()
        .atMost(GENEROUS)
        .untilAsserted(() -> assertThat(there.texts()).containsExactly("online", "offline"));
  }

  @Test
  void nothing_can_be_handed_over_before_a_connection() {
    assertFailed(hand(uplink(address(there)), 1), true, "there is no connection");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "/", "+", "a+", "#", "a#b", "nul\0"})
  void a_name_that_would_change_the_topic_is_refused(String name) {
    var broker = new Broker("127.0.0.1", 1883, Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> new MqttUplink(broker, name, "roof", Plain::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("account");
    assertThatThrownBy(() -> new MqttUplink(broker, "mesh", name, Plain::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node");
  }

  @Test
  void a_wrong_password_says_that_waiting_does_not_help_and_the_right_one_gets_in()
      throws IOException {
    try (var strict = TestBroker.start(data, 0, "right")) {
      assertRefused(connect(uplink(login(strict, "wrong"))), false, "broker.password");
      assertThat(connect(uplink(login(strict, "right")))).isEqualTo(new Connection.Ready());
    }
  }

  @Test
  void a_password_that_the_home_hides_is_revealed_anew_for_each_connect() throws IOException {
    try (var strict = TestBroker.start(data, 0, "right")) {
      var asked = new ArrayList<String>();
      var way = uplink(
          login(strict, "cipher"),
          given -> {
            asked.add(given);
            return new Plain("right");
          },
          SHORT);
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(asked).containsExactly("cipher", "cipher");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_password_that_cannot_be_revealed_is_told_by_its_setting_and_the_broker_not_even_asked(
      boolean waitingHelps) throws IOException {
    try (var moody = new MoodyBroker(packet -> Mood.ANSWERS)) {
      var broker = new Broker(
          "127.0.0.1",
          moody.address().port(),
          Optional.of(new Broker.Login("roof", Optional.of("cipher"))),
          Optional.empty());
      var way = uplink(broker, given -> new Hidden("no key is there", waitingHelps), SHORT);
      assertThat(connect(way))
          .isEqualTo(new Connection.Refused(
              "the setting 'broker.password' cannot be read: no key is there", waitingHelps));
      assertThat(moody.heard).isEmpty();
    }
  }

  private static Broker login(TestBroker broker, String password) {
    return new Broker(
        "127.0.0.1",
        broker.port(),
        Optional.of(new Broker.Login("roof", Optional.of(password))),
        Optional.empty());
  }

  @Test
  void a_broker_that_is_not_there_is_told_in_time_with_the_reason() throws IOException {
    var nowhere =
        new Broker("127.0.0.1", TestBroker.freePort(), Optional.empty(), Optional.empty());
    assertRefused(connect(uplink(nowhere)), true, "Connection refused");
  }

  @Test
  void a_listener_that_never_answers_holds_a_connect_for_five_seconds_and_no_longer()
      throws IOException {
    try (var mute = new MoodyBroker(packet -> Mood.IGNORES)) {
      var way = new MqttUplink(mute.address(), "mesh", "roof", Plain::new);
      opened.add(way);
      var begun = System.nanoTime();
      assertRefused(connect(way), true, "does not answer");
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(Duration.ofMillis(4500), Duration.ofSeconds(7));
      // Before the uplink is closed: a node may try for days.
      Residue.awaitNoThreadsOfPaho();
    }
  }

  @Test
  void a_broker_that_greets_and_never_confirms_the_state_is_no_connection() throws IOException {
    try (var greeter = new MoodyBroker(to("PUBLISH", Mood.IGNORES))) {
      assertRefused(connect(uplink(greeter.address())), true, "does not confirm");
      Residue.awaitNoThreadsOfPaho();
      assertThat(ears.lost).isEmpty();
    }
  }

  @Test
  void what_is_never_confirmed_is_taken_until_the_window_is_full_and_then_fails_in_time()
      throws IOException {
    try (var miser = new MoodyBroker(to("PUBLISH " + SNAPSHOT, Mood.IGNORES))) {
      var way = connected(miser.address());
      fillWindow(way, miser);
      var begun = System.nanoTime();
      assertFailed(hand(way, 99), true, "unconfirmed");
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(5));
      assertThat(ears.confirmed).isEmpty();
    }
  }

  @Test
  void a_message_waits_for_room_and_goes_when_another_is_confirmed() throws IOException {
    try (var miser = new MoodyBroker(to("PUBLISH " + SNAPSHOT, Mood.IGNORES))) {
      var way = uplink(miser.address(), new Limits(GENEROUS, 30));
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      fillWindow(way, miser);
      var waiting = CompletableFuture.supplyAsync(() -> hand(way, 99));
      await().atMost(GENEROUS).until(() -> isInside("publish"));
      miser.confirmOne();
      assertThat(waiting).succeedsWithin(GENEROUS).isEqualTo(new Handover.Taken());
      await().atMost(GENEROUS).until(() -> miser.heard.contains("PUBLISH " + SNAPSHOT + " 99"));
    }
  }

  @Test
  void closing_ends_a_message_that_waits_for_room() throws IOException {
    try (var miser = new MoodyBroker(to("PUBLISH " + SNAPSHOT, Mood.IGNORES))) {
      var way = uplink(miser.address(), new Limits(GENEROUS, 30));
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      fillWindow(way, miser);
      var waiting = CompletableFuture.supplyAsync(() -> hand(way, 99));
      await().atMost(GENEROUS).until(() -> isInside("publish"));
      assertThat(tookToClose(way)).isLessThan(A_CLOSE);
      assertThat(waiting).succeedsWithin(GENEROUS);
      assertFailed(waiting.join(), false, "closed");
    }
  }

  /** Eight, and the one that is kept free for a presence. */
  private void fillWindow(MqttUplink way, MoodyBroker broker) {
    var most = way.pace().window() + 1L;
    LongStream.rangeClosed(1, most)
        .forEach(ticket -> assertThat(hand(way, ticket)).isEqualTo(new Handover.Taken()));
    await().atMost(GENEROUS).until(() -> broker.heard.contains("PUBLISH " + SNAPSHOT + " " + most));
  }

  @ParameterizedTest
  @CsvSource({"TCP, ssl://", "CONNECT, ssl://", "PUBLISH, allow"})
  void a_broker_that_hangs_up_while_it_is_greeted_leaves_nothing_behind(String on, String hint)
      throws IOException {
    try (var rude = new MoodyBroker(to(on, Mood.HANGS_UP))) {
      var way = uplink(rude.address());
      var before = Residue.sockets();
      for (var attempt = 0; attempt < 10; attempt++) {
        assertRefused(connect(way), true, hint);
      }
      Residue.awaitNoThreadsOfPaho();
      await().atMost(GENEROUS).until(() -> Residue.sockets() <= before);
      assertThat(ears.lost).isEmpty();
    }
  }

  @Test
  void a_loss_is_told_once_and_a_new_connection_works() throws IOException {
    try (var rude = new MoodyBroker(to("PUBLISH " + SNAPSHOT, Mood.HANGS_UP))) {
      var way = connected(rude.address());
      assertThat(hand(way, 1)).isEqualTo(new Handover.Taken());
      await()
          .atMost(GENEROUS)
          .untilAsserted(() -> assertThat(ears.lost).containsExactly("it closed the connection"));
      assertFailed(hand(way, 2), true, "there is no connection");
      rude.mood = packet -> Mood.ANSWERS;
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(hand(way, 3)).isEqualTo(new Handover.Taken());
      await().atMost(GENEROUS).until(() -> ears.confirmed.contains(3L));
      assertThat(ears.confirmed).containsExactly(3L);
      assertThat(ears.lost).hasSize(1);
    }
  }

  @Test
  void ending_a_connection_oneself_is_no_loss() {
    var way = connected(address(there));
    assertThat(connect(way)).isEqualTo(new Connection.Ready());
    way.close();
    Residue.awaitNoThreads();
    assertThat(ears.lost).isEmpty();
  }

  @Test
  void a_half_open_connection_is_found_by_its_pings_and_told_once() throws IOException {
    try (var wire = new Wire(there.port())) {
      var way = uplink(
          new Broker("127.0.0.1", wire.port(), Optional.empty(), Optional.empty()),
          new Limits(Duration.ofSeconds(2), 1));
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      wire.goSilent();
      assertThat(hand(way, 1)).isEqualTo(new Handover.Taken());
      await()
          .atMost(GENEROUS)
          .untilAsserted(() -> assertThat(ears.lost).containsExactly("it no longer answers"));
      assertFailed(hand(way, 2), true, "there is no connection");
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(hand(way, 3)).isEqualTo(new Handover.Taken());
      await().atMost(GENEROUS).until(() -> ears.confirmed.contains(3L));
      assertThat(ears.lost).hasSize(1);
    }
  }

  @Test
  void pings_keep_a_quiet_connection() throws IOException {
    try (var quiet = new MoodyBroker(packet -> Mood.ANSWERS)) {
      var way = uplink(quiet.address(), new Limits(Duration.ofSeconds(2), 1));
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      await()
          .atMost(GENEROUS)
          .until(() -> quiet.heard.stream().filter("PING"::equals).count() >= 3);
      assertThat(ears.lost).isEmpty();
    }
  }

  @Test
  void closing_over_a_half_open_connection_does_not_wait_for_it() throws IOException {
    try (var wire = new Wire(there.port())) {
      var way = connected(new Broker("127.0.0.1", wire.port(), Optional.empty(), Optional.empty()));
      wire.goSilent();
      assertThat(tookToClose(way)).isLessThan(A_CLOSE);
    }
  }

  @Test
  void the_goodbye_is_confirmed_before_mqtt_takes_leave() throws IOException {
    try (var broker = new MoodyBroker(packet -> Mood.ANSWERS)) {
      connected(broker.address()).close();
      await().atMost(GENEROUS).until(() -> broker.heard.contains("DISCONNECT"));
      assertThat(broker.heard)
          .containsExactly(
              "CONNECT",
              "PUBLISH " + STATE + " online",
              "PUBLISH " + STATE + " offline",
              "DISCONNECT");
    }
  }

  @Test
  void where_the_goodbye_is_not_confirmed_the_last_will_is_left_to_speak() throws IOException {
    try (var miser = new MoodyBroker(to("PUBLISH " + STATE + " offline", Mood.IGNORES))) {
      var way = connected(miser.address());
      assertThat(tookToClose(way)).isLessThan(A_CLOSE);
      assertThat(miser.heard).doesNotContain("DISCONNECT");
    }
  }

  @Test
  void close_is_final() {
    var way = connected(address(there));
    way.close();
    assertFailed(hand(way, 1), false, "closed");
    assertRefused(connect(way), false, "closed");
    way.tell(presence("reduced"));
    way.close();
  }

  @Test
  void closing_ends_a_connect_that_waits_for_an_answer() throws IOException {
    try (var mute = new MoodyBroker(packet -> Mood.IGNORES)) {
      var way = uplink(mute.address(), new Limits(GENEROUS, 30));
      var underWay = CompletableFuture.supplyAsync(() -> connect(way));
      await().atMost(GENEROUS).until(() -> mute.heard.contains("CONNECT"));
      assertThat(tookToClose(way)).isLessThan(A_CLOSE);
      assertThat(underWay).succeedsWithin(GENEROUS);
      assertRefused(underWay.join(), false, "closed");
    }
  }

  @Test
  void closing_ends_a_connect_that_has_hardly_begun() throws IOException {
    try (var mute = new MoodyBroker(packet -> Mood.IGNORES)) {
      for (var round = 0; round < 10; round++) {
        var way = uplink(mute.address(), new Limits(GENEROUS, 30));
        var underWay = CompletableFuture.supplyAsync(() -> connect(way));
        await()
            .pollInterval(Duration.ofMillis(1))
            .atMost(GENEROUS)
            .until(() -> Residue.threads().contains("MQTT Con: kedge:mesh:roof"));
        assertThat(tookToClose(way)).isLessThan(A_CLOSE);
        assertThat(underWay).succeedsWithin(GENEROUS);
      }
      Residue.awaitNoThreads();
    }
  }

  @Test
  void closing_ends_a_connect_whose_listener_takes_no_more() throws IOException {
    try (var full = new FullListener("127.0.0.1", 0)) {
      var way = uplink(
          new Broker("127.0.0.1", full.port(), Optional.empty(), Optional.empty()),
          new Limits(GENEROUS, 30));
      var underWay = CompletableFuture.supplyAsync(() -> connect(way));
      await().atMost(GENEROUS).until(() -> isInside("wire"));
      assertThat(tookToClose(way)).isLessThan(A_CLOSE);
      assertThat(underWay).succeedsWithin(GENEROUS);
      assertRefused(underWay.join(), false, "closed");
    }
  }

  @Test
  void a_name_server_that_hangs_holds_nobody_up_and_is_asked_once() {
    var answered = new CountDownLatch(1);
    var asked = new ArrayList<String>();
    var way = new MqttUplink(
        new Broker("broker.example.org", there.port(), Optional.empty(), Optional.empty()),
        "mesh",
        "roof",
        Plain::new,
        SHORT,
        InstantSource.system(),
        host -> {
          asked.add(host);
          try {
            answered.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
    opened.add(way);
    for (var attempt = 0; attempt < 2; attempt++) {
      assertRefused(connect(way), true, "broker.example.org");
    }
    assertThat(asked).containsExactly("broker.example.org");
    answered.countDown();
    await().atMost(GENEROUS).until(() -> connect(way).equals(new Connection.Ready()));
    assertThat(asked).hasSize(1);
  }

  @Test
  void closing_ends_a_connect_that_waits_for_a_name_server() {
    var answered = new CountDownLatch(1);
    var asked = new CountDownLatch(1);
    var way = new MqttUplink(
        new Broker("broker.example.org", 1883, Optional.empty(), Optional.empty()),
        "mesh",
        "roof",
        Plain::new,
        new Limits(GENEROUS, 30),
        InstantSource.system(),
        host -> {
          asked.countDown();
          try {
            answered.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return new InetAddress[0];
        });
    opened.add(way);
    var underWay = CompletableFuture.supplyAsync(() -> connect(way));
    await().atMost(GENEROUS).until(() -> asked.getCount() == 0);
    assertThat(tookToClose(way)).isLessThan(A_CLOSE);
    assertThat(underWay).succeedsWithin(GENEROUS);
    assertRefused(underWay.join(), false, "closed");
    answered.countDown();
  }

  @Test
  void a_name_without_an_address_says_so() {
    var way = new MqttUplink(
        new Broker("broker.example.org", 1883, Optional.empty(), Optional.empty()),
        "mesh",
        "roof",
        Plain::new,
        SHORT,
        InstantSource.system(),
        host -> {
          throw new UnknownHostException(host);
        });
    opened.add(way);
    assertRefused(connect(way), true, "broker.example.org");
  }

  @Test
  void of_a_name_with_an_address_that_leads_nowhere_the_other_is_taken() throws IOException {
    try (var full = new FullListener("127.0.0.2", there.port())) {
      var way = new MqttUplink(
          new Broker("broker.example.org", there.port(), Optional.empty(), Optional.empty()),
          "mesh",
          "roof",
          Plain::new,
          new Limits(Duration.ofSeconds(5), 30),
          InstantSource.system(),
          host -> new InetAddress[] {
            InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")
          });
      opened.add(way);
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
    }
  }

  @Test
  void an_interrupted_connect_ends_at_once_and_leaves_nothing_behind() throws Exception {
    try (var mute = new MoodyBroker(packet -> Mood.IGNORES)) {
      var way = uplink(mute.address(), new Limits(GENEROUS, 30));
      var outcome = new CompletableFuture<Connection>();
      var thread = new Thread(() -> {
        outcome.complete(connect(way));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
      });
      thread.start();
      await().atMost(GENEROUS).until(() -> mute.heard.contains("CONNECT"));
      thread.interrupt();
      assertThat(outcome).succeedsWithin(GENEROUS).isInstanceOf(Connection.Refused.class);
      thread.join();
      Residue.awaitNoThreadsOfPaho();
    }
  }

  @Test
  void ten_uplinks_come_and_go_without_a_thread_or_a_socket_left() throws IOException {
    try (var broker = new MoodyBroker(packet -> Mood.ANSWERS)) {
      connected(broker.address()).close();
      Residue.awaitNoThreads();
      var before = Residue.sockets();
      for (var round = 0; round < 10; round++) {
        var way = connected(broker.address());
        assertThat(hand(way, round)).isEqualTo(new Handover.Taken());
        way.close();
      }
      Residue.awaitNoThreads();
      await().atMost(GENEROUS).until(() -> Residue.sockets() <= before);
    }
  }

  @Test
  void one_uplink_connects_ten_times_without_a_thread_or_a_socket_more() throws IOException {
    try (var broker = new MoodyBroker(packet -> Mood.ANSWERS)) {
      var way = connected(broker.address());
      var threads = Residue.threads().size();
      var sockets = Residue.sockets();
      for (var round = 0; round < 10; round++) {
        assertThat(connect(way)).isEqualTo(new Connection.Ready());
      }
      await().atMost(GENEROUS).until(() -> Residue.threads().size() <= threads);
      await().atMost(GENEROUS).until(() -> Residue.sockets() <= sockets);
    }
  }

  /** Some thread is in a method of that name of this package, waiting. */
  private static boolean isInside(String method) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey() != Thread.currentThread())
        .flatMap(entry -> Arrays.stream(entry.getValue()))
        .anyMatch(frame -> frame.getClassName().startsWith("org.kedge.telemetry.internal.mqtt")
            && frame.getMethodName().equals(method));
  }

  private static Duration tookToClose(MqttUplink way) {
    var begun = System.nanoTime();
    way.close();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static void assertRefused(Connection outcome, boolean waitingHelps, String word) {
    assertThat(outcome).isInstanceOf(Connection.Refused.class);
    var refused = (Connection.Refused) outcome;
    assertThat(refused.why()).contains(word);
    assertThat(refused.waitingHelps()).as(refused.why()).isEqualTo(waitingHelps);
  }

  private static void assertFailed(Handover outcome, boolean waitingHelps, String word) {
    assertThat(outcome).isInstanceOf(Handover.Failed.class);
    var failed = (Handover.Failed) outcome;
    assertThat(failed.why()).contains(word);
    assertThat(failed.waitingHelps()).as(failed.why()).isEqualTo(waitingHelps);
  }

  private MqttUplink connected(Broker broker) {
    var way = uplink(broker);
    assertThat(connect(way)).isEqualTo(new Connection.Ready());
    return way;
  }

  private Connection connect(MqttUplink way) {
    return way.connect(presence("online"), ears);
  }

  private static Handover hand(MqttUplink way, long ticket) {
    return way.hand(new Message(ticket, "snapshot", bytes(Long.toString(ticket)), false));
  }

  private MqttUplink uplink(Broker broker) {
    return uplink(broker, SHORT);
  }

  private MqttUplink uplink(Broker broker, Limits limits) {
    return uplink(broker, Plain::new, limits);
  }

  private MqttUplink uplink(Broker broker, Function<String, Home.Revealed> secrets, Limits limits) {
    var made = new MqttUplink(
        broker, "mesh", "roof", secrets, limits, InstantSource.system(), InetAddress::getAllByName);
    opened.add(made);
    return made;
  }

  private static Presence presence(String now) {
    return new Presence(bytes(now), bytes("offline"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Broker address(TestBroker broker) {
    return new Broker("127.0.0.1", broker.port(), Optional.empty(), Optional.empty());
  }

  private static TestBroker.Message message(String subject, String text) {
    return new TestBroker.Message("kedge:mesh:roof", "mesh/roof/KEDGE-V1/" + subject, 1, text);
  }

  /** Takes no connection more, and refuses none: to who tries it is as if nobody were there. */
  private static final class FullListener implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> waiting = new ArrayList<>();

    FullListener(String address, int port) throws IOException {
      listener = new ServerSocket(port, 1, InetAddress.getByName(address));
      for (var place = 0; place < 2; place++) {
        waiting.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
      }
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (var socket : waiting) {
        socket.close();
      }
      listener.close();
    }
  }
}
