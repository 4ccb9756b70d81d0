package org.kedge.telemetry.internal.mqtt;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttPingSender;
import org.eclipse.paho.client.mqttv3.internal.ClientComms;
import org.jspecify.annotations.Nullable;

/**
 * Lets Paho look after its pings, for one connection. Paho's own senders start a timer that outlives a connection which ended while
 * it was being greeted, or interrupt the very thread that tells of the loss.
 */
final class Pinger implements MqttPingSender {
  private final ScheduledExecutorService timer;
  private @Nullable ClientComms comms;
  private @Nullable Future<?> due;
  private boolean stopped;

  Pinger(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  @Override
  public synchronized void init(ClientComms made) {
    comms = made;
  }

  @Override
  public synchronized void start() {
    if (comms != null && !stopped) {
      schedule(comms.getKeepAlive());
    }
  }

  @Override
  public synchronized void stop() {
    stopped = true;
    if (due != null) {
      due.cancel(false);
    }
  }

  @Override
  public synchronized void schedule(long delayMilliseconds) {
    var watched = comms;
    if (watched == null || stopped) {
      return;
    }
    try {
      due = timer.schedule(
          () -> {
            watched.checkForActivity();
          },
          delayMilliseconds,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The uplink has been closed; its connection ends without pings.
      stopped = true;
    }
  }
}
