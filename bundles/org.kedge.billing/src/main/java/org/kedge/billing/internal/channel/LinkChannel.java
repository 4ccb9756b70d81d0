package org.kedge.billing.internal.channel;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.Lane;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.neighbour.Counts;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.care.api.Reading;

/**
 * The neighbour channel over UDP and link-local IPv6. Any thread. It opens by itself, and again after whatever went wrong; until then
 * there are no peers. Listeners are called on the lane.
 */
public final class LinkChannel implements NeighbourChannel, AutoCloseable {
  /** Hears what a neighbour says together with what proves it. */
  public interface Witness {
    /**
     * As {@link Listener#heard}.
     *
     * @param evidence the whole message as it came: a line with key and signature, and the line that is signed
     */
    void heard(NeighbourId from, String json, String evidence);

    /** As {@link Listener#met}. */
    default void met(NeighbourId neighbour) {}
  }

  /** Begins to open. */
  public LinkChannel(
      Lane lane,
      UptimeSource uptime,
      NodeId own,
      NodeKey key,
      Pins pins,
      int port,
      SecureRandom random) {}

  /** Takes the far ends that babeld hears right now; all others are not listened to. Names of interfaces are the kernel's. */
  public void heard(Set<LinkAddress> now) {
    throw new UnsupportedOperationException();
  }

  /** Unpins these keys, and listens to none of them from now on; replaces those named before. @param keys 43 characters each */
  public void forget(Set<String> keys) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<NeighbourId> peers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Sending send(NeighbourId to, String topic, String json) {
    throw new UnsupportedOperationException();
  }

  @Override
  public AutoCloseable listen(String topic, Listener listener) {
    throw new UnsupportedOperationException();
  }

  /** As {@link #listen}, where what was said has to be proven later. */
  public AutoCloseable witness(String topic, Witness witness) {
    throw new UnsupportedOperationException();
  }

  /** Who was met at which address since the channel began: pinned, and with a session then; heard now or not. */
  public Map<LinkAddress, NeighbourId> identities() {
    throw new UnsupportedOperationException();
  }

  /** What the neighbour calls itself; empty if it has not been met since the channel began. */
  public Optional<String> nameOf(NeighbourId neighbour) {
    throw new UnsupportedOperationException();
  }

  /** One reading of {@code NEIGHBOUR_KEY_CHANGED}. */
  public List<Reading> readings(Uptime now) {
    throw new UnsupportedOperationException();
  }

  public Counts counts() {
    throw new UnsupportedOperationException();
  }

  /** Ends at once; no listener is called once the lane's present task has ended. */
  @Override
  public void close() {}
}
