package org.kedge.kura.internal.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Uptime;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.api.Uplink.Connection;
import org.kedge.telemetry.api.Uplink.Handover;

@Timeout(60)
class KuraUplinkTest {
  private static final Uplink.Presence PRESENCE = new Uplink.Presence(new byte[0], new byte[0]);

  private final PublisherDouble publisher = new PublisherDouble();
  private final Heard heard = new Heard();
  private volatile Uptime now = Uptime.of(Duration.ofHours(1));
  private final KuraUplink uplink = new KuraUplink(
      publisher, () -> now, InstantSource.fixed(Instant.parse("2026-11-22T10:15:30Z")));

  // What is known of the connection.

  @Test
  void before_anything_is_heard_one_message_is_taken_and_its_confirmation_opens_the_way() {
    ready();
    taken(1);
    failed(2);
    refused();
    publisher.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
    ready();
    taken(2);
    taken(3);
  }

  @Test
  void that_the_connection_is_established_opens_the_way_too() {
    ready();
    taken(1);
    publisher.establish();
    taken(2);
    taken(3);
  }

  @Test
  void the_one_message_of_the_beginning_may_be_followed_by_another_after_a_quiet_time() {
    ready();
    taken(1);
    after(Duration.ofMinutes(5).minusSeconds(1));
    refused();
    after(Duration.ofSeconds(1));
    ready();
    taken(2);
    refused();
  }

  @Test
  void a_loss_is_told_once_and_connecting_waits_until_kura_is_connected_again() {
    established();
    publisher.lose();
    publisher.disconnect();
    assertThat(heard.lost).containsExactly("Kura has lost its connection");
    failed(1);
    assertThat(refused()).isEqualTo("Kura is disconnected");
    publisher.establish();
    ready();
    taken(1);
    assertThat(publisher.published).hasSize(1);
  }

  @Test
  void a_loss_while_nobody_is_connected_is_not_told() {
    established();
    publisher.lose();
    refused();
    publisher.lose();
    assertThat(heard.lost).hasSize(1);
  }

  @Test
  void should_the_news_of_the_connection_be_missed_a_message_is_tried_after_a_quiet_time() {
    established();
    publisher.lose();
    after(Duration.ofMinutes(5));
    ready();
    taken(1);
    failed(2);
    refused();
    publisher.confirm("1");
    ready();
    taken(2);
    taken(3);
  }

  @Test
  void a_late_confirmation_of_before_the_loss_is_told_but_does_not_pretend_a_connection() {
    established();
    taken(1);
    publisher.lose();
    publisher.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
    refused();
  }

  @Test
  void should_the_news_of_the_loss_be_missed_confirmations_that_do_not_come_stop_the_sending() {
    established();
    taken(1);
    after(uplink.pace().confirmation());
    assertThat(refused()).startsWith("no confirmation came within 120 s");
    publisher.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
    ready();
  }

  @Test
  void connecting_again_for_another_reason_doubts_nothing() {
    established();
    taken(1);
    after(Duration.ofSeconds(119));
    ready();
    taken(2);
    publisher.confirm("2");
    after(uplink.pace().confirmation());
    ready();
    after(uplink.pace().confirmation());
    ready();
  }

  // Quality of service 0.

  @Test
  void without_confirmations_everything_goes_on_its_way_and_nothing_is_waited_for() {
    publisher.qualityOfService = 0;
    ready();
    assertThat(hand(1)).isEqualTo(new Handover.Unconfirmable());
    assertThat(hand(2)).isEqualTo(new Handover.Unconfirmable());
    after(Duration.ofHours(1));
    ready();
    publisher.confirm("1");
    assertThat(heard.confirmed).isEmpty();
  }

  // Confirmations.

  @Test
  void a_confirmation_twice_is_told_once_and_none_is_told_for_nothing() {
    established();
    taken(1);
    taken(2);
    publisher.confirm("2");
    publisher.confirm("2");
    assertThat(heard.confirmed).containsExactly(2L);
  }

  @Test
  void confirmations_of_other_publishers_are_ignored() {
    established();
    taken(1);
    publisher.confirm(publisher.publishOfAnother());
    assertThat(heard.confirmed).isEmpty();
    publisher.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
  }

  @Test
  void a_confirmation_after_connecting_again_is_told_to_the_newest_ears() {
    established();
    taken(1);
    publisher.lose();
    publisher.establish();
    var newer = new Heard();
    assertThat(uplink.connect(PRESENCE, newer)).isEqualTo(new Connection.Ready());
    publisher.confirm("1");
    assertThat(newer.confirmed).containsExactly(1L);
    assertThat(heard.confirmed).isEmpty();
  }

