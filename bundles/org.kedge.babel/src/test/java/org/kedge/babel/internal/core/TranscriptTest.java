package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.internal.core.BabelLine.Greeting;
import org.kedge.babel.internal.core.BabelLine.Greeting.Topic;
import org.kedge.babel.internal.core.BabelLine.No;

/** What babeld 1.12.1 really wrote. The figures were counted apart from this code. */
class TranscriptTest {
  @ParameterizedTest
  @CsvSource({
    // interfaces, up, neighbours, usable, exported, routes, carrying
    "alone-one-interface-no-neighbour-dump, 1, 1, 0, 0, 0, 0, 0",
    "diamond-n1-dump-after-silent-loss-25s, 2, 2, 1, 1, 2, 6, 6",
    "diamond-n1-dump-after-silent-loss-during, 2, 2, 2, 1, 2, 12, 2",
    "diamond-n1-dump-interface-to2-deleted, 2, 1, 2, 1, 2, 6, 6",
    "diamond-n1-dump-interface-to2-down, 2, 1, 2, 1, 2, 6, 6",
    "diamond-n1-dump, 2, 2, 2, 2, 2, 12, 6",
    "diamond-n1-monitor-interface-deleted-recreated, 2, 2, 2, 2, 2, 12, 6",
    "diamond-n1-monitor-interface-down-up, 2, 2, 2, 2, 2, 12, 6",
    "diamond-n4-dump, 2, 2, 2, 2, 2, 12, 6",
    "interface-nonexistent-dump, 1, 0, 0, 0, 2, 0, 0",
    "line-664-routes-n2-dump, 2, 2, 2, 2, 2, 1340, 670",
    "line-n1-dump-after-flush-and-interface-again-25s, 1, 1, 1, 1, 2, 2, 2",
    "line-n1-dump-after-flush-and-interface-again, 1, 1, 2, 1, 2, 2, 2",
    "line-n1-dump-after-flush-interface, 0, 0, 1, 0, 2, 0, 0",
    "line-n1-dump-n4-killed, 1, 1, 1, 1, 2, 6, 4",
    "line-n1-dump-no-neighbour-no-routes, 1, 1, 0, 0, 2, 0, 0",
    "line-n1-dump-unreachable-installed-metric-65535, 1, 1, 1, 0, 2, 6, 0",
    "line-n1-dump, 1, 1, 1, 1, 2, 6, 6",
    "line-n1-monitor-flush-interface-and-interface-again, 1, 1, 1, 1, 2, 2, 2",
    "line-n1-monitor-from-start-default-intervals, 1, 1, 1, 1, 2, 6, 6",
    "line-n1-monitor-remote-router-killed, 1, 1, 1, 1, 2, 6, 4",
    "line-n1-monitor-silent-loss-unreachable-and-heal, 1, 1, 1, 1, 2, 6, 6",
    "line-n2-dump, 2, 2, 2, 2, 2, 12, 6",
    "line-n2-monitor-neighbour-sigterm, 2, 2, 1, 1, 2, 6, 2",
    "line-v4-links-n2-dump, 2, 2, 2, 2, 2, 12, 6",
    "pair-type-tunnel-rtt-n1-dump, 1, 1, 1, 1, 2, 2, 2",
    "pair-type-wireless-30-percent-loss-n1-dump, 1, 1, 1, 1, 2, 2, 2",
    "pair-type-wireless-n1-dump, 1, 1, 1, 1, 2, 2, 2"
  })
  void every_recording_ends_in_the_table_that_was_counted(
      String name,
      int interfaces,
      int up,
      int neighbours,
      int usable,
      int exported,
      int routes,
      int carrying) {
    var session = Session.ofTranscript(name + ".txt");

    var table = session.snapshot();
    assertThat(session.table.faults()).isEqualTo(new LineFaults(0, Optional.empty(), 0));
    assertThat(table.interfaces()).hasSize(interfaces);
    assertThat(table.interfaces().stream().filter(BabelInterface::up)).hasSize(up);
    assertThat(table.neighbours()).hasSize(neighbours);
    assertThat(table.neighbours().stream().filter(Neighbour::isUsable)).hasSize(usable);
    assertThat(table.exported()).hasSize(exported);
    assertThat(table.routes()).hasSize(routes);
    assertThat(table.routes().stream().filter(Route::carries)).hasSize(carrying);
  }

