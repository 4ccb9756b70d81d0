package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.care.api.RemedyOutcome;

class RouteRepairTest {
  private static final KernelRoute V6 = route("2001:db8:2::1/128", "fe80::2");
  private static final KernelRoute V4 = route("198.51.100.2/32", "203.0.113.2");
  private static final KernelRoute V4_VIA_V6 = route("198.51.100.3/32", "fe80::2");
  private static final KernelRoute FROM =
      new KernelRoute("::/0", "2001:db8:9::/48", Optional.of("fe80::2"), "to2", false, "100", 77);
  private static final KernelRoute NO_GATEWAY =
      new KernelRoute("2001:db8:5::1/128", "::/0", Optional.empty(), "to2", false, "main", 1024);
  private static final KernelRoute HELD = new KernelRoute(
      "2001:db8:4::1/128", "::/0", Optional.empty(), "lo", true, "main", 4294967295L);
  private static final List<KernelRoute> ALL_KINDS =
      List.of(V6, V4, V4_VIA_V6, FROM, NO_GATEWAY, HELD);

  @Test
  void all_routes_go_to_one_run_of_ip_each_as_babeld_would_have_it() {
    var given = new ArrayList<Command>();
    var outcome = new RouteRepair(command -> {
          given.add(command);
          return Recordings.ended(0, "", "");
        })
        .putBack(ALL_KINDS);
    assertThat(outcome).isEqualTo(new RemedyOutcome.Done("put back 6 routes into the kernel"));
    assertThat(given.get(0).arguments()).containsExactly("ip", "-force", "-batch", "-");
    assertThat(given.get(0).input().orElseThrow()).isEqualTo("""
            route add 2001:db8:2::1/128 via fe80::2 dev to2 onlink table main metric 1024 proto babel
            route add 198.51.100.2/32 via 203.0.113.2 dev to2 onlink table main metric 0 proto babel
            route add 198.51.100.3/32 via inet6 fe80::2 dev to2 onlink table main metric 0 proto babel
            route add ::/0 from 2001:db8:9::/48 via fe80::2 dev to2 onlink table 100 metric 77 proto babel
            route add 2001:db8:5::1/128 dev to2 table main metric 1024 proto babel
            route add unreachable 2001:db8:4::1/128 table main metric 4294967295 proto babel
            """);
  }

  @Test
  void a_route_that_is_there_again_is_no_failure() {
    var said = """
        RTNETLINK answers: File exists
        Command failed -:2
        """;
    assertThat(putBack(Recordings.ended(1, "", said), V6, V4))
        .isEqualTo(new RemedyOutcome.Done("put back 1 route into the kernel, 1 was there already"));
  }

  @Test
  void what_failed_is_told_with_its_count_and_the_first_of_it() {
    var said = """
        RTNETLINK answers: File exists
        Command failed -:1
        Error: Nexthop has invalid gateway.
        Command failed -:2
        Cannot find device "to2"
        Command failed -:3
        """;
    assertThat(putBack(Recordings.ended(1, "", said), V6, V4, V4_VIA_V6, FROM))
        .isEqualTo(
            new RemedyOutcome.Failed("put back 1 of 4 routes, 1 was there already; 2 failed, the"
                + " first was 'route add 198.51.100.2/32 via 203.0.113.2 dev to2 onlink table main"
                + " metric 0 proto babel': Error: Nexthop has invalid gateway."));
  }

  @Test
  void a_route_that_is_gone_already_with_or_without_its_link_is_swept() {
    var said = """
        RTNETLINK answers: No such process
        Command failed -:1
        Cannot find device "to2"
        Command failed -:2
        Error: ipv4: FIB table does not exist.
        Command failed -:3
        """;
    var outcome = new RouteRepair(command -> Recordings.ended(1, "", said))
        .sweep(List.of(V6, V4, V4_VIA_V6, FROM));
    assertThat(outcome)
        .isEqualTo(new RemedyOutcome.Done("swept 1 route out of the kernel, 3 were gone already"));
  }

