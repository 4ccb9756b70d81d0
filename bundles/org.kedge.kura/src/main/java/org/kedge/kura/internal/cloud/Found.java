package org.kedge.kura.internal.cloud;

import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;

/**
 * A publisher as Kura offers it.
 *
 * @param pid of the publisher
 * @param connection PID of its cloud connection, if it tells
 */
public record Found(CloudPublisher publisher, String pid, Optional<String> connection) {
  public static Found of(CloudPublisher publisher, Map<String, ?> properties) {
    return new Found(
        publisher,
        String.valueOf(properties.get("kura.service.pid")),
        Optional.ofNullable(properties.get("cloud.endpoint.service.pid")).map(Object::toString));
  }

  /** Whether both are over one cloud connection, for certain. */
  public boolean isBeside(Found other) {
    return publisher == other.publisher()
        || (connection.isPresent() && connection.equals(other.connection()));
  }

  /** Whether it is the same publisher, set to another connection. */
  public boolean isMovedTo(Found now) {
    return publisher == now.publisher() && !connection.equals(now.connection());
  }
}
