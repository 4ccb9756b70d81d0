package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;

class RouteComparisonTest {
  private static final String ANY = "::/0";

  @Test
  void a_route_in_both_is_neither_missing_nor_stale() {
    var comparison = RouteComparison.of(
        told(route("2001:db8:2::1/128", ANY, true, 96)),
        List.of(kernel("2001:db8:2::1/128", ANY, false)));
    assertThat(comparison.agrees()).isTrue();
    assertThat(comparison.agreed()).isEqualTo(1);
  }

  @Test
  void a_route_the_kernel_lacks_or_holds_as_unreachable_only_is_missing() {
    var lacking = route("2001:db8:2::1/128", ANY, true, 96);
    var unreachable = route("2001:db8:3::1/128", ANY, true, 192);
    var comparison = RouteComparison.of(
        told(lacking, unreachable), List.of(kernel("2001:db8:3::1/128", ANY, true)));
    assertThat(comparison.missing()).containsExactly(lacking, unreachable);
    assertThat(comparison.missingCount()).isEqualTo(2);
    assertThat(comparison.stale()).isEmpty();
  }

  @Test
  void an_installed_route_with_infinite_metric_is_not_missing_while_the_kernel_says_unreachable() {
    var comparison = RouteComparison.of(
        told(route("2001:db8:2::1/128", ANY, true, Route.INFINITY)),
        List.of(kernel("2001:db8:2::1/128", ANY, true)));
    assertThat(comparison.agrees()).isTrue();
  }

  @Test
  void a_route_babeld_does_not_name_as_installed_is_stale() {
    var left = kernel("198.51.100.9/32", "0.0.0.0/0", false);
    var comparison =
        RouteComparison.of(told(route("198.51.100.9/32", "0.0.0.0/0", false, 96)), List.of(left));
    assertThat(comparison.stale()).containsExactly(left);
    assertThat(comparison.staleCount()).isEqualTo(1);
  }

  @Test
  void the_source_is_part_of_a_routes_name() {
    var told = route(ANY, "2001:db8:9::/48", true, 96);
    var comparison = RouteComparison.of(told(told), List.of(kernel(ANY, ANY, false)));
    assertThat(comparison.missing()).containsExactly(told);
    assertThat(comparison.staleCount()).isEqualTo(1);
  }

  @Test
  void text_forms_of_one_address_are_one_and_mapped_ipv4_is_ipv4() {
    var comparison = RouteComparison.of(
        told(
            route("2001:0DB8:0:0::1/128", "0::0/0", true, 96),
            route("::ffff:198.51.100.0/120", "::ffff:0:0/96", true, 96),
            route("2001:db8::f/64", ANY, true, 96)),
        List.of(
            kernel("2001:db8::1/128", ANY, false),
            kernel("198.51.100.0/24", "0.0.0.0/0", false),
            kernel("2001:db8::/64", ANY, false)));
    assertThat(comparison.agrees()).isTrue();
    assertThat(comparison.agreed()).isEqualTo(3);
  }

  @Test
  void a_prefix_that_is_no_address_is_counted_and_left_out() {
    var comparison = RouteComparison.of(
        told(route("2001:db8::g/64", ANY, true, 96)), List.of(kernel("somewhere", ANY, false)));
    assertThat(comparison.unreadable()).isEqualTo(2);
    assertThat(comparison.agrees()).isTrue();
  }

  @Test
  void what_is_no_prefix_is_refused() {
    for (var text : List.of(
        "",
        "/",
        "::/",
        "::/129",
        "1.2.3.4/33",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "12345::",
        "1:",
        ":1",
        "1:2:3:4:5:6:7:",
        "fe80::1%to1",
        "::1.2.3",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::-1")) {
      assertThat(IpPrefix.of(text)).as(text).isEmpty();
    }
  }

  @Test
  void a_prefix_covers_what_is_in_it_and_never_the_other_family() {
    assertThat(covers("::/0", "2001:db8::1")).isTrue();
    assertThat(covers("2001:db8::/32", "2001:db8:ffff::/48")).isTrue();
    assertThat(covers("2001:db8::/32", "2001:db9::1")).isFalse();
    assertThat(covers("2001:db8::/64", "2001:db8::/32")).isFalse();
    assertThat(covers("0.0.0.0/0", "198.51.100.2")).isTrue();
    assertThat(covers("198.51.100.0/24", "198.51.101.2")).isFalse();
    assertThat(covers("::/0", "198.51.100.2")).isFalse();
    assertThat(covers("0.0.0.0/0", "2001:db8::1")).isFalse();
  }

  private static boolean covers(String prefix, String address) {
    return IpPrefix.of(prefix).orElseThrow().covers(IpPrefix.of(address).orElseThrow());
  }

  @Test
  void any_ipv6_address_in_any_form_reads_as_the_jdk_reads_it() throws UnknownHostException {
    for (var seed = 0L; seed < 5_000; seed++) {
      var random = new Random(seed);
      var octets = new byte[16];
      for (var group = 0; group < 8; group++) {
        if (random.nextInt(3) > 0) {
          octets[2 * group + 1] = (byte) random.nextInt(256);
          octets[2 * group] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0);
        }
      }
      var text = written(octets, random);
      var bits = ByteBuffer.wrap(octets);
      assertThat(IpPrefix.of(text))
          .as("seed %d: %s", seed, text)
          .contains(new IpPrefix(bits.getLong(), bits.getLong(), 128));
      if (InetAddress.getByName(text) instanceof Inet6Address read) {
        assertThat(read.getAddress()).as("seed %d: %s", seed, text).isEqualTo(octets);
      }
    }
  }

