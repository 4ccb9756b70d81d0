package org.kedge.billing.internal.channel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.kedge.billing.api.NeighbourId;

/** What waits to be told to listeners, oldest first. Any thread. */
final class Inbox {
  /** Some seconds of all that a few neighbours may say. */
  private static final int MOST = 256;

  private final Deque<Item> items = new ArrayDeque<>();
  private int words;

  /** One thing to tell. */
  sealed interface Item {
    NeighbourId from();

    record Met(NeighbourId from) implements Item {}

    record Word(NeighbourId from, String topic, String json, String evidence) implements Item {}
  }

  /** @return false if there is no room */
  synchronized boolean offer(Item.Word word) {
    if (words == MOST) {
      return false;
    }
    words++;
    items.add(word);
    return true;
  }

  /** Always has room: it stands for all that the neighbour said before, which is of no use any more. */
  synchronized void met(NeighbourId neighbour) {
    items.removeIf(item -> item.from().equals(neighbour));
    items.add(new Item.Met(neighbour));
    words = Math.toIntExact(items.stream().filter(Item.Word.class::isInstance).count());
  }

  synchronized Optional<Item> poll() {
    var item = items.poll();
    if (item instanceof Item.Word) {
      words--;
    }
    return Optional.ofNullable(item);
  }

  synchronized boolean isEmpty() {
    return items.isEmpty();
  }
}
