package org.kedge.billing.internal.channel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.care.api.Reading;

/** What billing itself asks of the channel, beside what all may ask. */
public interface Neighbours extends NeighbourChannel {
  /** Takes the far ends that babeld hears right now; all others are not listened to. Names of interfaces are the kernel's. */
  void heard(Set<LinkAddress> now);

  /** Who is pinned at which address that is heard, and who was met at which since the channel began. */
  Map<LinkAddress, NeighbourId> identities();

  /** What the neighbour calls itself; empty if it has not been met since the channel began. */
  Optional<String> nameOf(NeighbourId neighbour);

  /** As {@link #listen}, where what was said has to be proven later. */
  Listening witness(String topic, Witness witness);

  /** One reading of {@code NEIGHBOUR_KEY_CHANGED}. */
  List<Reading> readings(Uptime now);

  /** Hears what a neighbour says together with what proves it. */
  interface Witness {
    /**
     * As {@link Listener#heard}.
     *
     * @param evidence the whole message as it came: a line with key and signature, and the line that is signed
     */
    void heard(NeighbourId from, String json, String evidence);

    /** As {@link Listener#met}. */
    default void met(NeighbourId neighbour) {}
  }
}
