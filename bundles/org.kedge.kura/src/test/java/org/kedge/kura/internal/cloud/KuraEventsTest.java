package org.kedge.kura.internal.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kedge.base.api.Uptime;
import org.kedge.sim.kura.RigCloud;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.api.Uplink.Connection;
import org.kedge.telemetry.api.Uplink.Handover;

/** Two publishers: one for what is urgent. */
@Timeout(60)
class KuraEventsTest {
  private static final Uplink.Presence PRESENCE = new Uplink.Presence(new byte[0], new byte[0]);

  private final PublisherDouble normal = new PublisherDouble();
  private final PublisherDouble events = new PublisherDouble();
  private final KuraUplinkTest.Heard heard = new KuraUplinkTest.Heard();
  private volatile Uptime now = Uptime.of(Duration.ofHours(1));
  private final KuraUplink uplink =
      new KuraUplink(normal, () -> now, InstantSource.fixed(Instant.parse("2026-11-22T10:15:30Z")));

  @BeforeEach
  void theEventPublisherIsThere() {
    uplink.useForEvents(events, false);
  }

  // Which way.

  @Test
  void what_is_urgent_leaves_by_the_event_publisher_and_the_rest_by_the_other() {
    established();
    taken(1, true);
    taken(2, false);
    taken(3, true);
    assertThat(events.topics).containsExactly("event", "event");
    assertThat(normal.topics).containsExactly("snapshot");
  }

  @Test
  void without_an_event_publisher_all_leaves_by_the_other() {
    uplink.leaveForEvents(events);
    established();
    taken(1, true);
    assertThat(normal.topics).containsExactly("event");
  }

  @Test
  void an_event_publisher_that_comes_later_is_used_without_connecting_again() {
    uplink.leaveForEvents(events);
    established();
    taken(1, true);
    uplink.useForEvents(events, false);
    taken(2, true);
    events.confirm("1");
    assertThat(heard.confirmed).containsExactly(2L);
    assertThat(heard.lost).isEmpty();
  }

  @Test
  void before_anything_is_heard_one_message_is_tried_on_each_way() {
    ready();
    taken(1, true);
    taken(2, true);
    assertThat(events.published).hasSize(1);
    assertThat(normal.published).hasSize(1);
    assertThat(hand(3, true)).isInstanceOf(Handover.Failed.class);
    assertThat(uplink.connect(PRESENCE, heard)).isInstanceOf(Connection.Refused.class);
    normal.confirm("1");
    events.confirm("1");
    ready();
    taken(3, true);
    taken(4, true);
    assertThat(events.published).hasSize(3);
  }

  // Confirmations.

