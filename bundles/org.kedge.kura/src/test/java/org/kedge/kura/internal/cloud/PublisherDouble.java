package org.kedge.kura.internal.cloud;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.kura.KuraErrorCode;
import org.eclipse.kura.KuraException;
import org.eclipse.kura.cloudconnection.listener.CloudConnectionListener;
import org.eclipse.kura.cloudconnection.listener.CloudDeliveryListener;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.eclipse.kura.message.KuraPayload;
import org.jspecify.annotations.Nullable;

/**
 * A publisher that behaves as Kura's do: stores what it is given, connected or not; gives ids of its store, none at quality of
 * service 0; confirms when the test says so, to every listener, whoever published; encodes at once, so that a metric of a type it
 * does not know fails the whole message. Any thread.
 */
final class PublisherDouble implements CloudPublisher {
  private static final Pattern TOKEN = Pattern.compile("\\$([^\\s/]+)");

  final List<KuraMessage> published = new CopyOnWriteArrayList<>();
  final List<byte[]> encoded = new CopyOnWriteArrayList<>();
  final List<String> topics = new CopyOnWriteArrayList<>();
  final Set<CloudConnectionListener> connectionListeners = new CopyOnWriteArraySet<>();
  final Set<CloudDeliveryListener> deliveryListeners = new CopyOnWriteArraySet<>();
  volatile int qualityOfService = 1;
  volatile boolean isServiceThere = true;
  volatile boolean isStoreFull;
  volatile boolean isGzipped = true;
  volatile String topic = "$subject";

  /** Done with the id while publish has not returned yet. */
  volatile Consumer<String> whilePublishing = id -> {};

  private int lastId;

  @Override
  @SuppressWarnings("NullAway") // Kura gives null where no confirmation will come
  public @Nullable String publish(KuraMessage message) throws KuraException {
    if (!isServiceThere) {
      throw new KuraException(KuraErrorCode.SERVICE_UNAVAILABLE);
    }
    var filled = fill(topic, message.getProperties());
    var bytes = KuraEncoder.encode(message.getPayload(), isGzipped);
    if (isStoreFull) {
      throw new KuraException(KuraErrorCode.STORE_ERROR);
    }
    String id;
    synchronized (this) {
      lastId++;
      id = String.valueOf(lastId);
      published.add(message);
      encoded.add(bytes);
      topics.add(filled);
    }
    whilePublishing.accept(id);
    return qualityOfService == 0 ? null : id;
  }

  /** Another publisher of the same connection stores a message. */
  synchronized String publishOfAnother() {
    lastId++;
    return String.valueOf(lastId);
  }

  /** The store is made anew. */
  synchronized void restartIds() {
    lastId = 0;
  }

  void confirm(String id) {
    deliveryListeners.forEach(listener -> listener.onMessageConfirmed(id));
  }

  void establish() {
    connectionListeners.forEach(CloudConnectionListener::onConnectionEstablished);
  }

  void lose() {
    connectionListeners.forEach(CloudConnectionListener::onConnectionLost);
  }

  void disconnect() {
    connectionListeners.forEach(CloudConnectionListener::onDisconnected);
  }

  KuraPayload lastPayload() {
    return published.get(published.size() - 1).getPayload();
  }

  /** A token without a property stays as it is; one in a value would be replaced again, or break. */
  private static String fill(String template, Map<String, Object> properties) {
    var matcher = TOKEN.matcher(template);
    var filled = new StringBuilder();
    while (matcher.find()) {
      var value = Optional.ofNullable(properties.get(matcher.group(1)));
      if (value.isPresent()) {
        matcher.appendReplacement(filled, value.get().toString());
      }
    }
    matcher.appendTail(filled);
    return filled.toString();
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
