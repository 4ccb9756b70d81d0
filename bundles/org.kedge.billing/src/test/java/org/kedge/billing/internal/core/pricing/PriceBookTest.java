package org.kedge.billing.internal.core.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.billing.internal.core.pricing.Mesh.node;
import static org.kedge.billing.internal.core.pricing.Mesh.prefix;
import static org.kedge.billing.internal.core.pricing.Mesh.price;
import static org.kedge.billing.internal.core.pricing.Mesh.route;
import static org.kedge.billing.internal.core.pricing.Mesh.rules;
import static org.kedge.billing.internal.core.pricing.Mesh.table;
import static org.kedge.billing.internal.core.pricing.Mesh.to;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Traffic;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.pricing.PriceMessage.Change;
import org.kedge.billing.internal.core.pricing.PriceMessage.Next;
import org.kedge.billing.internal.core.pricing.PriceMessage.Offer;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;

class PriceBookTest {
  private static final NeighbourId A = node(1);
  private static final NeighbourId B = node(2);
  private static final NeighbourId C = node(3);
  private static final NeighbourId STRANGER = NeighbourId.ofLink("wg0", "fe80::9");
  private static final String DESTINATION = "2001:db8:c::1";
  private static final Target.Elsewhere ELSEWHERE = new Target.Elsewhere();

  private final Mesh mesh = new Mesh(1, 0);

  /** A, B and C in a line; C is the exit and has the destination. */
  private void line() {
    mesh.start(A, rules("0.01", "0.02", "0.20"));
    mesh.start(B, rules("0.02", "0.02", "0.20"));
    mesh.start(C, rules("0.05", "0.02", "0.20"));
    mesh.book(A)
        .routes(
            table(List.of(route(DESTINATION, B.value()), route("::/0", B.value()))),
            List.of(),
            Mesh::who);
    routesOfB();
    mesh.book(C).routes(table(List.of(), DESTINATION, "::/0"), List.of(), Mesh::who);
    mesh.meet(A, B);
    mesh.meet(B, C);
    mesh.minutes(1);
  }

  private void routesOfB() {
    mesh.book(B)
        .routes(
            table(List.of(route(DESTINATION, C.value()), route("::/0", C.value()))),
            List.of(prefix("2001:db8:b::1")),
            Mesh::who);
  }

  private static void assertSame(
      PriceBook speaker,
      NeighbourId to,
      PriceBook hearer,
      NeighbourId from,
      Target target,
      String coins) {
    assertThat(speaker.charge(to, target).price()).isEqualTo(price(coins));
    assertThat(hearer.ask(from, target).price()).isEqualTo(price(coins));
  }

  @Test
  void carrying_costs_the_own_fee_and_what_the_next_hop_asks_on_both_sides_of_each_link() {
    line();

    assertSame(mesh.book(C), B, mesh.book(B), C, to(DESTINATION), "0");
    assertSame(mesh.book(B), A, mesh.book(A), B, to(DESTINATION), "0.02");
    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.05");
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.07");
    assertThat(mesh.book(A).charge(STRANGER, ELSEWHERE).price()).isEqualTo(price("0.08"));
    assertThat(mesh.book(B).charges(A)).contains(price("0.07"));
    assertThat(mesh.book(A).asks(B)).contains(price("0.07"));
    assertThat(mesh.book(C).asks(B)).isEmpty();
  }

  @Test
  void traffic_is_local_relayed_or_exit_as_the_routes_say() {
    line();

    assertThat(mesh.book(B).charge(A, to("2001:db8:b::1")))
        .isEqualTo(new Quote(Price.FREE, Traffic.LOCAL));
    assertThat(mesh.book(A).ask(B, to("2001:db8:b::1")))
        .isEqualTo(new Quote(Price.FREE, Traffic.LOCAL));
    assertThat(mesh.book(B).charge(A, to(DESTINATION)).traffic()).isEqualTo(Traffic.RELAYED);
    assertThat(mesh.book(B).charge(A, ELSEWHERE).traffic()).isEqualTo(Traffic.EXIT);
    assertThat(mesh.book(A).ask(B, ELSEWHERE).traffic()).isEqualTo(Traffic.EXIT);
    assertThat(mesh.book(B).charge(A, new Target.Any()))
        .isEqualTo(new Quote(price("0.02"), Traffic.RELAYED));
  }

