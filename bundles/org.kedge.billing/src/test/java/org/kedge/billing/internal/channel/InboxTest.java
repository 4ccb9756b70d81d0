package org.kedge.billing.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.channel.Inbox.Item;

class InboxTest {
  private static final NeighbourId ONE = NeighbourId.ofKey(new byte[32]);
  private static final NeighbourId OTHER = NeighbourId.ofLink("wg1", "fe80::1");

  private final Inbox inbox = new Inbox();

  private static Item.Word word(NeighbourId from, int n) {
    return new Item.Word(from, "words", "{\"n\":" + n + "}", "");
  }

  @Test
  void what_came_first_is_told_first() {
    inbox.offer(word(ONE, 1));
    inbox.offer(word(OTHER, 2));
    assertThat(inbox.poll()).contains(word(ONE, 1));
    assertThat(inbox.poll()).contains(word(OTHER, 2));
    assertThat(inbox.poll()).isEmpty();
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void a_flood_finds_no_room_but_who_is_met_anew_always_does() {
    assertThat(IntStream.range(0, 1000).filter(n -> inbox.offer(word(ONE, n))).count())
        .isEqualTo(256);
    inbox.met(OTHER);
    assertThat(inbox.offer(word(OTHER, 1))).isFalse();
    inbox.poll();
    assertThat(inbox.offer(word(OTHER, 2))).isTrue();
    assertThat(inbox.offer(word(OTHER, 3))).isFalse();
  }

  @Test
  void who_is_met_anew_has_said_nothing_before() {
    inbox.offer(word(ONE, 1));
    inbox.offer(word(OTHER, 2));
    inbox.met(ONE);
    inbox.offer(word(ONE, 3));
    inbox.met(OTHER);
    inbox.met(OTHER);
    assertThat(inbox.poll()).contains(new Item.Met(ONE));
    assertThat(inbox.poll()).contains(word(ONE, 3));
    assertThat(inbox.poll()).contains(new Item.Met(OTHER));
    assertThat(inbox.isEmpty()).isTrue();
    assertThat(IntStream.range(0, 1000).filter(n -> inbox.offer(word(ONE, n))).count())
        .isEqualTo(256);
  }
}