  @Test
  void faults_put_in_at_random_are_found_exactly() {
    for (var seed = 0L; seed < 300; seed++) {
      var random = new Random(seed);
      var told = new ArrayList<Route>();
      var kernel = new ArrayList<KernelRoute>();
      var missing = new ArrayList<Route>();
      var stale = new ArrayList<KernelRoute>();
      var agreed = 0;
      for (var index = 0; index < 40; index++) {
        var octets = new byte[16];
        octets[0] = 0x20;
        octets[7] = (byte) index;
        octets[15] = (byte) random.nextInt(3);
        var source = random.nextBoolean() ? ANY : "2001:db8:" + index + "::/48";
        var route = route(written(octets, random) + "/128", source, true, 96);
        var other =
            new Route("0", route.prefix(), source, false, "", 200, 100, "fe80::2", "to2", Map.of());
        var seen = kernel(written(octets, random) + "/128", source, false);
        switch (random.nextInt(5)) {
          case 0 -> {
            told.add(route);
            missing.add(route);
          }
          case 1 -> {
            told.add(other);
            kernel.add(seen);
            stale.add(seen);
          }
          case 2 -> {
            told.add(route);
            kernel.add(kernel(seen.prefix(), source, true));
            missing.add(route);
          }
          case 3 -> kernel.add(kernel(seen.prefix(), source, true));
          default -> {
            told.add(other);
            told.add(route);
            kernel.add(seen);
            agreed++;
          }
        }
      }
      Collections.shuffle(kernel, random);
      var comparison = RouteComparison.of(told(told.toArray(Route[]::new)), kernel);
      assertThat(comparison.missing()).as("seed %d", seed).isEqualTo(missing);
      assertThat(comparison.stale()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(stale);
      assertThat(comparison.agreed()).as("seed %d", seed).isEqualTo(agreed);
      assertThat(comparison.unreadable()).as("seed %d", seed).isZero();
    }
  }

  /** One of the many forms of an address: zeros left out or not, capitals, an IPv4 tail. */
  private static String written(byte[] octets, Random random) {
    var hasQuad = random.nextInt(4) == 0;
    var count = hasQuad ? 6 : 8;
    var gap = random.nextBoolean() ? random.nextInt(count) : -1;
    var gapEnd = gap;
    while (gapEnd >= 0
        && gapEnd < count
        && octets[2 * gapEnd] == 0
        && octets[2 * gapEnd + 1] == 0) {
      gapEnd++;
    }
    var parts = new StringBuilder();
    for (var group = 0; group < count; group++) {
      if (group == gap && gapEnd > gap) {
        parts.append(group == 0 ? "::" : ":");
        group = gapEnd - 1;
        continue;
      }
      var value = (octets[2 * group] & 0xFF) << 8 | (octets[2 * group + 1] & 0xFF);
      var hex = random.nextBoolean() ? "%x".formatted(value) : "%04X".formatted(value);
      parts.append(hex).append(group < 7 ? ":" : "");
    }
    if (hasQuad) {
      parts.append("%d.%d.%d.%d"
          .formatted(octets[12] & 0xFF, octets[13] & 0xFF, octets[14] & 0xFF, octets[15] & 0xFF));
    }
    return parts.toString();
  }

  private static RoutingTable told(Route... routes) {
    return new RoutingTable(
        new Uptime(0), List.of(), List.of(), List.of(), List.of(routes), Map.of());
  }

  private static Route route(String prefix, String source, boolean installed, int metric) {
    return new Route("0", prefix, source, installed, "", metric, 0, "fe80::1", "to1", Map.of());
  }

  private static KernelRoute kernel(String prefix, String source, boolean unreachable) {
    return new KernelRoute(
        prefix, source, Optional.of("fe80::1"), unreachable ? "lo" : "to1", unreachable, "main", 0);
  }
}
