package org.kedge.billing.internal.core.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.NodeId;
import org.kedge.billing.internal.core.neighbour.Street.House;
import org.kedge.billing.internal.core.neighbour.Street.Parcel;

class NeighbourhoodTest {
  private static final LinkAddress TO_B = new LinkAddress("wg1", "fe80::b");
  private static final LinkAddress TO_A = new LinkAddress("wg7", "fe80::a");
  private static final LinkAddress TO_B_BY_RADIO = new LinkAddress("mesh0", "fe80::bb");
  private static final LinkAddress TO_A_BY_RADIO = new LinkAddress("mesh0", "fe80::aa");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private Street street = new Street(1);
  private House a = street.house("a");
  private House b = street.house("b");

  private void setUp(long seed) {
    street = new Street(seed);
    a = street.house("a");
    b = street.house("b");
  }

  private void joined() {
    street.join(a, TO_B, b, TO_A);
    street.pass(SECOND);
    assertThat(a.hood.peers(street.now)).containsExactly(b.id());
    assertThat(b.hood.peers(street.now)).containsExactly(a.id());
  }

  @Test
  void two_that_hear_each_other_meet_within_a_second_once_by_key_and_name() {
    joined();

    assertThat(a.met).containsExactly(b.id());
    assertThat(b.met).containsExactly(a.id());
    assertThat(a.hood.nameOf(b.id()).orElseThrow().value()).isEqualTo("b");
    assertThat(a.hood.identities()).isEqualTo(Map.of(TO_B, b.id()));
    assertThat(a.pins.keyAt(TO_B)).contains(b.key);
    assertThat(street.everything).hasSizeLessThanOrEqualTo(6);
  }

  @Test
  void what_is_told_arrives_once_and_in_order_and_only_at_who_listens_on_that_link() {
    joined();
    assertThat(a.tell(b, "{\"n\":1}")).isTrue();
    street.pass(SECOND);
    assertThat(a.tell(b, "{\"n\":2}")).isTrue();
    street.pass(SECOND);
    assertThat(b.words).containsExactly(a.id() + " {\"n\":1}", a.id() + " {\"n\":2}");
    assertThat(a.words).isEmpty();
  }

  @Test
  void a_quiet_morning_costs_one_hello_in_half_a_minute_each_way_and_nobody_is_met_again() {
    joined();
    var before = street.everything.size();
    street.pass(Duration.ofHours(6));
    assertThat(street.everything.size() - before).isBetween(1425, 1450);
    assertThat(a.met).hasSize(1);
    assertThat(b.met).hasSize(1);
  }

  @Test
  void after_a_restart_of_either_both_meet_again_and_what_was_said_before_is_worthless() {
    joined();
    a.tell(b, "{\"old\":1}");
    street.pass(SECOND);
    var before = List.copyOf(street.everything);

    a.restart();
    street.pass(Duration.ofSeconds(10));
    assertThat(a.met).hasSize(2);
    assertThat(b.met).hasSize(2);

    b.restart();
    street.pass(Duration.ofSeconds(10));
    assertThat(a.met).hasSize(3);
    assertThat(b.met).hasSize(3);
    b.words.clear();
    before.forEach(parcel -> {
      street.house(parcel.house()).take(parcel);
      street.pass(SECOND);
    });
    assertThat(b.words).isEmpty();
    assertThat(a.met).hasSize(3);
    assertThat(b.met).hasSize(3);
    assertThat(a.tell(b, "{\"new\":1}")).isTrue();
    street.pass(SECOND);
    assertThat(b.words).containsExactly(a.id() + " {\"new\":1}");
  }

