package org.kedge.telemetry.internal.mqtt;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Home;
import org.kedge.telemetry.api.Uplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 3.1.1 at quality of service 1, over TCP or TLS. The presence is the retained message {@code .../state} and the last will. A
 * connection is made when {@link #connect} is called and never by itself; every wait has a limit; nothing is done in a callback but
 * to tell.
 */
public final class MqttUplink implements Uplink {
  /**
   * Eight fill a link of 40 kB/s and 200 ms with snapshots of a few kB; a gap of 100 ms lets a backlog of 72 h through in minutes and
   * leaves the link to the traffic it is there for. A broker that writes to disk first confirms within a second, a mesh in trouble
   * queues for several; 20 s without one is a broker that hangs or a half-open connection, found sooner than by its pings.
   */
  private static final Pace PACE = new Pace(8, Duration.ofMillis(100), Duration.ofSeconds(20));

  private static final Limits LIMITS = new Limits(Duration.ofSeconds(5), 30);
  private static final char[] NONE = {};
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(MqttUplink.class);

  private final Broker broker;
  private final String topics;
  private final String clientId;
  private final InstantSource clock;
  private final Function<String, Home.Revealed> secrets;
  private final Limits limits;
  private final ScheduledThreadPoolExecutor timer;
  private final Dialler dialler;
  private volatile @Nullable MqttConnection connection;
  private volatile byte[] goodbye = {};
  private volatile boolean closed;

  /**
   * @param call for connecting, with all its steps, and for handing over
   * @param keepAliveSeconds without any word a ping is sent, and after as long again without an answer the connection is lost
   */
  record Limits(Duration call, int keepAliveSeconds) {}

  /**
   * @param account first part of the topics
   * @param node second part; no two nodes of an account one
   * @param secrets the plain text of a password as it is set, asked for at each connect
   */
  public MqttUplink(
      Broker broker, String account, String node, Function<String, Home.Revealed> secrets) {
    this(broker, account, node, secrets, LIMITS, InstantSource.system(), InetAddress::getAllByName);
  }

  MqttUplink(
      Broker broker,
      String account,
      String node,
      Function<String, Home.Revealed> secrets,
      Limits limits,
      InstantSource clock,
      Dialler.Names names) {
    this.broker = broker;
    this.secrets = secrets;
    topics = topicPart("account", account) + "/" + topicPart("node", node) + "/KEDGE-V1/";
    // A colon stands in neither name, so that no two pairs make one id.
    clientId = "kedge:" + account + ":" + node;
    this.limits = limits;
    this.clock = clock;
    timer = new ScheduledThreadPoolExecutor(1, work -> {
      var thread = new Thread(work, "kedge-mqtt-timer");
      thread.setDaemon(true);
      return thread;
    });
    timer.setRemoveOnCancelPolicy(true);
    dialler = new Dialler(broker, names, clock, timer);
  }

  private static String topicPart(String what, String name) {
    if (name.isEmpty() || name.chars().anyMatch(each -> "+#/\0".indexOf(each) >= 0)) {
      throw new IllegalArgumentException("As a part of an MQTT topic the " + what
          + " must not be empty or hold '+', '#', '/' or NUL, but was '" + name + "'");
    }
    return name;
  }

  @Override
  public String name() {
    return "mqtt";
  }

  @Override
  public Pace pace() {
    return PACE;
  }

  @Override
  public synchronized Connection connect(Presence presence, Ears ears) {
    drop();
    goodbye = presence.afterwards();
    var deadline = Deadline.in(limits.call());
    var hint = greetingHint();
    var ready = false;
    try {
      // Before anything is opened, as what is wrong with a file of TLS.
      var options = options(presence);
      var fresh = over(dialler.dial(deadline), ears);
      connection = fresh;
      if (closed) {
        throw Dialler.closedMeanwhile();
      }
      fresh.greet(options, deadline);
      // The library keeps its options as long as the connection.
      options.setPassword(NONE);
      hint = "; does the broker allow this node to publish to " + topics + "#?";
      fresh.state(topics + "state", presence.now(), deadline);
      ready = fresh.becomeReady();
      if (!ready) {
        throw Refusal.passing(fresh.whyLost() + hint);
      }
      LOG.info("Connected to broker {} as {}.", broker, clientId);
      return new Connection.Ready();
    } catch (IOException | MqttException e) {
      var refusal =
          closed ? Dialler.closedMeanwhile() : Trouble.refusal(e, broker, clock.instant(), hint);
      return new Connection.Refused(refusal.why(), refusal.waitingHelps());
    } finally {
      if (!ready) {
        drop();
      }
    }
  }

  private MqttConnection over(OpenSocket socket, Ears ears) throws IOException, MqttException {
    try {
      return new MqttConnection(socket, timer, clientId, ears);
    } catch (MqttException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** A broker that hears the wrong protocol, or misses a certificate, often just hangs up. */
  private String greetingHint() {
    if (broker.tls().isEmpty()) {
      return "; if this port is for TLS, 'broker.address' has to begin with ssl://";
    }
    return broker.tls().get().identity().isEmpty()
        ? "; is this a port for TLS? If it asks for a certificate, set 'broker.certificate' and 'broker.key'"
        : "; does it accept the certificate in "
            + broker.tls().get().identity().get().certificates() + "?";
  }

  private MqttConnectOptions options(Presence presence) throws Refusal {
    var options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setKeepAliveInterval(limits.keepAliveSeconds());
    options.setCleanSession(false);
    options.setAutomaticReconnect(false);
    // One more, for a presence told while messages wait.
    options.setMaxInflight(PACE.window() + 1);
    options.setWill(topics + "state", presence.afterwards(), 1, true);
    if (broker.login().isPresent()) {
      var login = broker.login().get();
      options.setUserName(login.user());
      if (login.password().isPresent()) {
        options.setPassword(plain(login.password().get()));
      }
    }
    return options;
  }

  private char[] plain(String password) throws Refusal {
    var revealed = secrets.apply(password);
    if (revealed instanceof Home.Revealed.Hidden hidden) {
      var why = "the setting 'broker.password' cannot be read: " + hidden.why();
      throw hidden.waitingHelps() ? Refusal.passing(why) : Refusal.lasting(why);
    }
    return ((Home.Revealed.Plain) revealed).text().toCharArray();
  }

  @Override
  public synchronized Handover hand(Message message) {
    var present = connection;
    if (closed || present == null) {
      return new Handover.Failed(
          closed ? "the uplink is closed" : "there is no connection", !closed);
    }
    try {
      present.publish(
          topics + message.subject(),
          message.body(),
          false,
          () -> present.ears().confirmed(message.ticket()),
          Deadline.in(limits.call()));
      return new Handover.Taken();
    } catch (IOException | MqttException e) {
      return new Handover.Failed(closed ? "the uplink is closed" : Trouble.inWords(e), !closed);
    }
  }

  @Override
  public synchronized void tell(Presence presence) {
    goodbye = presence.afterwards();
    var present = connection;
    if (closed || present == null) {
      return;
    }
    try {
      present.publish(topics + "state", presence.now(), true, () -> {}, Deadline.in(limits.call()));
    } catch (IOException | MqttException e) {
      // Told with the next connection, which follows where this one cannot take a message.
      LOG.debug("Telling broker {} the node's state: {}", broker, Trouble.inWords(e));
    }
  }

  private void drop() {
    var old = connection;
    connection = null;
    if (old != null) {
      old.end();
    }
  }

  /** Not under the lock: it ends the call that is under way instead of waiting for it. */
  @Override
  public void close() {
    closed = true;
    try {
      dialler.close();
    } catch (IOException e) {
      LOG.debug("Closing a socket that was being opened: {}", e.getMessage());
    }
    var present = connection;
    if (present != null) {
      present.leave(topics + "state", goodbye, GOODBYE);
    }
    timer.shutdownNow();
  }
}
