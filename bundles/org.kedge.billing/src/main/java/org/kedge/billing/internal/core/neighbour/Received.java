package org.kedge.billing.internal.core.neighbour;

import java.util.Optional;
import org.kedge.base.api.NodeId;
import org.kedge.billing.api.NeighbourId;

/** What came of a message. */
public sealed interface Received {
  /** It changed nothing. */
  record Dropped(Drop reason) implements Received {}

  /** The neighbour is still there. */
  record Kept() implements Received {}

  /** Somebody asks who is there; nothing else is changed by that. */
  record Asked(Saying answer) implements Received {}

  /**
   * A session began.
   *
   * @param isMet whether it is news: it is not where the same run of the neighbour talks on another link already
   * @param isPinned whether the key was not known here before
   * @param unpinned whose key is remembered no longer, for want of room
   */
  record Began(
      NeighbourId neighbour,
      NodeId name,
      boolean isMet,
      boolean isPinned,
      Optional<LinkAddress> unpinned,
      Saying answer)
      implements Received {}

  /** Something for a listener. */
  record Heard(NeighbourId from, String topic, String json) implements Received {}
}
