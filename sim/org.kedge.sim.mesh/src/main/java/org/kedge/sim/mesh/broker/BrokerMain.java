package org.kedge.sim.mesh.broker;

import io.moquette.broker.Server;
import io.moquette.broker.config.IConfig;
import io.moquette.broker.config.MemoryConfig;
import io.moquette.interception.AbstractInterceptHandler;
import io.moquette.interception.messages.InterceptConnectMessage;
import io.moquette.interception.messages.InterceptConnectionLostMessage;
import io.moquette.interception.messages.InterceptDisconnectMessage;
import io.moquette.interception.messages.InterceptPublishMessage;
import io.netty.buffer.ByteBufUtil;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.kedge.sim.mesh.broker.BrokerLine.Connected;
import org.kedge.sim.mesh.broker.BrokerLine.Disconnected;
import org.kedge.sim.mesh.broker.BrokerLine.Published;
import org.kedge.sim.mesh.broker.BrokerLine.Ready;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An MQTT broker that tells on its output what it gets, as {@link BrokerLine}s. In memory, open to all, until SIGTERM. */
@Command(name = "broker", description = "An MQTT broker in memory that prints what is published.")
public final class BrokerMain implements Callable<Integer> {
  private static final Pattern ADDRESS_PORT = Pattern.compile("\\[?([^\\[\\]]+)\\]?:(\\d{1,5})");
  private static final String MESSAGE_BYTES_MOST = Integer.toString(1024 * 1024);

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "ADDRESS:PORT",
      description = "where to listen, an IPv6 address in brackets; [::]:1883 is everywhere")
  private String listen = "";

  private final PrintStream output =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  public static void main(String... arguments) {
    var exitCode = new CommandLine(new BrokerMain()).execute(arguments);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  @Override
  public Integer call() throws IOException {
    var parts = ADDRESS_PORT.matcher(listen);
    if (!parts.matches()) {
      System.err.println("--listen '" + listen + "' should be ADDRESS:PORT or [ADDRESS]:PORT");
      return CommandLine.ExitCode.USAGE;
    }
    var settings = new MemoryConfig(new Properties());
    settings.setProperty(IConfig.HOST_PROPERTY_NAME, parts.group(1));
    settings.setProperty(IConfig.PORT_PROPERTY_NAME, parts.group(2));
    settings.setProperty(IConfig.ALLOW_ANONYMOUS_PROPERTY_NAME, "true");
    settings.setProperty(IConfig.PERSISTENCE_ENABLED_PROPERTY_NAME, "false");
    settings.setProperty(IConfig.ENABLE_TELEMETRY_NAME, "false");
    settings.setProperty(IConfig.NETTY_MAX_BYTES_PROPERTY_NAME, MESSAGE_BYTES_MOST);
    new Server().startServer(settings, List.of(new Teller()));
    say(new Ready(listen));
    return CommandLine.ExitCode.OK;
  }

  private synchronized void say(BrokerLine line) {
    output.println(line.text());
  }

  /** Called by Moquette on one thread, in order. */
  private final class Teller extends AbstractInterceptHandler {
    // Moquette reports a connection with a goodbye as lost, too, a moment later.
    private final List<String> goodbyes = new ArrayList<>();
    // Moquette delivers last wills without telling of them here. Of each client, oldest connection
    // first; a connection without one counts too.
    private final Map<String, Deque<Optional<Will>>> wills = new HashMap<>();

    private record Will(String topic, byte[] payload) {}

    @Override
    public String getID() {
      return "teller";
    }

    @Override
    public void onConnect(InterceptConnectMessage message) {
      wills
          .computeIfAbsent(message.getClientID(), client -> new ArrayDeque<>())
          .addLast(
              message.isWillFlag()
                  ? Optional.of(new Will(message.getWillTopic(), message.getWillMessage()))
                  : Optional.empty());
      say(new Connected(Instant.now(), message.getClientID()));
    }

    private Optional<Will> willOf(String client) {
      var left = wills.get(client);
      var will = left == null ? null : left.pollFirst();
      // A client that is back has taken over from its old connection.
      var isBack = left != null && !left.isEmpty();
      if (!isBack) {
        wills.remove(client);
      }
      return will == null || isBack ? Optional.empty() : will;
    }

    @Override
    public void onDisconnect(InterceptDisconnectMessage message) {
      goodbyes.add(message.getClientID());
      var unused = willOf(message.getClientID());
      say(new Disconnected(Instant.now(), message.getClientID()));
    }

    @Override
    public void onConnectionLost(InterceptConnectionLostMessage message) {
      if (!goodbyes.remove(message.getClientID())) {
        say(new Disconnected(Instant.now(), message.getClientID()));
        willOf(message.getClientID())
            .ifPresent(will -> say(new Published(
                new Received(Instant.now(), message.getClientID(), will.topic(), will.payload()))));
      }
    }

    @Override
    public void onPublish(InterceptPublishMessage message) {
      try {
        say(new Published(new Received(
            Instant.now(),
            message.getClientID(),
            message.getTopicName(),
            ByteBufUtil.getBytes(message.getPayload()))));
      } finally {
        super.onPublish(message);
      }
    }

    @Override
    public void onSessionLoopError(Throwable error) {
      System.err.println("Moquette's session loop failed: " + error);
    }
  }
}