  @Test
  void ip_that_gives_up_hangs_or_lacks_is_told_in_words() {
    assertThat(putBack(Recordings.ended(255, "", "Error: any valid prefix is expected."), V6, V4))
        .isEqualTo(
            new RemedyOutcome.Failed(
                "ip -force -batch - for 2 routes: exit code 255: Error: any valid prefix is expected."));
    assertThat(putBack(Recordings.ended(1, "", ""), V6))
        .isEqualTo(new RemedyOutcome.Failed("ip -force -batch - for 1 route: exit code 1"));
    assertThat(putBack(new CommandResult.TimedOut("", "", Duration.ofSeconds(5)), V6))
        .isInstanceOf(RemedyOutcome.Failed.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .contains("no end within 5000 ms");
    assertThat(putBack(new CommandResult.NotStarted("No such file or directory"), V6))
        .isInstanceOf(RemedyOutcome.Useless.class);
  }

  @Test
  void no_routes_are_no_work() {
    var repair = new RouteRepair(command -> {
      throw new AssertionError("ran " + command);
    });
    assertThat(repair.putBack(List.of()))
        .isEqualTo(new RemedyOutcome.Useless("no route is missing"));
    assertThat(repair.sweep(List.of())).isEqualTo(new RemedyOutcome.Useless("no route is stale"));
  }

  // ip 6.1 takes 'from' for IPv4 without a word and makes a route for every source.
  @Test
  void an_ipv4_route_from_a_source_is_a_bug() {
    var route =
        new KernelRoute("0.0.0.0/0", "10.0.0.0/8", Optional.of("fe80::2"), "to2", false, "main", 0);
    assertThatThrownBy(() -> putBack(Recordings.ended(0, "", ""), route))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10.0.0.0/8");
  }

  @Test
  @Tag("root")
  void routes_of_every_kind_lost_by_the_kernel_come_back_as_they_were() {
    try (var namespaces = new Namespaces()) {
      var node = node(namespaces);
      var repair = new RouteRepair(namespaces.runnerIn(node));
      assertThat(repair.putBack(ALL_KINDS).words()).isEqualTo("put back 6 routes into the kernel");
      assertThat(routes(namespaces, node)).containsExactlyInAnyOrderElementsOf(ALL_KINDS);
      flush(namespaces, node);
      assertThat(routes(namespaces, node)).containsExactly(FROM);
      assertThat(repair.putBack(ALL_KINDS).words())
          .isEqualTo("put back 5 routes into the kernel, 1 was there already");
      assertThat(routes(namespaces, node)).containsExactlyInAnyOrderElementsOf(ALL_KINDS);
    }
  }

  @Test
  @Tag("root")
  void a_route_that_babeld_has_put_elsewhere_meanwhile_is_left_as_it_is() {
    try (var namespaces = new Namespaces()) {
      var node = node(namespaces);
      var repair = new RouteRepair(namespaces.runnerIn(node));
      var theirs = List.of(
          route("2001:db8:2::1/128", "fe80::7"),
          route("198.51.100.2/32", "203.0.113.7"),
          route("198.51.100.3/32", "fe80::7"));
      assertThat(repair.putBack(theirs)).isInstanceOf(RemedyOutcome.Done.class);
      assertThat(repair.putBack(List.of(V6, V4, V4_VIA_V6)))
          .isEqualTo(
              new RemedyOutcome.Done("put back 0 routes into the kernel, 3 were there already"));
      assertThat(routes(namespaces, node)).containsExactlyInAnyOrderElementsOf(theirs);
    }
  }

  @Test
  @Tag("root")
  void what_the_real_kernel_refuses_is_told_and_does_not_hold_up_the_rest() {
    try (var namespaces = new Namespaces()) {
      var node = node(namespaces);
      var repair = new RouteRepair(namespaces.runnerIn(node));
      var nowhere = new KernelRoute(
          "2001:db8:7::1/128", "::/0", Optional.of("fe80::2"), "nosuch", false, "main", 1024);
      assertThat(repair.putBack(List.of(nowhere, V6)))
          .isInstanceOf(RemedyOutcome.Failed.class)
          .extracting(RemedyOutcome::words)
          .asString()
          .startsWith("put back 1 of 2 routes; 1 failed")
          .contains("Cannot find device \"nosuch\"");
      assertThat(routes(namespaces, node)).containsExactly(V6);
      assertThat(repair.sweep(List.of(nowhere, V6, V4, FROM)))
          .isEqualTo(
              new RemedyOutcome.Done("swept 1 route out of the kernel, 3 were gone already"));
    }
  }

  @Test
  @Tag("root")
  void a_sweep_takes_exactly_the_route_it_names() {
    try (var namespaces = new Namespaces()) {
      var node = node(namespaces);
      var repair = new RouteRepair(namespaces.runnerIn(node));
      var others = new ArrayList<KernelRoute>();
      var swept = List.of(V6, V4, V4_VIA_V6, FROM, HELD);
      for (var route : swept) {
        others.add(copy(route, route.table(), route.metric() ^ 1));
        others.add(copy(route, "123", route.metric()));
      }
      others.add(NO_GATEWAY);
      others.add(new KernelRoute("::/0", "::/0", FROM.gateway(), "to2", false, "100", 77));
      others.add(
          new KernelRoute("::/0", "2001:db8:8::/48", FROM.gateway(), "to2", false, "100", 77));
      repair.putBack(others);
      repair.putBack(swept);
      for (var family : List.of("-6", "-4")) {
        // Another protocol's, alike in all but the protocol and, for the kernel's sake, the metric.
        namespaces.run("ip -n " + node + " " + family + " route add "
            + (family.equals("-6") ? V6.prefix() : V4.prefix()) + " dev to2 metric 5 proto static");
      }
      assertThat(routes(namespaces, node)).hasSize(others.size() + swept.size());
      assertThat(repair.sweep(swept).words()).isEqualTo("swept 5 routes out of the kernel");
      assertThat(routes(namespaces, node)).containsExactlyInAnyOrderElementsOf(others);
      assertThat(namespaces.succeeds(node, "ip -6 route get 2001:db8:2::1")).isTrue();
    }
  }

  @Test
  @Tag("root")
  void neither_another_protocols_route_nor_another_gateways_is_swept() {
    try (var namespaces = new Namespaces()) {
      var node = node(namespaces);
      var repair = new RouteRepair(namespaces.runnerIn(node));
      namespaces.run("ip -n " + node + " -6 route add " + V6.prefix()
          + " via fe80::2 dev to2 onlink metric 1024 proto static");
      namespaces.run("ip -n " + node + " -4 route add " + V4.prefix()
          + " via 203.0.113.2 dev to2 onlink proto static");
      var elsewhere = route(V4_VIA_V6.prefix(), "fe80::7");
      repair.putBack(List.of(elsewhere));
      assertThat(repair.sweep(List.of(V6, V4, V4_VIA_V6)).words())
          .isEqualTo("swept 0 routes out of the kernel, 3 were gone already");
      assertThat(routes(namespaces, node)).containsExactly(elsewhere);
      assertThat(namespaces.succeeds(node, "ip -6 route get 2001:db8:2::1")).isTrue();
      assertThat(namespaces.succeeds(node, "ip -4 route get 198.51.100.2")).isTrue();
    }
  }

  @Test
  @Tag("root")
  void a_thousand_routes_come_back_within_a_second() {
    try (var namespaces = new Namespaces()) {
      var node = node(namespaces);
      var repair = new RouteRepair(namespaces.runnerIn(node));
      var thousand = new ArrayList<KernelRoute>();
      for (var i = 0; i < 500; i++) {
        thousand.add(route("2001:db8:2::%x/128".formatted(i + 1), "fe80::2"));
        thousand.add(route("198.51.%d.%d/32".formatted(i / 250, i % 250 + 1), "fe80::2"));
      }
      var start = System.nanoTime();
      var outcome = repair.putBack(thousand);
      var put = System.nanoTime();
      var seen = routes(namespaces, node);
      var looked = System.nanoTime();
      var swept = repair.sweep(thousand);
      var end = System.nanoTime();
      System.out.printf(
          "1000 routes: put back in %d ms, looked at in %d ms, swept in %d ms%n",
          (put - start) / 1_000_000, (looked - put) / 1_000_000, (end - looked) / 1_000_000);
      assertThat(outcome.words()).isEqualTo("put back 1000 routes into the kernel");
      assertThat(seen).containsExactlyInAnyOrderElementsOf(thousand);
      assertThat(swept.words()).isEqualTo("swept 1000 routes out of the kernel");
      assertThat(Duration.ofNanos(put - start)).isLessThan(Duration.ofSeconds(1));
      assertThat(routes(namespaces, node)).isEmpty();
    }
  }

  private static String node(Namespaces namespaces) {
    Namespaces.require("ip");
    var node = namespaces.add("repair");
    namespaces.link(node, "to2", node, "peer");
    namespaces.run("ip -n " + node + " addr add 203.0.113.1/24 dev to2");
    return node;
  }

  private static void flush(Namespaces namespaces, String node) {
    namespaces.run("ip -n " + node + " -6 route flush proto babel");
    namespaces.run("ip -n " + node + " -4 route flush proto babel");
  }

  private static List<KernelRoute> routes(Namespaces namespaces, String node) {
    var look = new KernelRoutes(namespaces.runnerIn(node)).look();
    assertThat(look).isInstanceOf(KernelRoutesLook.Seen.class);
    return ((KernelRoutesLook.Seen) look).routes();
  }

  private static RemedyOutcome putBack(CommandResult result, KernelRoute... routes) {
    return new RouteRepair(command -> result).putBack(List.of(routes));
  }

  private static KernelRoute copy(KernelRoute route, String table, long metric) {
    return new KernelRoute(
        route.prefix(),
        route.source(),
        route.gateway(),
        route.device(),
        route.unreachable(),
        table,
        metric);
  }

  private static KernelRoute route(String prefix, String gateway) {
    var family = IpFamily.ofAddress(prefix);
    return new KernelRoute(
        prefix,
        family.everything(),
        Optional.of(gateway),
        "to2",
        false,
        "main",
        family == IpFamily.IPV6 ? 1024 : 0);
  }
}
