package org.kedge.telemetry.internal.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Home.Revealed.Plain;
import org.kedge.telemetry.api.Uplink.Connection;
import org.kedge.telemetry.api.Uplink.Handover;
import org.kedge.telemetry.api.Uplink.Message;
import org.kedge.telemetry.api.Uplink.Presence;

/** The uplink before a broker, and a reader, that are not Java and not ours. */
class MosquittoTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);
  private static final String STATE = "mesh/roof/KEDGE-V1/state 1 ";

  @TempDir
  Path folder;

  private final RecordedEars ears = new RecordedEars();
  private final List<MqttUplink> opened = new ArrayList<>();

  @BeforeAll
  static void require() {
    Mosquitto.require("mosquitto", "mosquitto_sub", "mosquitto_passwd");
  }

  @AfterEach
  void close() {
    opened.forEach(MqttUplink::close);
    Residue.awaitNoThreads();
  }

  @Test
  void a_reader_sees_the_state_the_messages_and_the_leave() throws IOException {
    try (var broker = Mosquitto.open(folder, TestBroker.freePort())) {
      var heard = broker.reader("watch");
      var way = connected(broker.port());
      assertThat(hand(way, 1)).isEqualTo(new Handover.Taken());
      await().atMost(GENEROUS).until(() -> ears.confirmed.equals(List.of(1L)));
      assertThat(broker.kept()).containsExactly(STATE + "1 online");
      way.close();
      assertThat(broker.kept()).containsExactly(STATE + "1 offline");
      await()
          .atMost(GENEROUS)
          .untilAsserted(() -> assertThat(Files.readAllLines(heard))
              .containsExactly(
                  STATE + "0 online", "mesh/roof/KEDGE-V1/snapshot 1 0 1", STATE + "0 offline"));
    }
  }

  @Test
  void when_the_connection_is_cut_the_broker_itself_tells_that_the_node_is_gone()
      throws IOException {
    try (var broker = Mosquitto.open(folder, TestBroker.freePort());
        var wire = new Wire(broker.port())) {
      var heard = broker.reader("watch");
      var way = connected(wire.port());
      wire.cut();
      await().atMost(GENEROUS).until(() -> !ears.lost.isEmpty());
      await()
          .atMost(GENEROUS)
          .untilAsserted(() -> assertThat(Files.readAllLines(heard))
              .containsExactly(STATE + "0 online", STATE + "0 offline"));
      assertThat(broker.kept()).containsExactly(STATE + "1 offline");
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(broker.kept()).containsExactly(STATE + "1 online");
      assertThat(ears.lost).hasSize(1);
    }
  }

  @Test
  void the_will_of_a_half_open_connection_does_not_overtake_the_one_that_follows_it()
      throws IOException {
    try (var broker = Mosquitto.open(folder, TestBroker.freePort());
        var wire = new Wire(broker.port())) {
      var way = connected(wire.port());
      wire.goSilent();
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      // The broker ends the old one when the new one comes under its name.
      await().atMost(GENEROUS).until(() -> broker.log().contains("already connected"));
      wire.cut();
      await().atMost(GENEROUS).until(() -> !ears.lost.isEmpty());
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(broker.kept()).containsExactly(STATE + "1 online");
    }
  }

  @Test
  void a_broker_that_returns_without_its_store_is_served_as_before() throws IOException {
    var port = TestBroker.freePort();
    var way = uplink(broker(port, Optional.empty()));
    try (var broker = Mosquitto.open(folder, port)) {
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(hand(way, 1)).isEqualTo(new Handover.Taken());
      await().atMost(GENEROUS).until(() -> ears.confirmed.equals(List.of(1L)));
      assertThat(broker.kept()).containsExactly(STATE + "1 online");
    }
    await().atMost(GENEROUS).until(() -> ears.lost.size() == 1);
    assertThat(connect(way)).isInstanceOf(Connection.Refused.class);
    try (var back = Mosquitto.open(folder, port)) {
      assertThat(connect(way)).isEqualTo(new Connection.Ready());
      assertThat(hand(way, 2)).isEqualTo(new Handover.Taken());
      await().atMost(GENEROUS).until(() -> ears.confirmed.equals(List.of(1L, 2L)));
      assertThat(back.kept()).containsExactly(STATE + "1 online");
    }
  }

  @Test
  void a_user_gets_in_with_the_right_password_only() throws IOException {
    var passwords = folder.resolve("passwords");
    Mosquitto.run("mosquitto_passwd", "-c", "-b", passwords.toString(), "roof", "right");
    try (var broker = Mosquitto.start(
        folder,
        TestBroker.freePort(),
        List.of("allow_anonymous false", "password_file " + passwords))) {
      for (var wrong : List.of(login("roof", "wrong"), login("nobody", "right"))) {
        assertThat(connect(uplink(broker(broker.port(), wrong))))
            .isInstanceOfSatisfying(Connection.Refused.class, refused -> {
              assertThat(refused.why()).contains("broker.user").doesNotContain("right", "wrong");
              assertThat(refused.waitingHelps()).isFalse();
            });
      }
      assertThat(connect(uplink(broker(broker.port(), Optional.empty()))))
          .isInstanceOf(Connection.Refused.class);
      assertThat(connect(uplink(broker(broker.port(), login("roof", "right")))))
          .isEqualTo(new Connection.Ready());
    }
  }

  @Test
  void a_hundred_messages_through_the_window_are_each_confirmed_once() throws IOException {
    try (var broker = Mosquitto.open(folder, TestBroker.freePort())) {
      var heard = broker.reader("watch");
      var way = connected(broker.port());
      for (var ticket = 1L; ticket <= 100; ticket++) {
        assertThat(hand(way, ticket)).isEqualTo(new Handover.Taken());
      }
      await().atMost(GENEROUS).until(() -> ears.confirmed.size() == 100);
      assertThat(ears.confirmed).doesNotHaveDuplicates();
      await().atMost(GENEROUS).until(() -> Files.readAllLines(heard).size() == 101);
      assertThat(Files.readAllLines(heard)).doesNotHaveDuplicates();
    }
  }

  private MqttUplink connected(int port) {
    var way = uplink(broker(port, Optional.empty()));
    assertThat(connect(way)).isEqualTo(new Connection.Ready());
    return way;
  }

  private Connection connect(MqttUplink way) {
    return way.connect(new Presence(bytes("online"), bytes("offline")), ears);
  }

  private static Handover hand(MqttUplink way, long ticket) {
    return way.hand(new Message(ticket, "snapshot", bytes(Long.toString(ticket)), false));
  }

  private MqttUplink uplink(Broker broker) {
    var made = new MqttUplink(broker, "mesh", "roof", Plain::new);
    opened.add(made);
    return made;
  }

  private static Optional<Broker.Login> login(String user, String password) {
    return Optional.of(new Broker.Login(user, Optional.of(password)));
  }

  private static Broker broker(int port, Optional<Broker.Login> login) {
    return new Broker("127.0.0.1", port, login, Optional.empty());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