  @Test
  void a_neighbour_without_kedge_or_without_a_word_yet_is_taken_to_ask_the_tariff() {
    line();
    mesh.book(A)
        .routes(
            table(List.of(route(DESTINATION, "fe80::9"), route("::/0", C.value()))),
            List.of(),
            Mesh::who);

    assertThat(mesh.book(A).charge(STRANGER, to(DESTINATION)).price()).isEqualTo(price("0.03"));
    assertThat(mesh.book(A).charge(STRANGER, ELSEWHERE).price()).isEqualTo(price("0.03"));
    assertThat(mesh.book(A).ask(C, ELSEWHERE)).isEqualTo(new Quote(price("0.02"), Traffic.EXIT));
  }

  @Test
  void a_neighbour_that_was_told_nothing_pays_what_it_costs_and_the_tariff_at_most() {
    line();

    assertThat(mesh.book(B).charge(node(9), ELSEWHERE).price()).isEqualTo(price("0.02"));
    assertThat(mesh.book(B).charge(node(9), to("2001:db8:b::1")).price()).isEqualTo(Price.FREE);
  }

  @Test
  void no_destination_is_offered_to_the_next_hop_to_it() {
    line();

    // B leads to it, so it would only come back.
    assertSame(mesh.book(A), B, mesh.book(B), A, to(DESTINATION), "0");
    assertThat(mesh.book(A).charges(B)).isEmpty();
  }

  @Test
  void more_than_the_price_limit_is_never_reckoned() {
    line();
    mesh.book(C).rules(rules("100", "0.02", "0.20"));
    mesh.minutes(12);

    assertThat(mesh.book(C).charge(B, ELSEWHERE).price()).isEqualTo(price("100"));
    assertThat(mesh.book(B).ask(C, ELSEWHERE).price()).isEqualTo(price("0.20"));
    assertThat(mesh.book(B).charge(A, ELSEWHERE).price()).isEqualTo(price("0.22"));
  }

  @Test
  void a_rise_holds_one_period_after_it_was_announced_on_both_sides_and_all_along_the_line() {
    line();
    mesh.book(C).rules(rules("0.09", "0.02", "0.20"));
    mesh.minutes(9);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.05");
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.07");

    mesh.minutes(2);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.09");
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.11");
  }

  @Test
  void a_rise_that_is_due_costs_nothing_before_the_charge_that_follows() {
    line();
    mesh.book(C).rules(rules("0.09", "0.02", "0.20"));
    mesh.seconds(700);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.05");

    mesh.charge();

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.09");
  }

  @Test
  void a_second_rise_follows_the_first_and_neither_side_misses_one() {
    line();
    mesh.book(C).rules(rules("0.09", "0.02", "0.20"));
    mesh.minutes(5);
    mesh.book(C).rules(rules("0.15", "0.02", "0.20"));
    mesh.minutes(6);
    mesh.book(C).charged(mesh.now);
    mesh.seconds(30);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.09");

    mesh.minutes(11);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.15");
  }

  @Test
  void a_rise_that_is_told_after_it_came_for_one_side_still_comes_for_the_other() {
    line();
    mesh.book(C).rules(rules("0.09", "0.02", "0.20"));
    mesh.minutes(5);
    mesh.book(C).rules(rules("0.15", "0.02", "0.20"));
    mesh.minutes(4);
    mesh.seconds(92);
    mesh.book(C).charged(mesh.now);
    mesh.seconds(3);

    // The next rise was announced on top of one that B has not charged up to yet.
    assertThat(mesh.book(B).ask(C, ELSEWHERE).price()).isEqualTo(price("0.05"));
    mesh.charge();
    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.09");
    mesh.minutes(11);
    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.15");
  }

  @Test
  void a_fall_holds_within_half_a_minute_and_takes_a_rise_that_was_announced_with_it() {
    line();
    mesh.book(C).rules(rules("0.09", "0.02", "0.20"));
    mesh.minutes(5);
    mesh.book(C).rules(rules("0.04", "0.02", "0.20"));
    mesh.seconds(3);
    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.05");
    assertThat(mesh.book(C).nextTurn().orElseThrow().since(mesh.now))
        .isLessThan(Duration.ofSeconds(30));

    mesh.minutes(1);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.04");
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.06");

    mesh.minutes(11);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.04");
  }

  @Test
  void a_rise_that_was_not_acknowledged_does_not_hold() {
    line();
    mesh.book(C).rules(rules("0.09", "0.02", "0.20"));
    var deaf = mesh.book(C);
    for (var minute = 0; minute < 30; minute++) {
      mesh.now = mesh.now.plus(Duration.ofMinutes(1));
      assertThat(deaf.tick(mesh.now)).isNotEmpty();
      deaf.charged(mesh.now);
    }

    assertThat(deaf.charge(B, ELSEWHERE).price()).isEqualTo(price("0.05"));
    assertThat(deaf.stale(B, mesh.now)).isPresent();
  }

