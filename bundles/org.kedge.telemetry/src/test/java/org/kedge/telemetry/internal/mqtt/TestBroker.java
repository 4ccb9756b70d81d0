package org.kedge.telemetry.internal.mqtt;

import io.moquette.broker.Server;
import io.moquette.broker.config.IConfig;
import io.moquette.broker.config.MemoryConfig;
import io.moquette.interception.AbstractInterceptHandler;
import io.moquette.interception.messages.InterceptConnectMessage;
import io.moquette.interception.messages.InterceptPublishMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

/** An MQTT broker on loopback, in this process. */
final class TestBroker implements AutoCloseable {
  final List<Message> messages = new CopyOnWriteArrayList<>();
  final List<String> clients = new CopyOnWriteArrayList<>();
  private final Server server = new Server();
  private final int port;

  /** @param quality MQTT's quality of service */
  record Message(String client, String topic, int quality, String text) {}

  private TestBroker(int port) {
    this.port = port;
  }

  /** @param port 0 for any that is free */
  static TestBroker start(Path data, int port) throws IOException {
    return start(data, port, "");
  }

  /** @param password what every user has to give; empty: nobody has to log in */
  static TestBroker start(Path data, int port, String password) throws IOException {
    var broker = new TestBroker(port == 0 ? freePort() : port);
    var open = password.isEmpty();
    var properties = new Properties();
    properties.setProperty(IConfig.HOST_PROPERTY_NAME, "127.0.0.1");
    properties.setProperty(IConfig.PORT_PROPERTY_NAME, Integer.toString(broker.port));
    properties.setProperty(IConfig.DATA_PATH_PROPERTY_NAME, data.toString());
    properties.setProperty(IConfig.PERSISTENCE_ENABLED_PROPERTY_NAME, "false");
    properties.setProperty(IConfig.ENABLE_TELEMETRY_NAME, "false");
    properties.setProperty(IConfig.ALLOW_ANONYMOUS_PROPERTY_NAME, Boolean.toString(open));
    broker.server.startServer(
        new MemoryConfig(properties),
        List.of(broker.new Ear()),
        null,
        (client, user, given) -> open || password.equals(new String(given, StandardCharsets.UTF_8)),
        null);
    return broker;
  }

  /** Moquette takes 0 too, but does not tell which port it got. */
  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  List<String> texts() {
    return messages.stream().map(Message::text).toList();
  }

  int port() {
    return port;
  }

  String uri() {
    return "tcp://127.0.0.1:" + port();
  }

  @Override
  public void close() {
    server.stopServer();
  }

  private final class Ear extends AbstractInterceptHandler {
    @Override
    public String getID() {
      return "ear";
    }

    @Override
    public void onSessionLoopError(Throwable error) {}

    @Override
    public void onConnect(InterceptConnectMessage message) {
      clients.add(message.getClientID());
    }

    @Override
    public void onPublish(InterceptPublishMessage message) {
      messages.add(new Message(
          message.getClientID(),
          message.getTopicName(),
          message.getQos().value(),
          message.getPayload().toString(StandardCharsets.UTF_8)));
      super.onPublish(message);
    }
  }
}
