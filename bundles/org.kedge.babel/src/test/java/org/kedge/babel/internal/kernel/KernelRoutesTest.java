package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.base.api.CommandResult;

class KernelRoutesTest {
  @Test
  void one_listing_tells_the_family_of_each_default_route() {
    var defaults =
        seen(KernelRoutes.parse(Recordings.read("ip-routes-both-families.json"))).stream()
            .filter(route -> route.prefix().endsWith("/0"))
            .toList();
    assertThat(defaults)
        .extracting(
            KernelRoute::prefix,
            KernelRoute::source,
            KernelRoute::gateway,
            KernelRoute::device,
            KernelRoute::unreachable)
        .containsExactly(
            tuple("0.0.0.0/0", "0.0.0.0/0", Optional.of("203.0.113.1"), "to2", false),
            tuple("0.0.0.0/0", "0.0.0.0/0", Optional.of("fe80::2"), "to2", false),
            tuple("0.0.0.0/0", "0.0.0.0/0", Optional.empty(), "to1", false),
            tuple("0.0.0.0/0", "0.0.0.0/0", Optional.empty(), "lo", true),
            tuple("::/0", "2001:db8:8::/48", Optional.empty(), "lo", true),
            tuple("::/0", "2001:db8:9::/48", Optional.of("fe80::2"), "to2", false),
            tuple("::/0", "::/0", Optional.empty(), "to1", false),
            tuple("::/0", "::/0", Optional.of("fe80::1"), "to1", false),
            tuple("::/0", "::/0", Optional.empty(), "lo", true));
  }

  @Test
  void hosts_get_their_length_and_of_several_next_hops_the_first_is_told() {
    var routes = seen(KernelRoutes.parse(Recordings.read("ip-routes-both-families.json")));
    assertThat(routes)
        .hasSize(21)
        .contains(
            new KernelRoute(
                "198.51.100.2/32", "0.0.0.0/0", Optional.of("fe80::2"), "to2", false, "main", 0),
            new KernelRoute(
                "198.51.100.9/32", "0.0.0.0/0", Optional.empty(), "lo", true, "main", 4294967295L),
            new KernelRoute("10.0.0.0/8", "0.0.0.0/0", Optional.empty(), "to1", false, "main", 0),
            new KernelRoute(
                "2001:db8:6::1/128",
                "2001:db8:9::7/128",
                Optional.of("fe80::1"),
                "to1",
                false,
                "main",
                1024),
            new KernelRoute(
                "2001:db8:7::1/128", "::/0", Optional.of("fe80::1"), "to1", false, "main", 1024),
            new KernelRoute(
                "2001:db8:77::1/128", "::/0", Optional.of("fe80::1"), "to1", false, "100", 1024));
  }

  @Test
  void a_table_told_by_name_or_number_is_kept_as_told() {
    assertThat(
            seen(KernelRoutes.parse("[{\"dst\":\"10.0.0.0/8\",\"dev\":\"to1\",\"table\":\"mesh\"},"
                + "{\"dst\":\"10.0.0.0/8\",\"dev\":\"to1\",\"table\":254}]")))
        .extracting(KernelRoute::table)
        .containsExactly("mesh", "254");
  }

  @Test
  void routes_babeld_holds_as_unreachable_are_told_as_such() {
    for (var line :
        Recordings.read("ip-routes-unreachable-each-family.json").lines().toList()) {
      assertThat(seen(KernelRoutes.parse(line)))
          .hasSize(3)
          .allMatch(KernelRoute::unreachable)
          .allMatch(route -> route.device().equals("lo"));
    }
  }

  @Test
  void routes_of_a_transit_node_are_read_in_both_families() {
    for (var line : Recordings.read("ip-routes-babeld-each-family.json").lines().toList()) {
      assertThat(seen(KernelRoutes.parse(line)))
          .hasSize(3)
          .noneMatch(KernelRoute::unreachable)
          .allMatch(route -> route.gateway().isPresent());
    }
  }

  @Test
  void no_routes_are_a_sight_too() {
    assertThat(seen(KernelRoutes.parse(Recordings.read("ip-routes-none.json")))).isEmpty();
  }

  @Test
  void what_is_not_one_whole_listing_is_unseen() {
    var whole = Recordings.read("ip-routes-both-families.json");
    for (var text : List.of(
        "",
        whole.substring(0, whole.length() / 2),
        "default via 203.0.113.1 dev to2",
        "{}",
        "[1]",
        "[{\"dev\":\"to1\"}]",
        "[{\"dst\":[]}]",
        "[{\"dst\":\"10.0.0.0/8\",\"metric\":\"many\"}]",
        Recordings.read("ip-routes-babeld-each-family.json"))) {
      assertThat(KernelRoutes.parse(text)).as(text).isInstanceOf(KernelRoutesLook.Unseen.class);
    }
  }

  @Test
  void why_the_routes_cannot_be_seen_is_told_in_words() {
    assertThat(why(new CommandResult.NotStarted("No such file or directory")))
        .contains("ip -j route", "not started", "No such file");
    assertThat(why(new CommandResult.TimedOut("", "", Duration.ofSeconds(2))))
        .contains("no end within 2000 ms");
    assertThat(why(Recordings.ended(1, "", "Cannot send dump request")))
        .contains("exit code 1", "Cannot send");
    assertThat(why(new CommandResult.Ended(0, "[ ]", "", true, Duration.ofMillis(5))))
        .contains("more than 16777216 bytes");
    assertThat(why(Recordings.ended(0, "[ ]", "Dump was interrupted and may be inconsistent.")))
        .contains("interrupted");
  }

  @Test
  @Tag("root")
  void the_kernels_own_routes_are_read_as_they_were_put_in() {
    Namespaces.require("ip");
    try (var namespaces = new Namespaces()) {
      var node = namespaces.add("routes");
      namespaces.link(node, "to1", node, "peer");
      namespaces.run("ip -n " + node
          + " -6 route add default via fe80::1 dev to1 onlink proto babel table 100");
      namespaces.run("ip -n " + node
          + " -6 route add unreachable 2001:db8:4::1 metric 4294967295 proto babel");
      namespaces.run("ip -n " + node
          + " -6 route add 2001:db8:5::/64 via fe80::1 dev to1 onlink proto static");
      namespaces.run(
          "ip -n " + node + " -4 route add default via inet6 fe80::1 dev to1 onlink proto babel");
      assertThat(seen(new KernelRoutes(namespaces.runnerIn(node)).look()))
          .containsExactlyInAnyOrder(
              new KernelRoute(
                  "0.0.0.0/0", "0.0.0.0/0", Optional.of("fe80::1"), "to1", false, "main", 0),
              new KernelRoute("::/0", "::/0", Optional.of("fe80::1"), "to1", false, "100", 1024),
              new KernelRoute(
                  "2001:db8:4::1/128", "::/0", Optional.empty(), "lo", true, "main", 4294967295L));
    }
  }

  private static String why(CommandResult result) {
    return ((KernelRoutesLook.Unseen) new KernelRoutes(command -> result).look()).why();
  }

  private static List<KernelRoute> seen(KernelRoutesLook look) {
    assertThat(look).isInstanceOf(KernelRoutesLook.Seen.class);
    return ((KernelRoutesLook.Seen) look).routes();
  }
}