  @Test
  void another_next_hop_that_asks_more_is_a_rise_like_any() {
    line();
    mesh.book(B)
        .routes(
            table(List.of(route(DESTINATION, "fe80::9"), route("::/0", C.value()))),
            List.of(),
            Mesh::who);
    mesh.minutes(9);
    assertSame(mesh.book(B), A, mesh.book(A), B, to(DESTINATION), "0.02");

    mesh.minutes(3);

    assertSame(mesh.book(B), A, mesh.book(A), B, to(DESTINATION), "0.04");
  }

  @Test
  void after_a_restart_both_sides_reckon_by_what_was_promised_before_a_word_is_said() {
    line();
    mesh.restart(B, rules("0.06", "0.02", "0.20"));
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.07");
    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.05");
    assertThat(mesh.book(B).isTold(A)).isTrue();
    assertThat(mesh.book(B).stale(A, mesh.now.plus(Duration.ofMinutes(2)))).isPresent();

    mesh.meet(A, B);
    mesh.meet(B, C);
    mesh.minutes(1);
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.07");

    routesOfB();
    mesh.minutes(9);
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.07");

    mesh.minutes(2);

    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.11");
  }

  @Test
  void prices_that_changed_since_the_last_charge_are_the_same_on_both_sides_again_once_told() {
    line();
    mesh.book(B).rules(rules("0.01", "0.02", "0.20"));
    mesh.seconds(3);
    mesh.restart(B, rules("0.01", "0.02", "0.20"));
    routesOfB();
    mesh.meet(A, B);
    mesh.meet(B, C);

    mesh.minutes(1);

    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.06");
  }

  @Test
  void of_a_neighbour_that_was_silent_for_a_day_nothing_is_kept() {
    line();
    var silent = mesh.now.plus(Duration.ofHours(25));

    assertThat(mesh.book(A).unkept(silent))
        .hasSize(3)
        .allMatch(promise -> promise.neighbour().equals(B) && promise.holds().isEmpty());
    assertThat(mesh.book(A).isTold(B)).isFalse();
    assertThat(mesh.book(A).unkept(silent)).isEmpty();
  }

  @Test
  void a_neighbour_that_forgot_what_it_promised_is_held_to_it_for_a_period() {
    line();
    mesh.start(C, rules("0.15", "0.02", "0.20"));
    mesh.book(C).routes(table(List.of(), DESTINATION, "::/0"), List.of(), Mesh::who);
    mesh.meet(B, C);
    mesh.minutes(9);
    assertThat(mesh.book(B).ask(C, ELSEWHERE).price()).isEqualTo(price("0.05"));

    mesh.minutes(2);

    assertSame(mesh.book(C), B, mesh.book(B), C, ELSEWHERE, "0.15");
  }

  @Test
  void
      what_a_neighbour_does_not_name_any_more_after_its_restart_is_held_for_a_period_and_then_forgotten() {
    line();
    var before = mesh.book(B).ask(C, to(DESTINATION)).price();
    mesh.start(C, rules("0.05", "0.02", "0.20"));
    mesh.book(C).routes(table(List.of(), "::/0"), List.of(), Mesh::who);
    mesh.meet(B, C);
    mesh.minutes(9);
    assertThat(mesh.book(B).ask(C, to(DESTINATION)).price()).isEqualTo(before);

    mesh.minutes(2);

    // By the prefix that covers it, as C charges it.
    assertThat(mesh.book(B).ask(C, to(DESTINATION)).price()).isEqualTo(price("0.05"));
  }

  @Test
  void the_longest_prefix_that_was_told_counts_and_a_route_to_all_of_ipv6_is_none_to_ipv4() {
    mesh.start(A, rules("0.01", "0.02", "0.20"));
    mesh.start(B, rules("0.03", "0.02", "0.20"));
    mesh.book(B)
        .routes(
            table(
                List.of(
                    route("2001:db8::/32", "fe80::9"),
                    route("198.51.100.0/24", "fe80::9"),
                    route("::/0", "fe80::9")),
                "2001:db8:5::/48",
                "0.0.0.0/0"),
            List.of(),
            Mesh::who);
    mesh.meet(A, B);
    mesh.seconds(40);

    assertSame(mesh.book(B), A, mesh.book(A), B, to("2001:db8:5::7"), "0");
    assertSame(mesh.book(B), A, mesh.book(A), B, to("2001:db8:6::7"), "0.05");
    assertSame(mesh.book(B), A, mesh.book(A), B, to("198.51.100.9"), "0.05");
    assertSame(mesh.book(B), A, mesh.book(A), B, to("203.0.113.9"), "0.03");
    // Of traffic out of the mesh the family is not known: the cheaper one, for both.
    assertSame(mesh.book(B), A, mesh.book(A), B, ELSEWHERE, "0.03");
  }