  @ParameterizedTest
  @CsvSource({"commands-and-answers-with-prompts.txt", "readonly-socket-commands-with-prompts.txt"})
  void every_answer_to_a_command_is_understood(String name) {
    var session = Session.ofTranscript(name);

    assertThat(session.table.faults().firstMalformed()).isEmpty();
    assertThat(session.lines).contains(new BabelLine.Ok(), new BabelLine.Bad());
  }

  @Test
  void a_refusal_keeps_its_reason() {
    var session = Session.ofTranscript("commands-and-answers-with-prompts.txt");

    assertThat(session.lines).contains(new No("No such interface"));
  }

  @Test
  void the_greeting_tells_protocol_version_host_and_router_id() {
    var session = Session.ofTranscript("line-n1-dump.txt");

    assertThat(session.lines)
        .startsWith(
            new Greeting(Topic.PROTOCOL, "1.0"),
            new Greeting(Topic.VERSION, "babeld-1.12.1"),
            new Greeting(Topic.HOST, "node1"),
            new Greeting(Topic.ROUTER_ID, "c8:56:36:59:8d:a1:dd:a4"),
            new BabelLine.Ok());
  }

  @Test
  void an_ipv4_route_over_an_ipv6_next_hop_is_a_route_like_any_other() {
    var table = Session.ofTranscript("line-v4-links-n2-dump.txt").snapshot();

    assertThat(table.interfaces().get(0))
        .isEqualTo(new BabelInterface(
            "to1", true, List.of("fe80::5eff:fe00:201", "203.0.113.21"), Map.of()));
    assertThat(table.exported().get(0))
        .isEqualTo(new ExportedRoute("198.51.100.2/32", "0.0.0.0/0", 0));
    assertThat(table.routes().get(1))
        .isEqualTo(new Route(
            "55922bd071a0",
            "198.51.100.1/32",
            "0.0.0.0/0",
            false,
            "6c:2a:80:bd:40:54:e3:4f",
            288,
            192,
            "fe80::5eff:fe00:302",
            "to3",
            Map.of()));
  }

  @Test
  void a_link_that_hears_nothing_any_more_still_sends_at_the_old_cost() {
    var table =
        Session.ofTranscript("diamond-n1-dump-after-silent-loss-during.txt").snapshot();

    assertThat(table.neighbours().get(0))
        .isEqualTo(new Neighbour(
            "562872735230",
            "fe80::5eff:fe00:201",
            "to2",
            0x3fff,
            0,
            65535,
            96,
            65535,
            Optional.empty(),
            Map.of()));
    assertThat(table.routes().stream().filter(Route::installed)).hasSize(6);
    assertThat(table.routes().stream().filter(Route::carries))
        .extracting(Route::prefix)
        .containsExactly("198.51.100.3/32", "2001:db8:3::1/128");
  }

  @Test
  void a_neighbour_listed_twice_with_one_address_stays_twice_and_is_one_when_asked() {
    var table =
        Session.ofTranscript("line-n1-dump-after-flush-and-interface-again.txt").snapshot();

    assertThat(table.neighbours())
        .extracting(Neighbour::handle, Neighbour::cost)
        .containsExactly(tuple("560ab3344890", 96), tuple("560ab3344af0", 65535));
    assertThat(table.distinctNeighbours())
        .extracting(Neighbour::handle)
        .containsExactly("560ab3344890");
  }

  @Test
  void a_round_trip_in_milliseconds_becomes_a_duration_and_its_cost_is_kept_aside() {
    var neighbour = Session.ofTranscript("pair-type-tunnel-rtt-n1-dump.txt")
        .snapshot()
        .neighbours()
        .get(0);

    assertThat(neighbour.roundTrip()).contains(Duration.ofNanos(268_000));
    assertThat(neighbour.extra()).containsExactly(Map.entry("rttcost", "0"));
  }

  @Test
  void loss_on_a_wireless_link_shows_in_cost_and_reach() {
    var neighbour = Session.ofTranscript("pair-type-wireless-30-percent-loss-n1-dump.txt")
        .snapshot()
        .neighbours()
        .get(0);

    assertThat(neighbour.receiveCost()).isEqualTo(618);
    assertThat(neighbour.transmitCost()).isEqualTo(256);
    assertThat(neighbour.reach()).isEqualTo(0x94f6);
  }

  @Test
  void of_a_monitors_many_repeats_few_matter() {
    var session = Session.ofTranscript("line-n1-monitor-remote-router-killed.txt");

    assertThat(session.lines).hasSize(174);
    assertThat(session.material).isEqualTo(2);
  }
}
