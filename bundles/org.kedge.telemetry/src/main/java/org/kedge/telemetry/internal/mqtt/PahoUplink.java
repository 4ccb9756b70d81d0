package org.kedge.telemetry.internal.mqtt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.kedge.telemetry.api.Uplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 3.1.1 through Paho, at quality of service 1. Connects when there is something to send, with a fresh client each time: Paho's
 * own reconnecting never begins if the first connect fails and can lock up after flapping. Every wait has a limit; nothing is done
 * in a callback.
 */
public final class PahoUplink implements Uplink {
  private static final Logger LOG = LoggerFactory.getLogger(PahoUplink.class);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Pace PACE = new Pace(8, Duration.ofMillis(100), Duration.ofSeconds(20));
  private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
  private static final int KEEP_ALIVE_SECONDS = 30;

  private final Broker broker;
  private final String topicPrefix;
  private final String clientId;
  private final AtomicReference<@Nullable MqttAsyncClient> client = new AtomicReference<>();
  private volatile boolean closed;

  /**
   * Where to.
   *
   * @param uri such as {@code tcp://192.0.2.1:1883}
   */
  public record Broker(String uri, Optional<String> user, Optional<String> password) {
    @Override
    public String toString() {
      return uri;
    }
  }

  /**
   * @param topicPrefix what stands before the subject, without a closing slash
   * @param clientId the same for a node always, no two nodes one
   */
  public PahoUplink(Broker broker, String topicPrefix, String clientId) {
    this.broker = broker;
    this.topicPrefix = topicPrefix;
    this.clientId = clientId;
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
    try {
      var fresh = new MqttAsyncClient(broker.uri(), clientId, new MemoryPersistence());
      client.set(fresh);
      if (closed) {
        throw new MqttException(MqttException.REASON_CODE_CLIENT_CLOSED);
      }
      fresh.setCallback(new Callback(ears));
      var options = new MqttConnectOptions();
      options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
      options.setConnectionTimeout((int) CONNECT_LIMIT.toSeconds());
      options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
      options.setCleanSession(false);
      options.setAutomaticReconnect(false);
      options.setMaxInflight(PACE.window() * 2);
      options.setWill(topicPrefix + "/state", presence.afterwards(), 1, true);
      broker.user().ifPresent(options::setUserName);
      broker.password().ifPresent(password -> options.setPassword(password.toCharArray()));
      fresh.connect(options).waitForCompletion(CONNECT_LIMIT.toMillis());
      say(fresh, presence.now());
      return new Connection.Ready();
    } catch (MqttException e) {
      drop();
      return new Connection.Refused(inWords(e), !closed && waitingHelps(e));
    }
  }

  private void say(MqttAsyncClient to, byte[] state) throws MqttException {
    to.publish(topicPrefix + "/state", state, 1, true).waitForCompletion(CONFIRM_LIMIT.toMillis());
  }

  @Override
  public synchronized Handover hand(Message message) {
    var present = client.get();
    try {
      if (present == null) {
        throw new MqttException(MqttException.REASON_CODE_CLIENT_NOT_CONNECTED);
      }
      present.publish(
          topicPrefix + "/" + message.subject(), message.body(), 1, false, message.ticket(), null);
      return new Handover.Taken();
    } catch (MqttException e) {
      return new Handover.Failed(inWords(e), waitingHelps(e));
    }
  }

  @Override
  public synchronized void tell(Presence presence) {
    var present = client.get();
    if (present != null) {
      try {
        say(present, presence.now());
      } catch (MqttException e) {
        LOG.debug("The presence was not told: {}", inWords(e));
      }
    }
  }

  /** Does nothing here but tell. */
  private static final class Callback implements MqttCallback {
    private final Ears ears;

    Callback(Ears ears) {
      this.ears = ears;
    }

    @Override
    public void connectionLost(Throwable cause) {
      ears.lost(String.valueOf(cause.getMessage()));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      // Nothing is subscribed to.
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
      if (token.getUserContext() instanceof Long ticket) {
        ears.confirmed(ticket);
      }
    }
  }

  private static boolean waitingHelps(MqttException e) {
    return switch (e.getReasonCode()) {
      case MqttException.REASON_CODE_FAILED_AUTHENTICATION,
          MqttException.REASON_CODE_NOT_AUTHORIZED,
          MqttException.REASON_CODE_INVALID_CLIENT_ID -> false;
      default -> true;
    };
  }

  private void drop() {
    var old = client.getAndSet(null);
    if (old != null) {
      end(old);
    }
  }

  private void end(MqttAsyncClient old) {
    try {
      // Also of one that is still connecting: Paho refuses to close it, and its socket and threads
      // would stay for good.
      old.disconnectForcibly(0, CLOSE_LIMIT.toMillis(), false);
      old.close(true);
    } catch (MqttException e) {
      LOG.debug("Closing the client of {}: {}", broker, inWords(e));
    }
  }

  private static String inWords(MqttException e) {
    var cause = e.getCause();
    var said = cause == null ? e.getMessage() : cause.getMessage();
    return said == null ? e.toString() : said;
  }

  /** Ends a publish that is under way instead of waiting for it, and so is not under its lock. */
  @Override
  public void close() {
    closed = true;
    var old = client.getAndSet(null);
    if (old == null) {
      return;
    }
    try {
      if (old.isConnected()) {
        old.disconnect(0).waitForCompletion(CLOSE_LIMIT.toMillis());
      }
    } catch (MqttException e) {
      LOG.debug("Saying goodbye to {}: {}", broker, inWords(e));
    }
    end(old);
  }
}
