package org.kedge.sim.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Home.Revealed.Plain;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.mqtt.Broker;
import org.kedge.telemetry.internal.mqtt.MqttUplink;
import org.kedge.telemetry.internal.outbox.Courier;
import org.kedge.telemetry.internal.outbox.Outbox;
import org.kedge.telemetry.internal.outbox.OutboxShelf;

/**
 * A thousand nodes in one process, each with its own outbox on real files and its own MQTT connection, find a real mosquitto again at
 * one instant: how their messages spread, and whether one is lost.
 */
public final class FleetFigures {
  private static final int NODES = Integer.getInteger("kedge.fleet.nodes", 1000);
  private static final int MESSAGES = 30;
  private static final int BODY_CHARACTERS = 2000;

  /** Nodes that share a pool of threads for slow work. */
  private static final int SHARING = 20;

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private FleetFigures() {}

  public static void main(String... arguments)
      throws IOException, InterruptedException, MqttException {
    var program = Path.of("/usr/sbin/mosquitto");
    if (!Files.isExecutable(program)) {
      System.err.println("fleet: " + program + " is missing; install the package mosquitto");
      System.exit(1);
    }
    var folder = Files.createTempDirectory("kedge-fleet");
    var port = freePort();
    var lanes = new ArrayList<RealLanes>();
    var nodes = new ArrayList<Node>();
    Optional<Process> broker = Optional.empty();
    try {
      for (var number = 0; number < NODES; number++) {
        if (number % SHARING == 0) {
          lanes.add(new RealLanes());
        }
        nodes.add(new Node(
            number,
            lanes.get(lanes.size() - 1),
            Files.createDirectory(folder.resolve("n" + number)),
            port));
      }
      for (var message = 0; message < MESSAGES; message++) {
        nodes.forEach(Node::put);
      }
      // Until every node has been refused often enough for its pauses to have grown.
      TimeUnit.SECONDS.sleep(60);
      System.out.printf("fleet: %d nodes wait with %d messages each%n", NODES, MESSAGES);

      var started = mosquitto(program, folder, port);
      broker = Optional.of(started);
      var back = System.nanoTime();
      var reader = new Reader(back);
      try (var subscriber = reader.subscribe(port)) {
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (reader.distinct.size() < NODES * MESSAGES && System.nanoTime() < deadline) {
          TimeUnit.SECONDS.sleep(5);
          System.err.printf(
              "fleet: %d of %d messages after %d s%n",
              reader.distinct.size(),
              NODES * MESSAGES,
              TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - back));
        }
        subscriber.disconnectForcibly(0, 1000);
      }
      reader.print();
    } finally {
      nodes.forEach(Node::close);
      lanes.forEach(RealLanes::close);
      broker.ifPresent(one -> one.destroyForcibly().onExit().join());
      delete(folder);
    }
    System.exit(0);
  }

  private static Process mosquitto(Path program, Path folder, int port)
      throws IOException, InterruptedException {
    var settings = Files.writeString(folder.resolve("mosquitto.conf"), """
        listener %d 127.0.0.1
        allow_anonymous true
        max_queued_messages 0
        """.formatted(port));
    var begun = new ProcessBuilder(program.toString(), "-c", settings.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("mosquitto.log").toFile())
        .start();
    await(() -> answers(port));
    return begun;
  }

  private static boolean answers(int port) {
    try (var socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One node's outbox, courier and connection. */
  private static final class Node {
    private final Lane lane;
    private final Courier courier;
    private final MqttUplink uplink;
    private final String name;

    Node(int number, RealLanes lanes, Path folder, int port) throws IOException {
      name = "node-" + number;
      lane = lanes.open(name, 64);
      uplink = new MqttUplink(
          new Broker("127.0.0.1", port, Optional.empty(), Optional.empty()),
          "fleet",
          name,
          Plain::new);
      var shelf = new OutboxShelf(new FolderFlash(folder));
      courier = new Courier(
          lane,
          shelf,
          Optional.of(shelf.open()),
          new Outbox.Limits(8 << 20, Duration.ofHours(72)),
          name,
          () -> new Uptime(System.nanoTime()),
          new Random(number)::nextDouble,
          () -> new Presence("online".getBytes(StandardCharsets.UTF_8), new byte[0]),
          new Silence());
      lane.after(Duration.ZERO, "use", () -> courier.use(Optional.of(uplink)));
    }

    void put() {
      lane.after(Duration.ZERO, "put", () -> {
        var sequence = courier.nextSequence();
        var text = name + " " + sequence + " " + "x".repeat(BODY_CHARACTERS);
        courier.put(Kind.SNAPSHOT, sequence, 0, text.getBytes(StandardCharsets.UTF_8));
      });
    }

    void close() {
      lane.close();
      uplink.close();
    }
  }

  private static final class Reader implements MqttCallback {
    private final long back;
    private final Set<String> distinct = ConcurrentHashMap.newKeySet();
    private final Map<Long, AtomicInteger> seconds = new ConcurrentHashMap<>();
    private final Set<String> newest = ConcurrentHashMap.newKeySet();
    private final AtomicLong repeats = new AtomicLong();
    private final AtomicLong lastNewest = new AtomicLong();
    private final AtomicLong last = new AtomicLong();

    Reader(long back) {
      this.back = back;
    }

    MqttClient subscribe(int port) throws MqttException {
      var client = new MqttClient("tcp://127.0.0.1:" + port, "reader", new MemoryPersistence());
      client.setCallback(this);
      client.connect();
      client.subscribe("fleet/+/KEDGE-V1/snapshot", 1);
      return client;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      var text = new String(message.getPayload(), 0, 20, StandardCharsets.UTF_8);
      var words = text.split(" ", 3);
      var now = System.nanoTime() - back;
      if (!distinct.add(words[0] + " " + words[1])) {
        repeats.incrementAndGet();
        return;
      }
      last.set(now);
      seconds
          .computeIfAbsent(TimeUnit.NANOSECONDS.toSeconds(now), made -> new AtomicInteger())
          .incrementAndGet();
      if (words[1].equals(Integer.toString(MESSAGES)) && newest.add(words[0])) {
        lastNewest.set(now);
      }
    }

    @Override
    public void connectionLost(Throwable cause) {
      System.err.println("fleet: the reader lost its connection: " + cause);
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
      // It sends nothing.
    }

    void print() {
      System.out.printf(
          Locale.ROOT,
          "fleet: %d nodes at once at one mosquitto: newest state of all after %.1f s, all %d messages after %.1f s,"
              + " at most %d in a second, %d lost, %d repeats%n",
          NODES,
          lastNewest.get() / 1e9,
          distinct.size(),
          last.get() / 1e9,
          seconds.values().stream().mapToInt(AtomicInteger::get).max().orElse(0),
          NODES * MESSAGES - distinct.size(),
          repeats.get());
    }
  }

  private static final class Silence implements Courier.Diary {
    @Override
    public void connected(String uplink, int waiting) {
      // The reader counts.
    }

    @Override
    public void lost(String uplink, String why, int failures, Duration pause) {
      // As above.
    }

    @Override
    public void flash(Optional<String> why) {
      System.err.println("fleet: flash: " + why);
    }
  }
}