  @Test
  void equal_ids_of_two_connections_are_told_apart() {
    established();
    taken(1, false);
    taken(2, true);
    normal.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
    events.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L, 2L);
  }

  @Test
  void on_one_connection_each_hears_the_ids_of_the_other_and_takes_its_own() {
    // As one store gives them: both publishers tell all of them.
    established();
    events.publishOfAnother();
    taken(1, false);
    taken(2, true);
    events.confirm("1");
    normal.confirm("2");
    assertThat(heard.confirmed).isEmpty();
    normal.confirm("1");
    events.confirm("2");
    assertThat(heard.confirmed).containsExactly(1L, 2L);
  }

  @Test
  void events_need_no_confirmation_where_their_publisher_gives_none() {
    events.qualityOfService = 0;
    established();
    assertThat(hand(1, true)).isEqualTo(new Handover.Unconfirmable());
    taken(2, false);
    assertThat(events.published).hasSize(1);
  }

  // Connections.

  @Test
  void the_other_publisher_alone_decides_whether_there_is_a_connection() {
    established();
    normal.lose();
    assertThat(heard.lost).hasSize(1);
    assertThat(hand(1, true)).isInstanceOf(Handover.Failed.class);
    events.establish();
    assertThat(uplink.connect(PRESENCE, heard)).isInstanceOf(Connection.Refused.class);
    normal.establish();
    ready();
    taken(1, true);
    assertThat(events.published).hasSize(1);
  }

  @Test
  void while_the_event_publisher_is_known_to_be_cut_off_events_leave_by_the_other() {
    established();
    events.lose();
    assertThat(heard.lost).isEmpty();
    taken(1, true);
    after(Duration.ofHours(1));
    taken(2, true);
    assertThat(events.published).isEmpty();
    assertThat(normal.published).hasSize(2);
    events.establish();
    taken(3, true);
    assertThat(events.published).hasSize(1);
  }

  @Test
  void an_event_that_is_never_confirmed_leaves_by_the_other_once_it_is_overdue() {
    established();
    taken(1, true);
    after(uplink.pace().confirmation());
    ready();
    taken(1, true);
    assertThat(events.published).hasSize(1);
    assertThat(normal.published).hasSize(1);
    normal.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
    // What was stored there is sent at last: it works again.
    events.confirm("1");
    taken(2, true);
    assertThat(events.published).hasSize(2);
  }

  // Failures of Kura.

  @Test
  void an_event_that_its_publisher_does_not_take_leaves_by_the_other_at_once() {
    established();
    events.isServiceThere = false;
    taken(1, true);
    assertThat(normal.topics).containsExactly("event");
    normal.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
    events.isServiceThere = true;
    taken(2, true);
    assertThat(events.published).hasSize(1);
  }

  @Test
  void an_event_that_neither_takes_fails() {
    established();
    events.isServiceThere = false;
    normal.isStoreFull = true;
    assertThat(hand(1, true))
        .isInstanceOfSatisfying(
            Handover.Failed.class, failed -> assertThat(failed.why()).contains("STORE_ERROR"));
    assertThat(hand(1, true)).as("connected again first").isInstanceOf(Handover.Failed.class);
    assertThat(normal.published).isEmpty();
  }

  @Test
  void an_event_publisher_that_blocks_holds_back_no_other_message() {
    established();
    var release = new CountDownLatch(1);
    var inside = new CountDownLatch(1);
    events.whilePublishing = id -> {
      inside.countDown();
      KuraUplinkTest.wait(release);
    };
    var outcome = new AtomicReference<Handover>();
    var handing = new Thread(() -> outcome.set(hand(1, true)));
    handing.start();
    KuraUplinkTest.wait(inside);
    taken(2, false);
    taken(3, true);
    assertThat(normal.topics).containsExactly("snapshot", "event");
    release.countDown();
    await().until(() -> outcome.get() != null);
    assertThat(outcome.get()).isEqualTo(new Handover.Taken());
  }

  // Coming and going.

  @Test
  void an_event_publisher_that_goes_has_what_it_owes_handed_over_again_at_once() {
    established();
    taken(1, true);
    uplink.leaveForEvents(events);
    assertThat(heard.lost).containsExactly("Kura's publisher for events is gone");
    assertThat(events.connectionListeners).isEmpty();
    assertThat(events.deliveryListeners).isEmpty();
    ready();
    taken(1, true);
    assertThat(normal.topics).containsExactly("event");
  }

  @Test
  void an_event_publisher_that_goes_and_owes_nothing_goes_unnoticed() {
    established();
    taken(1, true);
    events.confirm("1");
    uplink.leaveForEvents(events);
    assertThat(heard.lost).isEmpty();
    taken(2, true);
  }

  @Test
  void a_replacement_is_used_and_its_predecessor_left() {
    established();
    var newer = new PublisherDouble();
    uplink.useForEvents(newer, false);
    uplink.leaveForEvents(events);
    assertThat(events.connectionListeners).isEmpty();
    taken(1, true);
    assertThat(newer.published).hasSize(1);
  }

  @Test
  void closed_or_retired_it_listens_to_neither() {
    established();
    assertThat(events.deliveryListeners).hasSize(1);
    uplink.close();
    assertThat(events.connectionListeners).isEmpty();
    assertThat(events.deliveryListeners).isEmpty();
    established();
    assertThat(events.deliveryListeners).hasSize(1);
    uplink.retire();
    assertThat(events.connectionListeners).isEmpty();
    assertThat(events.deliveryListeners).isEmpty();
    assertThat(normal.deliveryListeners).isEmpty();
  }

  // Over one connection of Kura's.

  @Test
  void an_event_passes_by_what_waits_for_kuras_limit() {
    var cloud = new RigCloud();
    var over = over(cloud);
    assertThat(over.connect(PRESENCE, heard)).isEqualTo(new Connection.Ready());
    cloud.establish();
    for (var ticket = 1; ticket <= 3; ticket++) {
      assertThat(over.hand(message(ticket, false))).isEqualTo(new Handover.Taken());
    }
    assertThat(over.hand(message(4, true))).isEqualTo(new Handover.Taken());
    assertThat(cloud.sent())
        .extracting(RigCloud.Sent::topic)
        .as("within the same second")
        .containsExactly("account/client/KEDGE-V1/snapshot", "account/client/KEDGE-V1/event");
    assertThat(heard.confirmed).containsExactly(1L, 4L);
    cloud.advance(Duration.ofSeconds(2));
    assertThat(heard.confirmed).containsExactly(1L, 4L, 2L, 3L);
  }

  @Test
  void confirmations_twice_and_a_restart_of_kura_confirm_nothing_that_did_not_arrive() {
    var cloud = new RigCloud().confirming(RigCloud.Confirming.NOT);
    var over = over(cloud);
    assertThat(over.connect(PRESENCE, heard)).isEqualTo(new Connection.Ready());
    cloud.establish();
    over.hand(message(1, false));
    over.hand(message(2, true));
    cloud.restart();
    cloud.establish();
    cloud.confirming(RigCloud.Confirming.TWICE);
    assertThat(over.connect(PRESENCE, heard)).isEqualTo(new Connection.Ready());
    over.hand(message(2, true));
    assertThat(heard.confirmed).containsExactly(2L);
    over.hand(message(1, false));
    cloud.advance(Duration.ofSeconds(1));
    assertThat(heard.confirmed).containsExactly(2L, 1L);
  }

  @Test
  void an_event_publisher_that_goes_from_a_shared_connection_is_still_heard_of() {
    var cloud = new RigCloud().confirming(RigCloud.Confirming.NOT);
    var urgent = cloud.publisher("KEDGE-V1", "$subject", 1, 1);
    var over = over(cloud);
    over.useForEvents(urgent, true);
    assertThat(over.connect(PRESENCE, heard)).isEqualTo(new Connection.Ready());
    cloud.establish();
    over.hand(message(1, true));
    over.leaveForEvents(urgent);
    assertThat(urgent.listeners()).isEmpty();
    cloud.confirmAll();
    assertThat(heard.confirmed).containsExactly(1L);
    assertThat(heard.lost).isEmpty();
  }

  @Test
  void one_publisher_chosen_for_both_is_used_for_both() {
    uplink.useForEvents(normal, true);
    established();
    taken(1, true);
    taken(2, false);
    assertThat(normal.topics).containsExactly("event", "snapshot");
    assertThat(normal.deliveryListeners).hasSize(1);
    uplink.leaveForEvents(normal);
    assertThat(normal.deliveryListeners).hasSize(1);
    normal.confirm("1");
    assertThat(heard.confirmed).containsExactly(1L);
  }

  private KuraUplink over(RigCloud cloud) {
    var over = new KuraUplink(
        cloud.publisher("KEDGE-V1", "$subject", 1, 7),
        () -> now,
        InstantSource.fixed(Instant.parse("2026-11-22T10:15:30Z")));
    over.useForEvents(cloud.publisher("KEDGE-V1", "$subject", 1, 1), true);
    return over;
  }

  private void established() {
    ready();
    normal.establish();
    events.establish();
  }

  private void ready() {
    assertThat(uplink.connect(PRESENCE, heard)).isEqualTo(new Connection.Ready());
  }

  private void taken(long ticket, boolean isUrgent) {
    assertThat(hand(ticket, isUrgent)).isEqualTo(new Handover.Taken());
  }

  private Handover hand(long ticket, boolean isUrgent) {
    after(Duration.ofMillis(10));
    return uplink.hand(message(ticket, isUrgent));
  }

  private static Uplink.Message message(long ticket, boolean isUrgent) {
    var body = "{\"sequence\":" + ticket + "}";
    return new Uplink.Message(
        ticket, isUrgent ? "event" : "snapshot", body.getBytes(StandardCharsets.UTF_8), isUrgent);
  }

  private void after(Duration span) {
    now = now.plus(span);
  }
}