  @Test
  void a_confirmation_from_inside_publish_is_not_lost() {
    established();
    publisher.whilePublishing = publisher::confirm;
    taken(1);
    assertThat(heard.confirmed).containsExactly(1L);
  }

  @Test
  void a_confirmation_on_another_thread_before_publish_returns_is_not_lost() {
    established();
    publisher.whilePublishing = id -> onAnotherThread(() -> publisher.confirm(id));
    taken(1);
    taken(2);
    assertThat(heard.confirmed).containsExactly(1L, 2L);
  }

  @Test
  void ids_that_begin_again_mean_the_newer_messages() {
    established();
    taken(1);
    taken(2);
    publisher.lose();
    publisher.restartIds();
    publisher.establish();
    ready();
    taken(3);
    publisher.confirm("1");
    assertThat(heard.confirmed).containsExactly(3L);
    publisher.confirm("1");
    assertThat(heard.confirmed).containsExactly(3L);
  }

  @Test
  void ids_that_begin_again_do_not_meet_what_others_were_confirmed_before() {
    established();
    publisher.confirm(publisher.publishOfAnother());
    publisher.restartIds();
    taken(1);
    assertThat(heard.confirmed).isEmpty();
  }

  @Test
  void a_message_handed_over_again_is_told_once() {
    established();
    taken(1);
    publisher.lose();
    publisher.establish();
    ready();
    taken(1);
    publisher.confirm("1");
    publisher.confirm("2");
    assertThat(heard.confirmed).containsExactly(1L);
  }

  // Failures of Kura.

  @Test
  void a_full_store_fails_and_waiting_helps() {
    established();
    publisher.isStoreFull = true;
    assertThat(failed(1)).contains("STORE_ERROR");
    publisher.isStoreFull = false;
    ready();
    taken(1);
  }

  @Test
  void a_missing_cloud_service_fails_and_waiting_helps() {
    established();
    publisher.isServiceThere = false;
    assertThat(failed(1)).contains("SERVICE_UNAVAILABLE");
    publisher.isServiceThere = true;
    ready();
    taken(1);
  }

  @Test
  void a_publisher_that_throws_whatever_fails_the_message_only() {
    established();
    taken(1);
    publisher.whilePublishing = id -> {
      publisher.confirm("1");
      throw new IllegalStateException("a metric of an unknown type");
    };
    assertThat(failed(2)).contains("a metric of an unknown type");
    assertThat(heard.confirmed).containsExactly(1L);
    publisher.whilePublishing = id -> {};
    ready();
    taken(2);
  }

  @Test
  void nothing_is_handed_over_unless_connected() {
    failed(1);
    assertThat(publisher.published).isEmpty();
  }

  // Threads.

  @Test
  void while_publish_blocks_kuras_threads_come_in_and_no_second_message_goes_out() {
    established();
    taken(1);
    var release = new CountDownLatch(1);
    var inside = new CountDownLatch(1);
    publisher.whilePublishing = id -> {
      inside.countDown();
      wait(release);
    };
    var outcome = new AtomicReference<Handover>();
    var handing = new Thread(() -> outcome.set(hand(2)));
    handing.start();
    wait(inside);

    publisher.confirm("1");
    publisher.lose();
    assertThat(heard.lost).hasSize(1);
    publisher.establish();
    assertThat(refused()).isEqualTo("Kura has not returned from taking the message before");

    release.countDown();
    await().until(() -> outcome.get() != null);
    assertThat(outcome.get()).isEqualTo(new Handover.Taken());
    assertThat(heard.confirmed).containsExactly(1L);
    publisher.confirm("2");
    assertThat(heard.confirmed).containsExactly(1L, 2L);
    ready();
  }

  @Test
  void closing_while_publish_blocks_ends_at_once_and_the_message_counts_as_failed() {
    established();
    var release = new CountDownLatch(1);
    var inside = new CountDownLatch(1);
    publisher.whilePublishing = id -> {
      inside.countDown();
      wait(release);
    };
    var outcome = new AtomicReference<Handover>();
    var handing = new Thread(() -> outcome.set(hand(1)));
    handing.start();
    wait(inside);
    uplink.close();
    assertThat(outcome.get()).isNull();
    release.countDown();
    await().until(() -> outcome.get() != null);
    assertThat(outcome.get()).isInstanceOf(Handover.Failed.class);
  }

