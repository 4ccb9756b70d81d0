package org.kedge.sim.mesh.broker;

import java.nio.charset.StandardCharsets;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** {@code URI CLIENT TOPIC PAYLOAD QOS}: publishes one message from wherever it is started. */
public final class PublishOnce {
  private PublishOnce() {}

  public static void main(String... arguments) throws MqttException {
    try (var client = new MqttClient(arguments[0], arguments[1], new MemoryPersistence())) {
      client.connect();
      client.publish(
          arguments[2],
          arguments[3].getBytes(StandardCharsets.UTF_8),
          Integer.parseInt(arguments[4]),
          false);
      client.disconnect();
    }
  }
}
