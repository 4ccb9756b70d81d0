package org.kedge.sim.mesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the broker tells of a node whose connection ends. */
class LastWillTest {
  private static final String TOPIC = "village/n1/KEDGE-V1/state";
  private static final long LIMIT_SECONDS = 30;

  private final BlockingQueue<BrokerLine> said = new LinkedBlockingQueue<>();
  private Process broker;
  private String address;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    var port = freePort();
    address = "tcp://127.0.0.1:" + port;
    broker = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            BrokerMain.class.getName(),
            "--listen",
            "127.0.0.1:" + port)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    var listener = new Thread(
        () -> broker
            .inputReader(StandardCharsets.UTF_8)
            .lines()
            .forEach(line -> BrokerLine.parse(line).ifPresent(said::add)),
        "broker's words");
    listener.setDaemon(true);
    listener.start();
    assertThat(next()).isInstanceOf(BrokerLine.Ready.class);
  }

  @AfterEach
  void end() {
    // Through its handle, which leaves the stream open for whoever still reads it.
    broker.toHandle().destroyForcibly();
    broker.onExit().join();
  }

  @Test
  void a_connection_that_breaks_is_followed_by_its_last_will() throws Exception {
    var client = connect("offline");
    client.disconnectForcibly(0, 1, false);
    assertThat(next()).isInstanceOf(BrokerLine.Connected.class);
    assertThat(next()).isInstanceOf(BrokerLine.Disconnected.class);
    assertThat(((BrokerLine.Published) next()).received().payloadText()).isEqualTo("offline");
    client.close();
  }

  @Test
  void a_goodbye_takes_the_last_will_back() throws Exception {
    var client = connect("offline");
    client.disconnect();
    client.close();
    var after = connect("after");
    after.publish(TOPIC, bytes("online"), 1, true);
    assertThat(next()).isInstanceOf(BrokerLine.Connected.class);
    assertThat(next()).isInstanceOf(BrokerLine.Disconnected.class);
    assertThat(next()).isInstanceOf(BrokerLine.Connected.class);
    assertThat(((BrokerLine.Published) next()).received().payloadText()).isEqualTo("online");
    after.disconnect();
    after.close();
  }

  private MqttClient connect(String will) throws MqttException {
    var client = new MqttClient(address, "n1", new MemoryPersistence());
    var options = new MqttConnectOptions();
    options.setWill(TOPIC, bytes(will), 1, true);
    client.connect(options);
    return client;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private BrokerLine next() throws InterruptedException {
    var line = said.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("The broker says nothing");
    }
    return line;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
