package org.kedge.babel.internal.exit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.SettingsReader.Target;

class AddressProbeTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var one : opened) {
      one.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "127.0.0.1"})
  void an_open_port_answers(String address) throws IOException {
    var server = listen(address, 5);
    assertThat(AddressProbe.ask(target(address, server.getLocalPort()), LONG))
        .hasValueSatisfying(took -> assertThat(took).isPositive().isLessThan(LONG));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "127.0.0.1"})
  void a_port_that_refuses_is_an_answer_of_the_far_end(String address) throws IOException {
    int free;
    try (var server = new ServerSocket()) {
      server.bind(new InetSocketAddress(address, 0));
      free = server.getLocalPort();
    }
    assertThat(AddressProbe.ask(target(address, free), LONG)).isPresent();
  }

  @Test
  void no_answer_within_the_limit_is_none() throws IOException {
    var server = listen("127.0.0.1", 1);
    fill(server.getLocalPort());
    var start = System.nanoTime();
    var limit = Duration.ofMillis(200);
    assertThat(AddressProbe.ask(target("127.0.0.1", server.getLocalPort()), limit))
        .isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(limit);
  }

  @Test
  void an_address_to_which_no_way_leads_is_no_answer() throws IOException {
    // The kernel refuses this one itself; no packet leaves.
    assertThat(AddressProbe.ask(target("255.255.255.255", 9), LONG)).isEmpty();
  }

  @Test
  @Tag("root")
  void an_echo_is_answered_by_this_node_in_both_families() throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      System.err.println("**** NOT TESTED AGAINST THE REAL KERNEL: ICMP needs root");
      Assumptions.abort("NOT TESTED AGAINST THE REAL KERNEL: ICMP needs root");
    }
    for (var address : List.of("::1", "127.0.0.1")) {
      var target = new Target(address, InetAddress.getByName(address), Optional.empty());
      assertThat(AddressProbe.ask(target, LONG))
          .as(address)
          .hasValueSatisfying(took -> assertThat(took).isPositive().isLessThan(LONG));
    }
  }

  /** Connects until the kernel takes no more; what comes then is left without an answer. */
  private void fill(int port) throws IOException {
    for (var i = 0; i < 50; i++) {
      var client = SocketChannel.open();
      opened.add(client);
      client.configureBlocking(false);
      var unused = client.connect(new InetSocketAddress("127.0.0.1", port));
    }
  }

  private ServerSocket listen(String address, int backlog) throws IOException {
    var server = new ServerSocket();
    opened.add(server);
    server.bind(new InetSocketAddress(address, 0), backlog);
    return server;
  }

  private static Target target(String address, int port) throws IOException {
    return new Target(address + " port " + port, InetAddress.getByName(address), Optional.of(port));
  }
}
