package org.kedge.billing.internal.channel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Lane;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.billing.api.NeighbourChannel.Listener;
import org.kedge.billing.api.NeighbourChannel.Sending;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.neighbour.Drop;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Reading;

/** One channel on the loopback address; what two say to each other is in {@link LinkChannelWireTest}. */
class LinkChannelTest {
  private static final NeighbourId NOBODY = NeighbourId.ofKey(new byte[32]);
  private static final long START = System.nanoTime() - 1;

  @TempDir
  Path folder;

  private final RealLanes lanes = new RealLanes();
  private final Lane lane = lanes.open("billing", 8);
  private final SimulatedFlash flash = new SimulatedFlash();

  @AfterEach
  void lanes_end() {
    lanes.close();
  }

  private static Uptime now() {
    return new Uptime(System.nanoTime() - START);
  }

  private LinkChannel channel(int port) {
    return new LinkChannel(
        lane,
        LinkChannelTest::now,
        new NodeId("n1"),
        ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("node-key"))).key(),
        new Pins(flash),
        port,
        new SecureRandom());
  }

  /** Free a moment ago. */
  private static int freePort() throws IOException {
    try (var socket = DatagramChannel.open()) {
      return ((InetSocketAddress) socket.bind(new InetSocketAddress(0)).getLocalAddress())
          .getPort();
    }
  }

  private static Reading reading(LinkChannel channel) {
    return channel.readings(now()).get(0);
  }

  private static void awaitOpen(LinkChannel channel) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !(reading(channel) instanceof Reading.Unseen));
  }

  @Test
  void what_comes_from_anybody_that_babel_does_not_hear_is_dropped_unread() throws IOException {
    var port = freePort();
    try (var channel = channel(port);
        var somebody = DatagramChannel.open()) {
      awaitOpen(channel);
      channel.heard(Set.of(new LinkAddress("lo", "fe80::1")));
      for (var address : new String[] {"127.0.0.1", "::1"}) {
        somebody.send(
            ByteBuffer.wrap("{\"kedge\":2}".getBytes(US_ASCII)),
            new InetSocketAddress(InetAddress.getByName(address), port));
      }
      await().until(() -> channel.counts().dropped(Drop.NOT_HEARD) == 2);
      assertThat(channel.counts().in()).isZero();
      assertThat(channel.counts().out())
          .as("there is no such address on the loopback")
          .isZero();
    }
  }

  @Test
  void a_port_that_another_has_is_told_and_taken_by_itself_when_it_is_free() throws IOException {
    var port = freePort();
    var other = DatagramChannel.open().bind(new InetSocketAddress("::", port));
    try (var channel = channel(port)) {
      await()
          .until(() -> reading(channel) instanceof Reading.Unseen unseen
              && unseen.why().startsWith("UDP port " + port + " cannot be had: "));
      other.close();
      awaitOpen(channel);
      assertThat(reading(channel)).isInstanceOf(Reading.Well.class);
    }
  }

  @Test
  void a_closed_channel_gives_its_port_free_and_calls_nobody() throws IOException {
    var port = freePort();
    var channel = channel(port);
    awaitOpen(channel);
    channel.close();
    await()
        .untilAsserted(
            () -> DatagramChannel.open().bind(new InetSocketAddress("::", port)).close());
    channel.close();
    assertThat(channel.send(NOBODY, "words", "{}")).isEqualTo(Sending.NOT_MET);
  }

  @Test
  void while_the_pinned_keys_cannot_be_read_nobody_is_met_and_then_it_opens_by_itself()
      throws IOException {
    flash.failAt(1);
    try (var channel = channel(freePort())) {
      channel.forget(Set.of("k".repeat(43)));
      await()
          .until(() -> reading(channel) instanceof Reading.Unseen unseen
              && unseen.why().startsWith("the pinned keys cannot be read: "));
      assertThat(channel.peers()).isEmpty();
      assertThat(channel.identities()).isEqualTo(Map.of());
      assertThat(channel.nameOf(NOBODY)).isEmpty();
      awaitOpen(channel);
    }
  }

  @Test
  void where_the_pinned_keys_were_damaged_a_person_is_told_for_a_day() throws IOException {
    flash.write("billing-pins.a", "rubbish".getBytes(US_ASCII));
    try (var channel = channel(freePort())) {
      awaitOpen(channel);
      var wrong = (Reading.Wrong) reading(channel);
      assertThat(wrong.blame()).isEqualTo(Blame.OURS_HARDWARE);
      assertThat(wrong.evidence()).contains("no key is known any longer");
      assertThat(channel.readings(now().plus(Duration.ofHours(25))).get(0))
          .isInstanceOf(Reading.Well.class);
    }
  }

  @Test
  void only_one_object_on_one_line_that_is_not_too_long_can_be_sent_and_only_to_who_was_met()
      throws IOException {
    try (var channel = channel(freePort())) {
      awaitOpen(channel);
      assertThat(channel.send(NOBODY, "words", "{}")).isEqualTo(Sending.NOT_MET);
      for (var json : new String[] {"", "[]", "{\n}", "{\"a\":\"" + "ü".repeat(400) + "\"}"}) {
        assertThatThrownBy(() -> channel.send(NOBODY, "words", json))
            .isInstanceOf(IllegalArgumentException.class);
      }
      for (var topic : new String[] {"", "hello", "Words", "a b", "a".repeat(17)}) {
        assertThatThrownBy(() -> channel.send(NOBODY, topic, "{}"))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> channel.listen(topic, listener()))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  private static Listener listener() {
    return (from, json) -> {};
  }

  @Test
  void a_topic_has_one_listener_until_that_leaves() throws Exception {
    try (var channel = channel(freePort())) {
      var first = channel.listen("words", listener());
      assertThatThrownBy(() -> channel.listen("words", listener()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("words");
      first.close();
      var second = channel.listen("words", listener());
      first.close();
      assertThatThrownBy(() -> channel.listen("words", listener()))
          .isInstanceOf(IllegalStateException.class);
      second.close();
    }
  }
}
