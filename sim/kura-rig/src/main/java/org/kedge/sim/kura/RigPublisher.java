package org.kedge.sim.kura;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.eclipse.kura.cloudconnection.listener.CloudDeliveryListener;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.eclipse.kura.message.KuraPayload;
import org.jspecify.annotations.Nullable;

/** A publisher of a {@link RigCloud}, which makes it. Any thread. */
public final class RigPublisher implements CloudPublisher {
  private static final Pattern TOKEN = Pattern.compile("\\$([^\\s/]+)");
  private static final Set<Class<?>> ENCODABLE = Set.of(
      Double.class,
      Float.class,
      Integer.class,
      Long.class,
      Boolean.class,
      String.class,
      byte[].class);

  private final RigCloud cloud;
  private final String appId;
  private final String appTopic;
  private final int qos;
  private final int priority;
  private final Set<CloudConnectionListener> connectionListeners = new CopyOnWriteArraySet<>();
  private final Set<CloudDeliveryListener> deliveryListeners = new CopyOnWriteArraySet<>();

  RigPublisher(RigCloud cloud, String appId, String appTopic, int qos, int priority) {
    this.cloud = cloud;
    this.appId = appId;
    this.appTopic = appTopic;
    this.qos = qos;
    this.priority = priority;
  }

  /** What Kura finds it by as a service. */
  public static Map<String, Object> properties(String pid) {
    return Map.of("kura.service.pid", pid);
  }

  public String appId() {
    return appId;
  }

  public int qos() {
    return qos;
  }

  public int priority() {
    return priority;
  }

  /** Who listens now, to whatever. */
  public List<Object> listeners() {
    return List.copyOf(
        Stream.concat(connectionListeners.stream(), deliveryListeners.stream()).toList());
  }

  Set<CloudConnectionListener> connectionListeners() {
    return connectionListeners;
  }

  Set<CloudDeliveryListener> deliveryListeners() {
    return deliveryListeners;
  }

  @Override
  public @Nullable String publish(KuraMessage message) throws KuraException {
    return cloud.take(this, topic(message), encoded(message.getPayload()));
  }

  /** A token without a property stays as it is; a value with a dollar or a backslash breaks it, both as with Kura. */
  private String topic(KuraMessage message) {
    var filled = TOKEN.matcher(appTopic).replaceAll(found -> {
      var value = message.getProperties().get(found.group(1));
      return value == null ? Matcher.quoteReplacement(found.group()) : value.toString();
    });
    return "account/client/" + appId + "/" + filled;
  }

  private static RigCloud.Content encoded(KuraPayload payload) {
    var metrics = new LinkedHashMap<String, Object>();
    for (var name : payload.metricNames()) {
      var value = payload.getMetric(name);
      if (value == null) {
        continue;
      }
      if (!ENCODABLE.contains(value.getClass())) {
        throw new IllegalArgumentException(
            "Kura cannot encode the metric " + name + " of " + value.getClass());
      }
      metrics.put(name, value);
    }
    return new RigCloud.Content(metrics, payload.getBody());
  }

  @Override
  public void registerCloudConnectionListener(CloudConnectionListener listener) {
    connectionListeners.add(listener);
  }

  @Override
  public void unregisterCloudConnectionListener(CloudConnectionListener listener) {
    connectionListeners.remove(listener);
  }

  @Override
  public void registerCloudDeliveryListener(CloudDeliveryListener listener) {
    deliveryListeners.add(listener);
  }

  @Override
  public void unregisterCloudDeliveryListener(CloudDeliveryListener listener) {
    deliveryListeners.remove(listener);
  }
}