  @Test
  void a_neighbour_that_falls_silent_is_no_peer_after_three_lost_hellos_and_met_when_it_is_back() {
    joined();
    street.lossPercent = 100;
    street.pass(Duration.ofSeconds(94));
    assertThat(a.hood.peers(street.now)).hasSize(1);
    street.pass(MINUTE);
    assertThat(a.hood.peers(street.now)).isEmpty();
    assertThat(a.tell(b, "{}")).isFalse();
    assertThat(a.hood.identities()).containsEntry(TO_B, b.id());

    street.lossPercent = 0;
    street.pass(Duration.ofSeconds(6));
    assertThat(a.met).hasSize(2);
    assertThat(b.met).hasSize(2);
  }

  @Test
  void
      who_is_not_heard_by_babel_is_neither_listened_to_nor_talked_to_but_a_moment_of_that_ends_nothing() {
    joined();
    a.hears();
    assertThat(a.hood.peers(street.now)).isEmpty();
    assertThat(a.tell(b, "{}")).isFalse();
    b.tell(a, "{}");
    street.pass(SECOND);
    assertThat(a.words).isEmpty();
    assertThat(a.dropped).containsKey(Drop.NOT_HEARD);

    a.hears(TO_B);
    assertThat(a.tell(b, "{}")).isTrue();
    street.pass(SECOND);
    assertThat(b.words).hasSize(1);
    assertThat(a.met).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 30, 50})
  void over_links_that_lose_double_and_reorder_nothing_comes_twice_or_out_of_order_and_they_meet(
      int loss) {
    for (var seed = 1; seed <= 25; seed++) {
      setUp(seed);
      street.lossPercent = loss;
      street.doublePercent = 30;
      street.delayMost = Duration.ofSeconds(3);
      street.join(a, TO_B, b, TO_A);
      for (var n = 1; n <= 200; n++) {
        a.tell(b, "" + n);
        street.pass(SECOND);
        if (street.random.nextInt(100) == 0) {
          (street.random.nextBoolean() ? a : b).restart();
        }
      }
      var told = b.words.stream()
          .map(word -> Integer.parseInt(word.substring(word.indexOf(' ') + 1)))
          .toList();
      assertThat(told).as("seed %d, loss %d %%", seed, loss).isSorted().doesNotHaveDuplicates();
      street.lossPercent = 0;
      street.doublePercent = 0;
      street.delayMost = Duration.ZERO;
      street.pass(Duration.ofSeconds(110));
      b.words.clear();
      assertThat(a.tell(b, "{}")).as("seed %d", seed).isTrue();
      street.pass(SECOND);
      assertThat(b.words).as("seed %d", seed).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void who_hears_everything_and_sends_it_again_changes_nothing(long seed) {
    setUp(seed);
    joined();
    for (var round = 0; round < 300; round++) {
      for (var n = 0; n < 8; n++) {
        street.send(street.everything.get(street.random.nextInt(street.everything.size())));
      }
      if (round % 100 == 50) {
        (street.random.nextBoolean() ? a : b).restart();
        street.pass(Duration.ofSeconds(20));
      }
      a.tell(b, "" + round);
      street.pass(SECOND);
    }
    // Once at the beginning and once after each restart.
    assertThat(a.met).hasSize(4);
    assertThat(b.met).hasSize(4);
    assertThat(b.words).doesNotHaveDuplicates().hasSizeGreaterThan(250);
    assertThat(a.words).isEmpty();
    assertThat(a.hood.keyTrouble(street.now)).isEmpty();
    assertThat(a.dropped).containsKeys(Drop.STALE, Drop.OLD);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void a_stranger_that_says_anything_made_of_all_that_was_ever_said_gets_no_word_in(long seed) {
    setUp(seed);
    joined();
    var key = "s".repeat(43);
    for (var n = 0; n < 5000; n++) {
      var parcel = any();
      a.take(new Parcel(
          "a",
          TO_B,
          key,
          new Message(
              any().message().from(),
              any().message().to(),
              any().message().session(),
              any().message().echo(),
              1 + street.random.nextInt(1000),
              street.random.nextBoolean()
                  ? parcel.message().content()
                  : new Message.Word("words", "{}"))));
      if (n % 10 == 0) {
        street.pass(SECOND);
      }
    }
    assertThat(a.words).isEmpty();
    assertThat(a.met).hasSize(1);
    assertThat(a.hood.peers(street.now)).containsExactly(b.id());
    assertThat(a.hood.identities()).isEqualTo(Map.of(TO_B, b.id()));
    assertThat(a.pins.keyAt(TO_B)).contains(b.key);
    assertThat(a.dropped).containsKeys(Drop.OTHER_KEY, Drop.STALE, Drop.OTHER_ADDRESS);
    assertThat(a.hood.keyTrouble(street.now).orElseThrow()).contains("was heard as well");
    assertThat(b.met).hasSize(1);
  }

  private Parcel any() {
    return street.everything.get(street.random.nextInt(street.everything.size()));
  }

  @Test
  void what_was_said_on_one_link_is_worthless_on_another_even_between_the_same_addresses() {
    joined();
    var twinOfB = new LinkAddress("mesh0", "fe80::b");
    var twinOfA = new LinkAddress("mesh0", "fe80::a");
    street.join(a, twinOfB, b, twinOfA);
    street.pass(SECOND);
    a.tell(b, "{}");
    street.pass(SECOND);
    b.words.clear();
    b.dropped.clear();
    for (var parcel : List.copyOf(street.everything)) {
      if (parcel.house().equals("b")) {
        var other = parcel.from().equals(TO_A) ? twinOfA : TO_A;
        b.take(new Parcel("b", other, parcel.key(), parcel.message()));
      }
    }
    assertThat(b.words).isEmpty();
    assertThat(b.met).hasSize(1);
    assertThat(b.dropped).containsOnlyKeys(Drop.STALE);
  }

  @Test
  void a_neighbour_on_two_links_is_one_met_once_and_reached_over_what_is_left() {
    joined();
    street.join(a, TO_B_BY_RADIO, b, TO_A_BY_RADIO);
    street.pass(SECOND);
    assertThat(a.met).hasSize(1);
    assertThat(a.hood.peers(street.now)).containsExactly(b.id());
    assertThat(a.hood.ways(b.id(), street.now)).containsExactly(TO_B_BY_RADIO, TO_B);
    assertThat(a.hood.identities()).isEqualTo(Map.of(TO_B, b.id(), TO_B_BY_RADIO, b.id()));

    a.hears(TO_B);
    assertThat(a.hood.ways(b.id(), street.now)).containsExactly(TO_B);
    a.hears(TO_B, TO_B_BY_RADIO);
    b.restart();
    street.pass(Duration.ofSeconds(10));
    assertThat(a.met).as("once more for both links").hasSize(2);
    assertThat(b.met).hasSize(2);
  }

  @Test
  void another_key_at_a_pinned_address_is_told_with_both_keys_and_gets_no_session() {
    joined();
    var impostor = impostor();
    street.pass(MINUTE);

    assertThat(impostor.met).as("it believes that it met somebody").isNotEmpty();
    assertThat(a.hood.peers(street.now)).containsExactly(b.id());
    assertThat(a.hood.identities()).isEqualTo(Map.of(TO_B, b.id()));
    assertThat(a.words).isEmpty();
    assertThat(a.dropped).containsKey(Drop.OTHER_KEY);
    assertThat(a.hood.keyTrouble(street.now).orElseThrow())
        .contains("fe80::b on wg1", b.key, impostor.key, "has not been heard since");
  }

  /** Takes the place of b on the link. */
  private House impostor() {
    var impostor = street.house("m");
    street.join(a, TO_B, impostor, TO_A);
    return impostor;
  }

  @Test
  void a_changed_key_stays_a_fault_after_a_restart_until_the_old_one_is_forgotten() {
    joined();
    var other = impostor();
    a.restart();
    street.pass(Duration.ofMinutes(5));
    assertThat(a.hood.peers(street.now)).isEmpty();
    assertThat(a.hood.keyTrouble(street.now)).isPresent();

    assertThat(a.hood.forget(Set.of(b.key), street.now)).isTrue();
    assertThat(a.hood.keyTrouble(street.now)).isEmpty();
    street.pass(Duration.ofSeconds(6));
    assertThat(a.hood.peers(street.now)).containsExactly(other.id());
    assertThat(a.pins.keyAt(TO_B)).contains(other.key);
    assertThat(a.hood.forget(Set.of(b.key), street.now))
        .as("for the second time")
        .isFalse();
  }

  @Test
  void a_key_that_was_forgotten_loses_its_session_and_is_not_listened_to_again() {
    joined();
    a.hood.forget(Set.of(b.key), street.now);
    assertThat(a.hood.peers(street.now)).isEmpty();
    assertThat(a.hood.identities()).isEmpty();
    street.pass(MINUTE);
    assertThat(a.hood.peers(street.now)).isEmpty();
    assertThat(a.dropped).containsKey(Drop.FORGOTTEN_KEY);
  }

  @Test
  void a_passer_by_with_another_key_is_forgotten_a_minute_after_the_known_key_is_alone_again() {
    joined();
    impostor();
    street.pass(Duration.ofSeconds(10));
    street.join(a, TO_B, b, TO_A);
    b.restart();
    street.pass(Duration.ofSeconds(50));
    assertThat(a.hood.keyTrouble(street.now).orElseThrow()).contains("was heard as well");
    street.pass(MINUTE);
    assertThat(a.hood.keyTrouble(street.now)).isEmpty();
  }

  @Test
  void many_changed_keys_are_told_in_few_words() {
    for (var n = 1; n <= 5; n++) {
      var far = new LinkAddress("wg" + n, "fe80::b" + n);
      var near = new LinkAddress("wg1", "fe80::a" + n);
      street.join(a, far, street.house("b" + n), near);
      street.pass(SECOND);
      street.join(a, far, street.house("m" + n), near);
    }
    street.pass(MINUTE);
    assertThat(a.hood.keyTrouble(street.now).orElseThrow())
        .endsWith("; and 2 more")
        .hasSizeLessThan(900);
  }

  @Test
  void messages_for_others_and_from_oneself_and_out_of_nowhere_are_dropped_each_for_its_reason() {
    joined();
    var good = last("a");
    var message = good.message();
    assertThat(drop(new Parcel("a", new LinkAddress("wg2", "fe80::b"), b.key, message)))
        .isEqualTo(Drop.NOT_HEARD);
    assertThat(drop(new Parcel("a", TO_B, a.key, message))).isEqualTo(Drop.OWN_KEY);
    assertThat(drop(with(good, "fe80::c", message.to(), message.session(), message.echo())))
        .isEqualTo(Drop.OTHER_ADDRESS);
    assertThat(drop(with(good, message.from(), "fe80::c", message.session(), message.echo())))
        .isEqualTo(Drop.OTHER_ADDRESS);
    assertThat(drop(with(good, message.from(), message.to(), message.session(), "x".repeat(16))))
        .isEqualTo(Drop.STALE);
    assertThat(drop(with(good, message.from(), message.to(), "x".repeat(16), message.echo())))
        .isEqualTo(Drop.STALE);
    assertThat(drop(good)).isEqualTo(Drop.OLD);
  }

  @Test
  void a_word_before_the_session_began_here_is_dropped_and_the_session_begins_all_the_same() {
    street.join(a, TO_B, b, TO_A);
    var offered = a.hood.due(street.now).get(0).session();
    var early = new Message(
        "fe80::b", "fe80::a", "y".repeat(16), offered, 9, new Message.Word("words", "{}"));
    assertThat(drop(new Parcel("a", TO_B, b.key, early))).isEqualTo(Drop.NO_SESSION);
    street.pass(Duration.ofSeconds(6));
    assertThat(a.hood.peers(street.now)).containsExactly(b.id());
  }

  private Parcel last(String house) {
    return street.everything.stream()
        .filter(parcel -> parcel.house().equals(house))
        .reduce((one, other) -> other)
        .orElseThrow();
  }

  private static Parcel with(Parcel good, String from, String to, String session, String echo) {
    return new Parcel(
        good.house(),
        good.from(),
        good.key(),
        new Message(from, to, session, echo, 1000, good.message().content()));
  }

  private Drop drop(Parcel parcel) {
    return ((Received.Dropped) street.house(parcel.house()).take(parcel)).reason();
  }

  @Test
  void
      a_flood_of_strangers_takes_nothing_from_a_neighbour_and_one_neighbour_nothing_from_another() {
    joined();
    a.hears(TO_B, TO_B_BY_RADIO, TO_A, TO_A_BY_RADIO);
    street.now = street.now.plus(SECOND);
    assertThat(admitted(TO_B, "s".repeat(43))).as("of one link").isEqualTo(4);
    assertThat(admitted(TO_B_BY_RADIO, "t".repeat(43))).isEqualTo(4);
    assertThat(admitted(TO_A, "u".repeat(43))).as("what is left of all").isEqualTo(2);
    assertThat(admitted(TO_A_BY_RADIO, "u".repeat(43))).isZero();
    assertThat(a.hood.admit(TO_B, b.key, street.now)).isEmpty();

    assertThat(admitted(TO_B, b.key)).isBetween(45L, 50L);
    street.now = street.now.plus(SECOND);
    assertThat(admitted(TO_B, b.key)).isEqualTo(20);
  }

  /** Of a thousand messages at once. */
  private long admitted(LinkAddress from, String key) {
    return IntStream.range(0, 1000)
        .filter(n -> a.hood.admit(from, key, street.now).isEmpty())
        .count();
  }

  @Test
  void nobody_is_told_more_than_twenty_a_second_after_the_first_fifty_and_all_of_these_arrive() {
    joined();
    street.pass(MINUTE);
    street.delayMost = Duration.ZERO;
    assertThat(IntStream.range(0, 100).filter(n -> a.tell(b, "" + n)).count()).isEqualTo(50);
    street.pass(Duration.ofSeconds(3));
    assertThat(b.words).hasSize(50);
    var told = 50;
    for (var n = 0; n < 600; n++) {
      while (a.tell(b, "more")) {
        told++;
      }
      street.pass(Duration.ofMillis(100));
    }
    assertThat(told).isBetween(1240, 1320);
    assertThat(b.words).hasSize(told);
  }

  @Test
  void questions_are_answered_four_times_a_second_at_most() {
    joined();
    var question = new Parcel(
        "a",
        TO_B,
        b.key,
        new Message(
            "fe80::b",
            "fe80::a",
            "q".repeat(16),
            "",
            1,
            new Message.Hello(new NodeId("b"), "r".repeat(16))));
    street.pass(SECOND);
    assertThat(a.take(question)).isInstanceOf(Received.Asked.class);
    assertThat(a.take(question)).isEqualTo(new Received.Dropped(Drop.TOO_FAST));
    street.pass(Duration.ofMillis(300));
    assertThat(a.take(question)).isInstanceOf(Received.Asked.class);
    assertThat(a.met).hasSize(1);
  }

  @Test
  void ten_thousand_addresses_leave_a_thousand_and_hellos_for_each() {
    var many = IntStream.range(1, 10_000)
        .mapToObj(n -> new LinkAddress("wg1", "fe80::" + Integer.toHexString(n)))
        .toList();
    a.hears(many.toArray(LinkAddress[]::new));
    assertThat(a.hood.due(street.now)).hasSize(PinBook.MOST);
    a.hears();
    assertThat(a.hood.due(street.now.plus(MINUTE))).isEmpty();
  }
}
