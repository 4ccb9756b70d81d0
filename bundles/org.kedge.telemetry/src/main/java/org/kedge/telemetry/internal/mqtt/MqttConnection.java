package org.kedge.telemetry.internal.mqtt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;
import org.kedge.telemetry.api.Uplink.Ears;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection over one client of Paho, never used again: after flapping, a client that reconnects can lock up. Paho's threads do
 * nothing here but tell.
 */
final class MqttConnection {
  private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);

  /** Paho wants an address; the socket it is given is open already, so this is never dialled. */
  private static final String NOWHERE = "tcp://127.0.0.1:1";

  private static final Duration FIRST_WORD = Duration.ofSeconds(1);
  private static final Duration LAST_WORD = Duration.ofMillis(500);
  private static final int AT_LEAST_ONCE = 1;

  /** A confirmation may free room a moment before Paho counts it. */
  private static final Duration ROOM_LOOK = Duration.ofMillis(50);

  private final OpenSocket socket;
  private final Ears ears;
  private final MqttAsyncClient client;
  private final Pinger pinger;
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Ends every wait: of a connect that is ended from outside Paho itself tells nobody. */
  private final CompletableFuture<Boolean> abandoned = new CompletableFuture<>();

  private final Object room = new Object();
  private boolean greeted; // under this
  private Stage stage = Stage.GREETING; // under this
  private @Nullable Throwable lostBecause; // under this

  private enum Stage {
    GREETING,
    READY,
    OVER
  }

  MqttConnection(OpenSocket socket, ScheduledExecutorService timer, String clientId, Ears ears)
      throws MqttException {
    this.socket = socket;
    this.ears = ears;
    pinger = new Pinger(timer);
    client = new MqttAsyncClient(NOWHERE, clientId, new MemoryPersistence(), pinger);
    client.setCallback(new Losses());
  }

  Ears ears() {
    return ears;
  }

  void greet(MqttConnectOptions options, Deadline deadline) throws IOException, MqttException {
    options.setSocketFactory(new Given());
    var answer = new Answer();
    synchronized (this) {
      if (stage == Stage.OVER) {
        throw Dialler.closedMeanwhile();
      }
      greeted = true;
      client.connect(options, null, answer);
    }
    await(answer, deadline, "it took the connection and does not answer; is it an MQTT broker?");
  }

  /** Retained, so that who asks later is told too; confirmed when this returns. */
  void state(String topic, byte[] body, Deadline deadline) throws IOException, MqttException {
    var answer = new Answer();
    client.publish(topic, body, AT_LEAST_ONCE, true, null, answer);
    await(answer, deadline, "it does not confirm the node's state in time");
  }

  /** @return false where the connection is gone before it was of use */
  synchronized boolean becomeReady() {
    if (stage == Stage.GREETING) {
      stage = Stage.READY;
    }
    return stage == Stage.READY;
  }

  synchronized String whyLost() {
    return Trouble.inWords(lostBecause);
  }

  /** Waits for room, no longer than to the deadline. */
  void publish(String topic, byte[] body, boolean retained, Runnable confirmed, Deadline deadline)
      throws IOException, MqttException {
    while (true) {
      try {
        client.publish(topic, body, AT_LEAST_ONCE, retained, null, new Confirmation(confirmed));
        return;
      } catch (MqttException e) {
        if (e.getReasonCode() != MqttException.REASON_CODE_MAX_INFLIGHT || deadline.isOver()) {
          throw e;
        }
      }
      synchronized (room) {
        try {
          TimeUnit.NANOSECONDS.timedWait(
              room, Math.min(ROOM_LOOK.toNanos(), deadline.left().toNanos()));
        } catch (InterruptedException e) {
          throw Dialler.interrupted();
        }
      }
    }
  }

  /**
   * Tells the state in which the node leaves, and ends. Where nobody confirms it in time, MQTT's own goodbye stays unsaid too, and so
   * the broker tells the last will.
   */
  void leave(String topic, byte[] state, Duration limit) {
    try {
      if (beOver() == Stage.READY) {
        state(topic, state, Deadline.in(limit));
        client.disconnect(0).waitForCompletion(LAST_WORD.toMillis());
      }
    } catch (IOException | MqttException e) {
      LOG.debug("Taking leave of the broker: {}", Trouble.inWords(e));
    } finally {
      end();
    }
  }

  /** Drops the connection, whatever its state; of this nobody is told. */
  void end() {
    beOver();
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    abandoned.completeExceptionally(Dialler.closedMeanwhile());
    // An end that is cut short leaves threads behind: be interrupted afterwards.
    var interrupted = Thread.interrupted();
    try {
      if (isGreeted()) {
        // Paho's starting threads wait for each other for ever if one is stopped before the others
        // look.
        socket.awaitFirstWord(FIRST_WORD);
      }
      client.disconnectForcibly(0, 0, false);
      client.close(true);
    } catch (MqttException e) {
      LOG.debug("Ending a client: {}", Trouble.inWords(e));
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      pinger.stop();
      close(socket);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void close(OpenSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("Closing a socket: {}", e.getMessage());
    }
  }

  private synchronized boolean isGreeted() {
    return greeted;
  }

  private synchronized Stage beOver() {
    var before = stage;
    stage = Stage.OVER;
    return before;
  }

  private void lost(Throwable cause) {
    Stage before;
    synchronized (this) {
      before = beOver();
      if (before == Stage.GREETING) {
        lostBecause = cause;
      }
    }
    if (before == Stage.READY) {
      ears.lost(Trouble.inWords(cause));
    }
  }

  private void await(Answer answer, Deadline deadline, String late)
      throws IOException, MqttException {
    try {
      CompletableFuture.anyOf(answer.future, abandoned)
          .get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw Refusal.passing(late);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MqttException failure) {
        throw failure;
      }
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      throw Dialler.interrupted();
    }
  }

  private final class Losses implements MqttCallback {
    @Override
    public void connectionLost(Throwable cause) {
      lost(cause);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      // Nothing was asked for; a broker may still hold a wish of somebody who used this client id
      // before.
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
      // Each message has its own listener.
    }
  }

  private static final class Answer implements IMqttActionListener {
    private final CompletableFuture<Boolean> future = new CompletableFuture<>();

    @Override
    public void onSuccess(IMqttToken token) {
      future.complete(true);
    }

    @Override
    public void onFailure(IMqttToken token, Throwable cause) {
      future.completeExceptionally(cause);
    }
  }

  private final class Confirmation implements IMqttActionListener {
    private final Runnable confirmed;

    Confirmation(Runnable confirmed) {
      this.confirmed = confirmed;
    }

    @Override
    public void onSuccess(IMqttToken token) {
      confirmed.run();
      synchronized (room) {
        room.notifyAll();
      }
    }

    @Override
    public void onFailure(IMqttToken token, Throwable cause) {
      synchronized (room) {
        room.notifyAll();
      }
    }
  }

  private final class Given extends SocketFactory {
    @Override
    public Socket createSocket() {
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      return socket;
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      return socket;
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      return socket;
    }
  }
}