  // Coming and going.

  @Test
  void closed_it_listens_no_more_and_connected_again_it_begins_anew() {
    established();
    taken(1);
    uplink.close();
    assertThat(publisher.connectionListeners).isEmpty();
    assertThat(publisher.deliveryListeners).isEmpty();
    failed(2);
    uplink.close();
    ready();
    publisher.confirm("1");
    assertThat(heard.confirmed).isEmpty();
    assertThat(heard.lost).isEmpty();
    taken(2);
  }

  @Test
  void it_listens_once_however_often_it_is_connected() {
    ready();
    ready();
    assertThat(publisher.connectionListeners).hasSize(1);
    assertThat(publisher.deliveryListeners).hasSize(1);
  }

  @Test
  void a_publisher_that_goes_is_told_as_a_loss_and_left_for_good() {
    established();
    uplink.retire();
    assertThat(heard.lost).containsExactly("Kura's publisher is gone");
    assertThat(publisher.connectionListeners).isEmpty();
    assertThat(publisher.deliveryListeners).isEmpty();
    assertThat(refused()).isEqualTo("Kura's publisher is gone");
    failed(1);
    uplink.retire();
    assertThat(heard.lost).hasSize(1);
    assertThat(publisher.connectionListeners).isEmpty();
  }

  @Test
  void what_kura_tells_after_it_was_left_is_ignored() {
    established();
    taken(1);
    var connection = publisher.connectionListeners.iterator().next();
    var delivery = publisher.deliveryListeners.iterator().next();
    uplink.close();
    connection.onConnectionLost();
    connection.onConnectionEstablished();
    delivery.onMessageConfirmed("1");
    assertThat(heard.lost).isEmpty();
    assertThat(heard.confirmed).isEmpty();
  }

  // The message.

  @Test
  void the_topic_of_the_publisher_can_use_the_subject() {
    publisher.topic = "$subject";
    established();
    taken(1);
    assertThat(publisher.topics).containsExactly("snapshot");
    assertThat(publisher.published.get(0).getProperties()).isEqualTo(Map.of("subject", "snapshot"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "$subject", "a\\b", "a/b", "+", "#", "Snapshot"})
  void a_subject_that_would_break_a_topic_is_a_bug(String subject) {
    established();
    assertThatThrownBy(() -> uplink.hand(new Uplink.Message(1, subject, new byte[0], false)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void its_pace_is_that_of_kuras_own_limit() {
    assertThat(uplink.name()).isEqualTo("kura");
    assertThat(uplink.pace())
        .isEqualTo(new Uplink.Pace(4, Duration.ofSeconds(1), Duration.ofSeconds(120)));
    established();
    uplink.tell(PRESENCE);
    assertThat(publisher.published).isEmpty();
  }

  private void established() {
    ready();
    publisher.establish();
  }

  private void ready() {
    assertThat(uplink.connect(PRESENCE, heard)).isEqualTo(new Connection.Ready());
  }

  private String refused() {
    var connection = uplink.connect(PRESENCE, heard);
    assertThat(connection).isInstanceOf(Connection.Refused.class);
    var refused = (Connection.Refused) connection;
    assertThat(refused.waitingHelps()).isTrue();
    return refused.why();
  }

  private void taken(long ticket) {
    assertThat(hand(ticket)).isEqualTo(new Handover.Taken());
  }

  private String failed(long ticket) {
    var handover = hand(ticket);
    assertThat(handover).isInstanceOf(Handover.Failed.class);
    var failed = (Handover.Failed) handover;
    assertThat(failed.waitingHelps()).isTrue();
    return failed.why();
  }

  private Handover hand(long ticket) {
    after(Duration.ofMillis(10));
    var body = "{\"sequence\":" + ticket + "}";
    return uplink.hand(
        new Uplink.Message(ticket, "snapshot", body.getBytes(StandardCharsets.UTF_8), false));
  }

  private void after(Duration span) {
    now = now.plus(span);
  }

  private static void onAnotherThread(Runnable work) {
    var thread = new Thread(work);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void wait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static final class Heard implements Uplink.Ears {
    final List<Long> confirmed = new CopyOnWriteArrayList<>();
    final List<String> lost = new CopyOnWriteArrayList<>();

    @Override
    public void confirmed(long ticket) {
      confirmed.add(ticket);
    }

    @Override
    public void lost(String why) {
      lost.add(why);
    }
  }
}
