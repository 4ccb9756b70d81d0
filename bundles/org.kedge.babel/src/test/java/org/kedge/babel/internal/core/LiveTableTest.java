package org.kedge.babel.internal.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.base.api.Uptime;

class LiveTableTest {
  private static final Uptime NOW = new Uptime(7);

  private final LineParser parser = new LineParser();
  private final LiveTable table = new LiveTable();

  @Test
  void a_route_matters_when_it_comes_flips_or_goes_and_not_when_it_is_repeated() {
    assertThat(tell(route("a1", "no", 96))).isTrue();
    assertThat(tell(route("a1", "no", 96))).isFalse();
    assertThat(tell(route("a1", "no", 192))).isFalse();
    assertThat(tell(route("a1", "yes", 192))).isTrue();
    assertThat(tell(route("a1", "yes", 65535))).isTrue();
    assertThat(tell(route("a1", "yes", 65535))).isFalse();
    assertThat(tell(route("a1", "yes", 96))).isTrue();
    assertThat(tell("flush route a1")).isTrue();
    assertThat(tell("flush route a1")).isFalse();
    assertThat(table.snapshot(NOW).routes()).isEmpty();
  }

  @Test
  void what_does_not_matter_is_in_the_next_snapshot_all_the_same() {
    tell(route("a1", "yes", 96));
    tell(route("a1", "yes", 192));

    assertThat(table.snapshot(NOW).routes()).extracting(Route::metric).containsExactly(192);
  }

  @Test
  void a_neighbour_matters_when_its_cost_crosses_infinity() {
    assertThat(tell(neighbour("b1", "ffff", 96))).isTrue();
    assertThat(tell(neighbour("b1", "7fff", 96))).isFalse();
    assertThat(tell(neighbour("b1", "7fff", 192))).isFalse();
    assertThat(tell(neighbour("b1", "0000", 65535))).isTrue();
    assertThat(tell(neighbour("b1", "8000", 96))).isTrue();
  }

  @Test
  void an_interface_matters_when_it_goes_up_or_down() {
    assertThat(tell("add interface to2 up true ipv6 fe80::2")).isTrue();
    assertThat(tell("change interface to2 up true ipv6 fe80::3")).isFalse();
    assertThat(tell("change interface to2 up false")).isTrue();
    assertThat(tell("flush interface to2 up false")).isTrue();
  }

  @Test
  void a_handle_that_names_another_route_without_a_flush_between_matters() {
    tell(route("a1", "yes", 96));

    assertThat(tell(route("a1", "yes", 96).replace("2001:db8:2::1", "2001:db8:3::1")))
        .isTrue();
  }

  @Test
  void answers_greetings_and_statements_change_nothing_that_matters() {
    assertThat(tell("ok")).isFalse();
    assertThat(tell("version babeld-1.8.5")).isFalse();
    assertThat(tell("local fee 1024")).isFalse();
    assertThat(table.snapshot(NOW).statements()).isEqualTo(Map.of("local fee", "1024"));
  }

  @Test
  void objects_stand_in_the_order_they_were_first_told() {
    tell(route("c3", "no", 96));
    tell(route("a1", "no", 96));
    tell(route("b2", "no", 96));
    tell(route("c3", "yes", 96));

    assertThat(table.snapshot(NOW).routes())
        .extracting(Route::handle)
        .containsExactly("c3", "a1", "b2");
  }

  @Test
  void one_handle_may_name_a_neighbour_and_a_route() {
    tell(route("a1", "no", 96));
    tell(neighbour("a1", "ffff", 96));
    tell("flush route a1");

    assertThat(table.snapshot(NOW).neighbours())
        .extracting(Neighbour::handle)
        .containsExactly("a1");
  }

  @Test
  void a_dump_replaces_everything_at_its_end_and_nothing_before() {
    tell("add interface to2 up true");
    tell(route("a1", "yes", 96));
    tell("local fee 1024");

    table.beginDump();
    assertThat(tell("add interface to3 up true")).isFalse();
    tell(route("b2", "no", 96));
    tell(route("c3", "no", 96));
    tell(route("b2", "yes", 96).replace("add", "change"));
    tell("flush route c3");
    var before = table.snapshot(NOW);
    var after = table.endDump(NOW);

    assertThat(before.routes()).extracting(Route::handle).containsExactly("a1");
    assertThat(after.interfaces()).extracting(BabelInterface::name).containsExactly("to3");
    assertThat(after.routes())
        .extracting(Route::handle, Route::installed)
        .containsExactly(tuple("b2", true));
    assertThat(after.statements()).isEmpty();
    assertThat(after).isEqualTo(table.snapshot(NOW));
  }

  @Test
  void a_dump_that_breaks_off_is_forgotten_when_the_next_begins() {
    table.beginDump();
    tell(route("a1", "yes", 96));
    table.beginDump();
    tell(route("b2", "yes", 96));

    assertThat(table.endDump(NOW).routes()).extracting(Route::handle).containsExactly("b2");
    assertThatThrownBy(() -> table.endDump(NOW)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_snapshot_does_not_change_afterwards() {
    tell(route("a1", "yes", 96));
    var snapshot = table.snapshot(NOW);
    tell("flush route a1");

    assertThat(snapshot.routes()).hasSize(1);
  }

  @Test
  void malformed_lines_are_counted_and_the_first_is_quoted() {
    tell(route("a1", "yes", 96));
    tell(route("a1", "maybe", 96));
    tell("\u0000\u0001");
    tell("add tunnel 7f01 peer fe80::1");
    tell("add rou");

    var first = route("a1", "maybe", 96).substring(0, 117) + "...";
    assertThat(table.faults()).isEqualTo(new LineFaults(3, Optional.of(first), 1));
    assertThat(table.snapshot(NOW).routes()).hasSize(1);
  }

  @Test
  void fifty_thousand_routes_fit_and_a_flood_stops_at_the_limit() {
    table.beginDump();
    for (var i = 0; i < 50_000; i++) {
      tell(route(Integer.toHexString(i), "yes", 96));
    }
    assertThat(table.endDump(NOW).routes()).hasSize(50_000);
    assertThat(table.faults().malformed()).isZero();

    for (var i = 50_000; i < 70_000; i++) {
      tell(route(Integer.toHexString(i), "yes", 96));
    }
    assertThat(table.snapshot(NOW).routes()).hasSize(KnownObjects.OBJECTS_MAX);
    assertThat(table.faults().malformed()).isEqualTo(70_000 - KnownObjects.OBJECTS_MAX);
    assertThat(tell(route("1", "no", 96)))
        .as("a known route is still kept up to date")
        .isTrue();
  }

  @Test
  void statements_without_end_fill_nothing() {
    for (var i = 0; i < 1000; i++) {
      tell("local " + i + " 1");
    }

    assertThat(table.snapshot(NOW).statements()).hasSize(64);
  }

  private boolean tell(String line) {
    var bytes = line.getBytes(ISO_8859_1);
    return table.apply(parser.parse(bytes, 0, bytes.length));
  }

  private static String route(String handle, String installed, int metric) {
    return "add route " + handle + " prefix 2001:db8:2::1/128 from ::/0 installed " + installed
        + " id c8:b6:b3:9f:43:23:16:26 metric " + metric
        + " refmetric 0 via fe80::5eff:fe00:201 if to2";
  }

  private static String neighbour(String handle, String reach, int cost) {
    return "change neighbour " + handle + " address fe80::5eff:fe00:201 if to2 reach " + reach
        + " ureach 0000 rxcost 96 txcost 96 cost " + cost;
  }
}
