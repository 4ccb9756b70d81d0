package org.kedge.kura.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.kura.internal.core.Pending.Waiting;

class PendingTest {
  private final Pending pending = new Pending();

  @Test
  void a_confirmation_names_its_message_once() {
    hand("1", 100);
    assertThat(tickets(pending.confirmed("1"))).containsExactly(100L);
    assertThat(pending.confirmed("1")).isEmpty();
  }

  @Test
  void ids_of_others_mean_nothing() {
    hand("1", 100);
    assertThat(pending.confirmed("2")).isEmpty();
    assertThat(tickets(pending.confirmed("1"))).containsExactly(100L);
  }

  @Test
  void a_confirmation_that_comes_before_the_id_is_known_waits_for_it() {
    pending.begin();
    assertThat(pending.confirmed("1")).isEmpty();
    assertThat(tickets(pending.end("1", new Waiting(100, new Uptime(0))))).containsExactly(100L);
    assertThat(pending.confirmed("1")).isEmpty();
  }

  @Test
  void a_confirmation_of_an_older_message_while_one_is_handed_over_waits_too() {
    hand("1", 100);
    pending.begin();
    assertThat(pending.confirmed("1")).isEmpty();
    assertThat(tickets(pending.end("2", new Waiting(101, new Uptime(0))))).containsExactly(100L);
  }

  @Test
  void a_confirmation_while_one_is_handed_over_in_vain_is_not_lost() {
    hand("1", 100);
    pending.begin();
    assertThat(pending.confirmed("1")).isEmpty();
    assertThat(tickets(pending.end())).containsExactly(100L);
  }

  @Test
  void an_id_that_is_given_again_means_the_newer_message() {
    hand("1", 100);
    hand("1", 200);
    assertThat(tickets(pending.confirmed("1"))).containsExactly(200L);
    assertThat(pending.confirmed("1")).isEmpty();
  }

  @Test
  void an_id_that_is_given_again_and_confirmed_at_once_means_the_newer_message() {
    hand("1", 100);
    pending.begin();
    assertThat(pending.confirmed("1")).isEmpty();
    assertThat(tickets(pending.end("1", new Waiting(200, new Uptime(0))))).containsExactly(200L);
  }

  @Test
  void what_others_were_confirmed_long_ago_does_not_confirm_a_new_message() {
    assertThat(pending.confirmed("7")).isEmpty();
    pending.begin();
    assertThat(pending.confirmed("8")).isEmpty();
    assertThat(pending.end("1", new Waiting(100, new Uptime(0)))).isEmpty();
    pending.begin();
    assertThat(pending.end("7", new Waiting(101, new Uptime(0)))).isEmpty();
    pending.begin();
    assertThat(pending.end("8", new Waiting(102, new Uptime(0)))).isEmpty();
  }

  @Test
  void a_message_handed_over_twice_is_told_once_by_whichever_id_comes_first() {
    hand("1", 100);
    hand("2", 100);
    assertThat(tickets(pending.confirmed("2"))).containsExactly(100L);
    assertThat(pending.confirmed("1")).isEmpty();
  }

  @Test
  void of_too_many_the_oldest_are_given_up() {
    for (var i = 0; i < Pending.KEPT + 2; i++) {
      hand("id" + i, i);
    }
    assertThat(pending.confirmed("id0")).isEmpty();
    assertThat(pending.confirmed("id1")).isEmpty();
    assertThat(tickets(pending.confirmed("id2"))).containsExactly(2L);
    assertThat(tickets(pending.confirmed("id" + (Pending.KEPT + 1))))
        .containsExactly(Pending.KEPT + 1L);
  }

  @Test
  void an_id_that_is_given_again_is_as_young_as_its_newer_message() {
    hand("again", 0);
    for (var i = 1; i < Pending.KEPT; i++) {
      hand("id" + i, i);
    }
    hand("again", 1000);
    hand("one more", 1001);
    assertThat(tickets(pending.confirmed("again"))).containsExactly(1000L);
  }

  @Test
  void a_flood_of_others_while_one_is_handed_over_is_bounded_and_the_newest_are_kept() {
    pending.begin();
    assertThat(pending.confirmed("early")).isEmpty();
    for (var i = 0; i < Pending.MEANWHILE; i++) {
      assertThat(pending.confirmed("other" + i)).isEmpty();
    }
    assertThat(pending.end("early", new Waiting(100, new Uptime(0)))).isEmpty();
    pending.begin();
    for (var i = 0; i < Pending.MEANWHILE; i++) {
      assertThat(pending.confirmed("other" + i)).isEmpty();
    }
    assertThat(pending.confirmed("late")).isEmpty();
    assertThat(tickets(pending.end("late", new Waiting(101, new Uptime(0))))).containsExactly(101L);
  }

  @Test
  void what_waits_from_a_certain_time_is_known() {
    pending.begin();
    pending.end("1", new Waiting(100, new Uptime(50)));
    assertThat(pending.isWaiting(new Uptime(50), new Uptime(50))).isTrue();
    assertThat(pending.isWaiting(new Uptime(51), new Uptime(99))).isFalse();
    assertThat(pending.isWaiting(new Uptime(0), new Uptime(49))).isFalse();
  }

  private void hand(String id, long ticket) {
    pending.begin();
    assertThat(pending.end(id, new Waiting(ticket, new Uptime(0)))).isEmpty();
  }

  private static List<Long> tickets(List<Waiting> confirmed) {
    return confirmed.stream().map(Waiting::ticket).toList();
  }
}