  @Test
  void prices_are_stale_three_keep_alives_after_the_last_word() {
    line();
    assertThat(mesh.book(A).stale(B, mesh.now)).isEmpty();
    assertThat(mesh.book(A).isTold(B)).isTrue();
    assertThat(mesh.book(A).isTold(C)).isFalse();

    mesh.minutes(10);
    assertThat(mesh.book(A).stale(B, mesh.now)).isEmpty();

    assertThat(mesh.book(A).stale(B, mesh.now.plus(Duration.ofSeconds(130))))
        .hasValueSatisfying(why -> assertThat(why).startsWith("it has said no prices for 1"));
    assertThat(mesh.book(A).stale(C, mesh.now))
        .contains("it was never met on the neighbour channel");
  }

  @Test
  void a_quiet_link_takes_a_message_and_an_answer_each_way_in_half_a_minute() {
    line();
    mesh.sent = 0;

    mesh.minutes(60);

    assertThat(mesh.sent).isLessThanOrEqualTo(60 * 2 * 4 * 2 + 8);
  }

  @Test
  void destinations_beyond_ten_thousand_are_not_taken() {
    mesh.start(A, rules("0.01", "0.02", "0.20"));
    mesh.book(A).met(B, mesh.now);
    var number = 0;
    for (var at = 0; at < 11_000; at += 20) {
      var changes = IntStream.range(at, at + 20)
          .mapToObj(one -> new Change(
              new IpPrefix(0x20010db800000000L, one, 128),
              Optional.of(new Offer(new Price(7), Optional.empty()))))
          .toList();
      mesh.book(A).heard(B, new Prices(5, ++number, changes, false), mesh.now);
    }

    assertThat(mesh.book(A).beyondBound()).isEqualTo(1_000);
    assertThat(mesh.book(A)
            .ask(B, new Target.Mesh(new IpPrefix(0x20010db800000000L, 9_999, 128)))
            .price())
        .isEqualTo(new Price(7));
    assertThat(mesh.book(A)
            .ask(B, new Target.Mesh(new IpPrefix(0x20010db800000000L, 10_000, 128)))
            .price())
        .isEqualTo(price("0.02"));
  }

  @Test
  void what_comes_again_or_out_of_turn_changes_nothing() {
    mesh.start(A, rules("0.01", "0.02", "0.20"));
    mesh.book(A).met(B, mesh.now);
    hears(1, 5);
    hears(2, 6);
    hears(1, 9);
    hears(4, 9);

    assertThat(mesh.book(A).ask(B, to(DESTINATION)).price()).isEqualTo(new Price(5));
    assertThat(mesh.book(A).tick(mesh.now)).contains(new Outgoing(B, new Taken(77, 2)));
  }

  private void hears(int number, long price) {
    hears(77, number, new Offer(new Price(price), Optional.empty()));
  }

  private void hears(long run, int number, Offer offer) {
    var change = new Change(prefix(DESTINATION), Optional.of(offer));
    mesh.book(A).heard(B, new Prices(run, number, List.of(change), true), mesh.now);
  }

