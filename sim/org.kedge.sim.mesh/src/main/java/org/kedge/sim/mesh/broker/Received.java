package org.kedge.sim.mesh.broker;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/** A message as the broker got it. */
public final class Received {
  private final Instant at;
  private final String client;
  private final String topic;
  private final byte[] payload;

  public Received(Instant at, String client, String topic, byte[] payload) {
    this.at = at;
    this.client = client;
    this.topic = topic;
    this.payload = payload.clone();
  }

  /** By the broker's wall clock, in milliseconds. */
  public Instant at() {
    return at;
  }

  /** The MQTT client id it came from. */
  public String client() {
    return client;
  }

  public String topic() {
    return topic;
  }

  public byte[] payload() {
    return payload.clone();
  }

  /** The payload as UTF-8. */
  public String payloadText() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Received that
        && at.equals(that.at)
        && client.equals(that.client)
        && topic.equals(that.topic)
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return Objects.hash(at, client, topic, Arrays.hashCode(payload));
  }

  @Override
  public String toString() {
    return topic + " from " + client + ", " + payload.length + " bytes, " + at;
  }
}
