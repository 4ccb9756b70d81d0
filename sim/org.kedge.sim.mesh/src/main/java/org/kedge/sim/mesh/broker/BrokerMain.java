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
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  /** Moquette calls it on a thread of its own. */
  private final class Teller extends AbstractInterceptHandler {
    // Moquette reports a connection with a goodbye as lost, too: a moment later, or before.
    private static final long GOODBYE_MILLIS = 500;

    private final Map<String, Deque<Connection>> connections = new HashMap<>();
    private final ScheduledExecutorService later =
        Executors.newSingleThreadScheduledExecutor(work -> {
          var thread = new Thread(work, "last wills");
          thread.setDaemon(true);
          return thread;
        });

    /** One connection of a client; the oldest of several is the one that ends. */
    private static final class Connection {
      private final Optional<Will> will;
      private boolean saidGoodbye;
      private boolean isLost;

      Connection(Optional<Will> will) {
        this.will = will;
      }
    }

    private record Will(String topic, byte[] payload) {}

    @Override
    public String getID() {
      return "teller";
    }

    @Override
    public synchronized void onConnect(InterceptConnectMessage message) {
      var will = message.isWillFlag()
          ? Optional.of(new Will(message.getWillTopic(), message.getWillMessage()))
          : Optional.<Will>empty();
      connections
          .computeIfAbsent(message.getClientID(), client -> new ArrayDeque<>())
          .addLast(new Connection(will));
      say(new Connected(Instant.now(), message.getClientID()));
    }

    @Override
    public synchronized void onDisconnect(InterceptDisconnectMessage message) {
      var client = message.getClientID();
      connectionsOf(client).filter(one -> !one.saidGoodbye).findFirst().ifPresent(one -> {
        one.saidGoodbye = true;
        if (!one.isLost) {
          say(new Disconnected(Instant.now(), client));
        }
      });
    }

    @Override
    public synchronized void onConnectionLost(InterceptConnectionLostMessage message) {
      var client = message.getClientID();
      connectionsOf(client).filter(one -> !one.isLost).findFirst().ifPresent(one -> {
        one.isLost = true;
        if (!one.saidGoodbye) {
          say(new Disconnected(Instant.now(), client));
        }
        var unused = later.schedule(() -> end(client, one), GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
      });
    }

    // Moquette delivers last wills without telling of them here.
    private synchronized void end(String client, Connection lost) {
      var all = connections.getOrDefault(client, new ArrayDeque<>());
      all.remove(lost);
      if (!all.isEmpty()) {
        // The client is back already, and says itself how it is.
        return;
      }
      connections.remove(client);
      if (!lost.saidGoodbye) {
        lost.will.ifPresent(will ->
            say(new Published(new Received(Instant.now(), client, will.topic(), will.payload()))));
      }
    }

    private Stream<Connection> connectionsOf(String client) {
      return connections.getOrDefault(client, new ArrayDeque<>()).stream();
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