  @Test
  void a_price_that_comes_sooner_takes_the_place_of_a_rise_that_nobody_announced() {
    mesh.start(A, rules("0.01", "0.02", "0.20"));
    mesh.start(B, rules("0.01", "0.02", "0.20"));
    mesh.book(A).met(B, mesh.now);
    hears(77, 1, new Offer(new Price(50), Optional.empty()));
    var soon = Optional.of(new Next(new Price(40), Duration.ofSeconds(30)));
    hears(78, 1, new Offer(new Price(90), soon));
    mesh.charge();
    assertThat(mesh.book(A).ask(B, to(DESTINATION)).price()).isEqualTo(new Price(50));

    mesh.minutes(1);
    assertThat(mesh.book(A).ask(B, to(DESTINATION)).price()).isEqualTo(new Price(40));
    mesh.minutes(11);
    assertThat(mesh.book(A).ask(B, to(DESTINATION)).price()).isEqualTo(new Price(40));
    assertThat(mesh.book(A).nextTurn()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void a_thousand_destinations_arrive_though_every_fifth_message_is_lost_and_either_side_restarts(
      long seed) {
    var lossy = new Mesh(seed, 20);
    lossy.start(A, rules("0.01", "0.02", "0.20"));
    lossy.start(B, rules("0.02", "0.02", "0.20"));
    var destinations = IntStream.range(0, 1_000)
        .mapToObj(number -> "2001:db8:" + Integer.toHexString(number) + "::/48")
        .toList();
    var routes = destinations.stream().map(prefix -> route(prefix, "fe80::9")).toList();
    lossy.book(B).routes(table(routes), List.of(), Mesh::who);
    lossy.meet(A, B);
    lossy.seconds(7);
    lossy.start(A, rules("0.01", "0.02", "0.20"));
    lossy.meet(A, B);
    lossy.seconds(7);
    lossy.start(B, rules("0.03", "0.02", "0.20"));
    lossy.book(B).routes(table(routes), List.of(), Mesh::who);
    lossy.meet(A, B);
    var took = 0;
    while (!lossy.book(B).isTold(A)) {
      lossy.seconds(1);
      took++;
      assertThat(took).isLessThan(120);
    }
    lossy.minutes(12);

    for (var destination : destinations) {
      var target = to(destination.replace("/48", "1"));
      assertThat(lossy.book(A).ask(B, target).price()).isEqualTo(price("0.05"));
      assertThat(lossy.book(B).charge(A, target).price()).isEqualTo(price("0.05"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void
      whatever_happens_no_price_rises_within_a_period_of_its_announcement_and_both_sides_end_the_same(
          long seed) {
    var random = new Random(seed);
    var wild = new Mesh(seed, 20);
    var nodes = List.of(A, B, C);
    for (var node : nodes) {
      wild.start(node, rules("0.02", "0.02", "0.50"));
      reroute(wild, node, random);
    }
    meetAll(wild);
    var floor = new HashMap<String, List<Price>>();
    for (var minute = 0; minute < 240; minute++) {
      wild.seconds(60);
      wild.charge();
      if (random.nextInt(3) == 0) {
        reroute(wild, nodes.get(random.nextInt(3)), random);
      }
      if (random.nextInt(5) == 0) {
        var fee = "0.0" + random.nextInt(1, 10);
        wild.book(nodes.get(random.nextInt(3))).rules(rules(fee, "0.02", "0.50"));
      }
      if (random.nextInt(40) == 0) {
        meetAll(wild);
      }
      if (random.nextInt(10) == 0) {
        var node = nodes.get(random.nextInt(3));
        wild.restart(node, rules("0.02", "0.02", "0.50"));
        reroute(wild, node, random);
        meetAll(wild);
      }
      // What was told for all of IPv6 stands for each of its prefixes, so its price is never
      // withdrawn.
      for (var from : List.of(B, C)) {
        var prices = floor.computeIfAbsent(from.value(), any -> new ArrayList<>());
        prices.add(wild.book(A).charge(from, ELSEWHERE).price());
        var last = prices.size() - 1;
        if (last > 9 && prices.get(last).compareTo(prices.get(last - 1)) > 0) {
          // It had not been lower meanwhile: a rise takes ten minutes from when it was wanted.
          assertThat(prices.subList(last - 9, last))
              .allMatch(price -> price.compareTo(prices.get(last)) <= 0);
        }
      }
    }
    wild.minutes(60);

    for (var from : nodes) {
      for (var by : nodes) {
        if (!from.equals(by)) {
          for (var text : List.of("2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1", "192.0.2.7")) {
            // Where routes go round in a circle prices climb to the limit.
            var charged = wild.book(by).charge(from, to(text)).price().min(price("0.50"));
            var asked = wild.book(from).ask(by, to(text)).price();
            assertThat(asked).as("%s of %s for %s", by, from, text).isEqualTo(charged);
          }
        }
      }
    }
  }

  private static void meetAll(Mesh mesh) {
    mesh.meet(A, B);
    mesh.meet(B, C);
    mesh.meet(A, C);
  }

  /** A exports the default route always; what else there is comes and goes. */
  private static void reroute(Mesh mesh, NeighbourId node, Random random) {
    var others = List.of(A.value(), B.value(), C.value(), "fe80::9").stream()
        .filter(other -> !other.equals(node.value()))
        .toList();
    var routes = IntStream.rangeClosed(1, 3)
        .filter(number -> random.nextInt(4) > 0)
        .mapToObj(number ->
            route("2001:db8:" + number + "::/48", others.get(random.nextInt(others.size()))))
        .toList();
    mesh.book(node)
        .routes(node.equals(A) ? table(routes, "::/0") : table(routes), List.of(), Mesh::who);
  }
}
