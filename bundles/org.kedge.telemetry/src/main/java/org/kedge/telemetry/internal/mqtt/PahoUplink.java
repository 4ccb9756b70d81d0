package org.kedge.telemetry.internal.mqtt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.kedge.telemetry.internal.core.OldUplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 3.1.1 through Paho, at quality of service 1. Connects when there is something to send, with a fresh client each time: Paho's
 * own reconnecting never begins if the first connect fails and can lock up after flapping. Every wait has a limit; nothing is done
 * in a callback.
 */
public final class PahoUplink implements OldUplink {
  private static final Logger LOG = LoggerFactory.getLogger(PahoUplink.class);
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
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
  public synchronized Handover publish(String subject, byte[] payload) {
    if (closed) {
      return new Handover.Failed("the uplink is closed", false);
    }
    try {
      var connected = connected();
      connected
          .publish(topicPrefix + "/" + subject, payload, 1, false)
          .waitForCompletion(CONFIRM_LIMIT.toMillis());
      return new Handover.Confirmed();
    } catch (MqttException e) {
      drop();
      return new Handover.Failed(inWords(e), !closed && waitingHelps(e));
    }
  }

  private MqttAsyncClient connected() throws MqttException {
    var present = client.get();
    if (present != null && present.isConnected()) {
      return present;
    }
    drop();
    var fresh = new MqttAsyncClient(broker.uri(), clientId, new MemoryPersistence());
    client.set(fresh);
    if (closed) {
      throw new MqttException(MqttException.REASON_CODE_CLIENT_CLOSED);
    }
    var options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setConnectionTimeout((int) CONNECT_LIMIT.toSeconds());
    options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
    options.setCleanSession(true);
    options.setAutomaticReconnect(false);
    broker.user().ifPresent(options::setUserName);
    broker.password().ifPresent(password -> options.setPassword(password.toCharArray()));
    fresh.connect(options).waitForCompletion(CONNECT_LIMIT.toMillis());
    LOG.info("Connected to broker {} as {}.", broker, clientId);
    return fresh;
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
