package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.babel.api.Route;

class LostRoutesTest {
  @Test
  void where_nothing_was_ever_seen_a_route_is_put_where_babeld_puts_it_by_default() {
    var lost = LostRoutes.taughtBy(List.of(), List.of());
    assertThat(lost.toPutBack(List.of(
            route("2001:db8:2::1/128", "fe80::2", "to2"),
            route("198.51.100.2/32", "fe80::2", "to2"))))
        .containsExactly(
            kernel("2001:db8:2::1/128", "fe80::2", "to2", "main", 1024),
            kernel("198.51.100.2/32", "fe80::2", "to2", "main", 0));
  }

  @Test
  void a_prefix_seen_before_comes_back_to_its_table_and_metric_by_the_way_babeld_tells_now() {
    var lost = LostRoutes.taughtBy(
        List.of(
            kernel("2001:db8:2::1/128", "fe80::2", "to2", "mesh", 77),
            kernel("2001:db8:3::1/128", "fe80::2", "to2", "main", 1024),
            kernel("2001:db8:4::1/128", "fe80::2", "to2", "main", 1024)),
        List.of());
    assertThat(lost.toPutBack(route("2001:0db8:2::1/128", "fe80::1", "to1")))
        .contains(kernel("2001:0db8:2::1/128", "fe80::1", "to1", "mesh", 77));
  }

  @Test
  void a_new_prefix_goes_to_what_most_of_its_family_have() {
    var lost = LostRoutes.taughtBy(
        List.of(
            kernel("2001:db8:2::1/128", "fe80::2", "to2", "100", 50),
            kernel("2001:db8:3::1/128", "fe80::2", "to2", "main", 1024),
            kernel("2001:db8:4::1/128", "fe80::2", "to2", "100", 50),
            kernel("198.51.100.4/32", "fe80::2", "to2", "200", 9)),
        List.of());
    assertThat(lost.toPutBack(route("2001:db8:5::1/128", "fe80::2", "to2")))
        .contains(kernel("2001:db8:5::1/128", "fe80::2", "to2", "100", 50));
    assertThat(lost.toPutBack(route("198.51.100.5/32", "fe80::2", "to2")))
        .contains(kernel("198.51.100.5/32", "fe80::2", "to2", "200", 9));
  }

  @Test
  void the_metric_of_a_route_held_unreachable_is_not_taken_over() {
    var held = new KernelRoute(
        "2001:db8:2::1/128", "::/0", Optional.empty(), "lo", true, "main", 4294967295L);
    assertThat(LostRoutes.taughtBy(List.of(held), List.of())
            .toPutBack(route("2001:db8:2::1/128", "fe80::2", "to2")))
        .contains(kernel("2001:db8:2::1/128", "fe80::2", "to2", "main", 1024));
  }

  // babeld tells the link-local address of the neighbour for IPv4 too.
  @Test
  void an_ipv4_next_hop_is_learned_for_a_neighbour_and_serves_all_routes_by_it() {
    var told = new ArrayList<Route>();
    var seen = new ArrayList<KernelRoute>();
    for (var i = 2; i < 6; i++) {
      told.add(route("198.51.100." + i + "/32", "fe80::2", "to2"));
      seen.add(kernel("198.51.100." + i + "/32", "203.0.113.2", "to2", "main", 0));
    }
    // This one went from another neighbour to fe80::2 between the two sights.
    told.add(route("198.51.100.9/32", "fe80::2", "to2"));
    seen.add(kernel("198.51.100.9/32", "203.0.113.77", "to2", "main", 0));
    var lost = LostRoutes.taughtBy(seen, told);
    assertThat(lost.toPutBack(route("198.51.100.9/32", "fe80::2", "to2")))
        .contains(kernel("198.51.100.9/32", "203.0.113.2", "to2", "main", 0));
    assertThat(lost.toPutBack(route("198.51.100.50/32", "fe80::2", "to2")))
        .contains(kernel("198.51.100.50/32", "203.0.113.2", "to2", "main", 0));
    assertThat(lost.toPutBack(route("198.51.100.2/32", "fe80::2", "to1")))
        .as("same address, other link")
        .contains(kernel("198.51.100.2/32", "fe80::2", "to1", "main", 0));
    assertThat(lost.toPutBack(route("2001:db8:2::1/128", "fe80::2", "to2")))
        .contains(kernel("2001:db8:2::1/128", "fe80::2", "to2", "main", 1024));
  }

  @Test
  void a_source_is_kept_for_ipv6_and_cannot_be_put_back_for_ipv4() {
    var lost = LostRoutes.taughtBy(List.of(), List.of());
    assertThat(lost.toPutBack(route("::/0", "2001:db8:9::/48", "fe80::2", "to2")))
        .contains(new KernelRoute(
            "::/0", "2001:db8:9::/48", Optional.of("fe80::2"), "to2", false, "main", 1024));
    assertThat(lost.toPutBack(route("0.0.0.0/0", "10.0.0.0/8", "fe80::2", "to2")))
        .isEmpty();
  }

  @Test
  void what_is_no_address_never_reaches_the_kernel() {
    var lost = LostRoutes.taughtBy(List.of(), List.of());
    assertThat(lost.toPutBack(List.of(
            route("rubbish", "fe80::2", "to2"),
            route("2001:db8::/129", "fe80::2", "to2"),
            route("2001:db8::1/128", "rubbish", "fe80::2", "to2"),
            route("2001:db8::1/128", "nobody", "to2"),
            route("2001:db8::1/128", "fe80::2/64", "to2"),
            route("2001:db8::1/128", "fe80::2", ""))))
        .isEmpty();
  }

  private static KernelRoute kernel(
      String prefix, String gateway, String device, String table, long metric) {
    return new KernelRoute(
        prefix,
        IpFamily.ofAddress(prefix).everything(),
        Optional.of(gateway),
        device,
        false,
        table,
        metric);
  }

  private static Route route(String prefix, String via, String device) {
    return route(prefix, IpFamily.ofAddress(prefix).everything(), via, device);
  }

  private static Route route(String prefix, String source, String via, String device) {
    return new Route("0", prefix, source, true, "", 96, 0, via, device, Map.of());
  }
}
