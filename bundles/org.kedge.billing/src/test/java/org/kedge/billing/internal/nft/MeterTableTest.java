package org.kedge.billing.internal.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.billing.internal.nft.MeshLink.BEYOND4;
import static org.kedge.billing.internal.nft.MeshLink.BEYOND6;
import static org.kedge.billing.internal.nft.MeshLink.LEFT4;
import static org.kedge.billing.internal.nft.MeshLink.LEFT6;
import static org.kedge.billing.internal.nft.MeshLink.LEFT_MAC;
import static org.kedge.billing.internal.nft.MeshLink.NODE4;
import static org.kedge.billing.internal.nft.MeshLink.NODE6;
import static org.kedge.billing.internal.nft.MeshLink.RIGHT4;
import static org.kedge.billing.internal.nft.MeshLink.RIGHT6;
import static org.kedge.billing.internal.nft.MeshLink.RIGHT_MAC;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Command;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.PassAlways;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.Gapped;
import org.kedge.billing.internal.core.metering.Meter;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.core.metering.Slowed;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.billing.internal.kernel.NeighbourMacs;
import org.kedge.billing.internal.nft.MeterTable.Applied;
import org.kedge.billing.internal.nft.MeterTable.Look;

class MeterTableTest extends OnMeshLink {
  private static final MeteredInterface MESH0 = new MeteredInterface("mesh0", Kind.ETHERNET);
  private static final List<IpPrefix> MESH =
      prefixes("2001:db8::/32", "2001:db8:2::1/128", "198.51.100.0/24");
  private static final WantedTable WANTED =
      new WantedTable(List.of(MESH0), MESH, List.of(), List.of());
  private static final int PINGS = 40;
  private static final int PAYLOAD = 1000;
  private static final Count ECHOES6 = new Count(PINGS, PINGS * (PAYLOAD + 8L + 40));
  private static final Count ECHOES4 = new Count(PINGS, PINGS * (PAYLOAD + 8L + 20));
  private static final Station LEFT = new Station("mesh0", LEFT_MAC);
  private static final Station RIGHT = new Station("mesh0", RIGHT_MAC);

  @Test
  void bytes_are_exact_in_both_directions_and_families() {
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT6, NODE6, PINGS, PAYLOAD);
    mesh.ping(mesh.node, NODE4, LEFT4, PINGS, PAYLOAD);
    mesh.ping(mesh.right, RIGHT6, NODE6, 1, 10);
    assertThat(counts())
        .containsOnly(
            Map.entry(in(LEFT, NODE6), ECHOES6),
            Map.entry(out(LEFT, LEFT6), ECHOES6),
            Map.entry(in(LEFT, NODE4), ECHOES4),
            Map.entry(out(LEFT, LEFT4), ECHOES4),
            Map.entry(any(Direction.IN, LEFT), ECHOES6.plus(ECHOES4)),
            Map.entry(any(Direction.OUT, LEFT), ECHOES6.plus(ECHOES4)),
            Map.entry(in(RIGHT, NODE6), new Count(1, 58)),
            Map.entry(out(RIGHT, RIGHT6), new Count(1, 58)),
            Map.entry(any(Direction.IN, RIGHT), new Count(1, 58)),
            Map.entry(any(Direction.OUT, RIGHT), new Count(1, 58)));
  }

  @Test
  void what_is_relayed_counts_for_who_hands_it_and_who_takes_it_also_by_an_ipv6_next_hop() {
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT4, RIGHT4, PINGS, PAYLOAD);
    mesh.ping(mesh.left, LEFT6, RIGHT6, PINGS, PAYLOAD);
    mesh.ping(mesh.left, LEFT6, BEYOND6, PINGS, PAYLOAD);
    mesh.ping(mesh.left, LEFT4, BEYOND4, PINGS, PAYLOAD);
    var all = ECHOES4.plus(ECHOES6);
    assertThat(counts())
        .containsOnly(
            Map.entry(in(LEFT, RIGHT4), ECHOES4),
            Map.entry(out(RIGHT, RIGHT4), ECHOES4),
            Map.entry(in(LEFT, RIGHT6), ECHOES6),
            Map.entry(out(RIGHT, RIGHT6), ECHOES6),
            Map.entry(elsewhere(Direction.IN, LEFT), all),
            Map.entry(elsewhere(Direction.OUT, RIGHT), all),
            Map.entry(in(RIGHT, LEFT4), ECHOES4.plus(ECHOES4)),
            Map.entry(in(RIGHT, LEFT6), ECHOES6.plus(ECHOES6)),
            Map.entry(out(LEFT, LEFT4), ECHOES4.plus(ECHOES4)),
            Map.entry(out(LEFT, LEFT6), ECHOES6.plus(ECHOES6)),
            Map.entry(any(Direction.IN, LEFT), all.plus(all)),
            Map.entry(any(Direction.OUT, LEFT), all.plus(all)),
            Map.entry(any(Direction.IN, RIGHT), all.plus(all)),
            Map.entry(any(Direction.OUT, RIGHT), all.plus(all)));
  }

  @Test
  void whose_station_it_is_the_kernel_tells_by_the_neighbours_address() {
    mesh.ping(mesh.node, NODE6, LEFT6, 1, 10);
    assertThat(new NeighbourMacs(mesh.runnerIn(mesh.node)).look())
        .isInstanceOfSatisfying(
            NeighbourMacs.Look.Seen.class,
            seen -> assertThat(seen.macs())
                .containsEntry(new LinkAddress("mesh0", MeshLink.linkLocal(LEFT_MAC)), LEFT_MAC));
  }

  @Test
  void multicast_link_local_and_broadcast_are_left_out() {
    applied(1, WANTED);
    mesh.ping(mesh.node, "mesh0", MeshLink.linkLocal(LEFT_MAC), 5, 100);
    mesh.ping(mesh.left, "mesh0", "ff02::1", 5, 100);
    mesh.attempt(mesh.node, "ping -q -n -W 0.1 -c 1 -b -I " + NODE4 + " 255.255.255.255");
    mesh.attempt(mesh.node, "ping -q -n -W 0.1 -c 1 -t 1 -I " + NODE4 + " 224.0.0.1");
    assertThat(counts()).isEmpty();
  }

  @Test
  void what_neighbours_say_to_each_other_is_left_out_even_while_somebody_listens_to_all_of_it() {
    applied(1, WANTED);
    mesh.asAHub(true);
    try {
      mesh.ping(mesh.left, MeshLink.LEFT_DIRECT6, MeshLink.RIGHT_DIRECT6, 5, 100);
      mesh.ping(mesh.left, LEFT6, NODE6, 1, 10);
    } finally {
      mesh.asAHub(false);
    }
    assertThat(counts())
        .containsOnlyKeys(
            in(LEFT, NODE6), out(LEFT, LEFT6), any(Direction.IN, LEFT), any(Direction.OUT, LEFT));
  }

  @Test
  void on_a_tunnel_there_is_one_station_without_an_address() {
    MeshLink.require("socat");
    var tunnel = new MeteredInterface("tun0", Kind.BARE);
    var ends = mesh.tunnel("tun0");
    try {
      applied(1, new WantedTable(List.of(tunnel), MESH, List.of(), List.of()));
      mesh.ping(mesh.left, MeshLink.TUNNEL_LEFT6, MeshLink.TUNNEL_NODE6, PINGS, PAYLOAD);
      mesh.ping(mesh.left, MeshLink.TUNNEL_LEFT4, MeshLink.TUNNEL_NODE4, PINGS, PAYLOAD);
      var peer = new Station("tun0", "");
      assertThat(counts())
          .containsOnly(
              Map.entry(in(peer, MeshLink.TUNNEL_NODE6), ECHOES6),
              Map.entry(out(peer, MeshLink.TUNNEL_LEFT6), ECHOES6),
              Map.entry(elsewhere(Direction.IN, peer), ECHOES4),
              Map.entry(elsewhere(Direction.OUT, peer), ECHOES4),
              Map.entry(any(Direction.IN, peer), ECHOES6.plus(ECHOES4)),
              Map.entry(any(Direction.OUT, peer), ECHOES6.plus(ECHOES4)));
    } finally {
      ends.close();
    }
  }

  @Test
  void read_again_and_again_while_packets_pass_each_byte_is_booked_once_and_to_its_target()
      throws IOException {
    applied(1, WANTED);
    var flood = new ProcessBuilder(("ip netns exec " + mesh.left
                + " ping -q -n -f -c 4000 -s 100 -I " + LEFT6 + " " + RIGHT6)
            .split(" "))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    var booked = new HashMap<MeterKey, Count>();
    var positions = Positions.NONE;
    var readings = 0;
    try {
      for (var isLast = false; !isLast; readings++) {
        isLast = !flood.isAlive();
        var difference = Meter.difference(positions, reading());
        difference.counts().forEach((key, count) -> booked.merge(key, count, Count::plus));
        positions = difference.positions();
      }
    } finally {
      flood.destroyForcibly();
    }
    assertThat(readings).isGreaterThan(3);
    var all = new Count(4000, 4000 * 148L);
    assertThat(booked)
        .containsOnly(
            Map.entry(in(LEFT, RIGHT6), all),
            Map.entry(out(RIGHT, RIGHT6), all),
            Map.entry(in(RIGHT, LEFT6), all),
            Map.entry(out(LEFT, LEFT6), all));
  }

  @Test
  void the_same_wish_changes_nothing_and_another_one_keeps_the_counters() {
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT6, NODE6, PINGS, PAYLOAD);
    mesh.ping(mesh.left, LEFT4, NODE4, PINGS, PAYLOAD);
    applied(0, WANTED);
    var before = reading();
    var slowed = new WantedTable(
        List.of(MESH0),
        prefixes("2001:db8::/32"),
        List.of(new Slowed(LEFT, 1000)),
        List.of(
            PassAlways.of("[2001:db8::9]:443").orElseThrow(),
            PassAlways.of("192.0.2.1").orElseThrow()));
    applied(1, slowed);
    applied(0, slowed);
    assertThat(reading()).isEqualTo(before);
    mesh.ping(mesh.left, LEFT4, NODE4, PINGS, PAYLOAD);
    assertThat(counts())
        .containsEntry(in(LEFT, NODE4), ECHOES4)
        .containsEntry(elsewhere(Direction.IN, LEFT), ECHOES4);
    // As after a restart of the runtime.
    table = new MeterTable(mesh.runnerIn(mesh.node), "boot");
    applied(1, WANTED);
    applied(0, WANTED);
    mesh.ping(mesh.left, LEFT4, NODE4, PINGS, PAYLOAD);
    assertThat(counts()).containsEntry(in(LEFT, NODE4), ECHOES4.plus(ECHOES4));
  }

  @Test
  void a_table_that_somebody_removed_is_told_and_made_anew() {
    assertThat(table.read(new Uptime(1), Map.of())).isEqualTo(new Look.Gone());
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT6, NODE6, PINGS, PAYLOAD);
    var first = reading();
    mesh.nft("flush ruleset");
    assertThat(table.read(new Uptime(2), Map.of())).isEqualTo(new Look.Gone());
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT6, NODE6, 1, PAYLOAD);
    var again = reading();
    assertThat(again.generation()).startsWith("boot/").isNotEqualTo(first.generation());
    var difference = Meter.difference(Meter.difference(Positions.NONE, first).positions(), again);
    assertThat(difference.counts())
        .containsOnly(
            Map.entry(in(LEFT, NODE6), new Count(1, 1048)),
            Map.entry(out(LEFT, LEFT6), new Count(1, 1048)));
    assertThat(difference.gap()).map(Gapped::cause).contains(Gapped.Cause.TABLE_REMOVED);
  }

  @Test
  void a_full_set_is_told_and_what_found_no_counter_is_still_counted_once() {
    table = new MeterTable(mesh.runnerIn(mesh.node), "boot", new Sizes(4096, 2));
    applied(1, WANTED);
    for (var target : List.of(NODE6, RIGHT6, "2001:db8:3::2", "2001:db8:3::3")) {
      mesh.ping(mesh.left, LEFT6, target, PINGS, PAYLOAD);
    }
    var reading = reading();
    assertThat(reading.full()).containsExactly("ether-in-mesh6", "ether-out-mesh6");
    assertThat(Meter.difference(Positions.NONE, reading).counts())
        .containsEntry(in(LEFT, NODE6), ECHOES6)
        .containsEntry(in(LEFT, RIGHT6), ECHOES6)
        .containsEntry(any(Direction.IN, LEFT), ECHOES6.plus(ECHOES6))
        .doesNotContainKeys(
            any(Direction.OUT, LEFT), in(LEFT, "2001:db8:3::2"), in(LEFT, "2001:db8:3::3"));
  }

  @Test
  void an_interface_that_goes_and_comes_again_is_counted_once_and_goes_on_from_where_it_was() {
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT6, NODE6, PINGS, PAYLOAD);
    mesh.unplug();
    try {
      applied(1, new WantedTable(List.of(), MESH, List.of(), List.of()));
      assertThat(mesh.nft("list table netdev kedge")).doesNotContain("mesh0\" priority");
      assertThat(counts()).containsEntry(in(LEFT, NODE6), ECHOES6);
    } finally {
      mesh.plugAgain();
    }
    applied(1, WANTED);
    mesh.ping(mesh.left, LEFT6, NODE6, PINGS, PAYLOAD);
    assertThat(counts())
        .containsEntry(in(LEFT, NODE6), ECHOES6.plus(ECHOES6))
        .containsEntry(any(Direction.OUT, LEFT), ECHOES6.plus(ECHOES6));
  }

  @Test
  void an_interface_that_was_replaced_unseen_is_counted_once() {
    applied(1, WANTED);
    mesh.unplug();
    mesh.plugAgain();
    // Before Linux 6.16 its chains went with it, since then they take up the new one.
    assertThat(table.apply(WANTED)).isInstanceOf(Applied.Done.class);
    mesh.ping(mesh.left, LEFT6, NODE6, PINGS, PAYLOAD);
    assertThat(counts())
        .containsEntry(any(Direction.IN, LEFT), ECHOES6)
        .containsEntry(any(Direction.OUT, LEFT), ECHOES6);
  }

  @Test
  void other_tables_stay_as_they_are() {
    mesh.load("""
        table inet kedge {
          set s { type ipv4_addr; elements = { 192.0.2.1 }; }
          chain c { type filter hook forward priority 0; policy accept; counter; }
        }
        table netdev other {
          chain c { type filter hook ingress device "mesh0" priority 0; }
        }
        """);
    var before = mesh.nft("list ruleset");
    applied(1, WANTED);
    applied(1, WantedTable.NONE);
    assertThat(mesh.nft("delete table netdev kedge")).isEmpty();
    assertThat(mesh.nft("list ruleset")).isNotEmpty().isEqualTo(before);
  }

  @Test
  void somebody_elses_table_of_the_same_name_is_left_alone_and_said_so() {
    mesh.load("""
        table netdev kedge {
          set mesh6 { type ipv6_addr; }
        }
        """);
    var before = mesh.nft("list ruleset");
    assertThat(table.apply(WANTED))
        .isInstanceOfSatisfying(
            Applied.Foreign.class,
            foreign -> assertThat(foreign.why()).contains("netdev kedge", "left alone"));
    assertThat(table.read(new Uptime(1), Map.of())).isInstanceOf(Look.Foreign.class);
    assertThat(mesh.nft("list ruleset")).isEqualTo(before);
  }

  @Test
  void without_the_right_to_change_the_firewall_it_says_so_and_that_waiting_is_in_vain() {
    MeshLink.require("setpriv");
    var inside = mesh.runnerIn(mesh.node);
    table = new MeterTable(
        command -> {
          var words = new ArrayList<>(List.of("setpriv", "--bounding-set=-net_admin"));
          words.addAll(command.arguments());
          return inside.run(
              new Command(words, command.limit(), command.outputLimit(), command.input()));
        },
        "boot");
    assertThat(table.apply(WANTED)).isInstanceOfSatisfying(Applied.Failed.class, failed -> {
      assertThat(failed.why()).contains("nft", "not permitted");
      assertThat(failed.waitingHelps()).isFalse();
    });
  }

  private void applied(int transactions, WantedTable wanted) {
    assertThat(table.apply(wanted)).isEqualTo(new Applied.Done(transactions));
  }

  private MeterReading reading() {
    return reading(table);
  }

  private static MeterReading reading(MeterTable table) {
    var look = table.read(new Uptime(1), Map.of());
    assertThat(look).isInstanceOf(Look.Read.class);
    return ((Look.Read) look).reading();
  }

  private Map<MeterKey, Count> counts() {
    return reading().counts();
  }

  private static MeterKey any(Direction direction, Station station) {
    return new MeterKey(direction, station, new Target.Any());
  }

  private static MeterKey elsewhere(Direction direction, Station station) {
    return new MeterKey(direction, station, new Target.Elsewhere());
  }

  private static MeterKey in(Station station, String address) {
    return mesh(Direction.IN, station, address);
  }

  private static MeterKey out(Station station, String address) {
    return mesh(Direction.OUT, station, address);
  }

  private static MeterKey mesh(Direction direction, Station station, String address) {
    return new MeterKey(direction, station, new Target.Mesh(IpPrefix.of(address).orElseThrow()));
  }

  private static List<IpPrefix> prefixes(String... texts) {
    return List.of(texts).stream().map(text -> IpPrefix.of(text).orElseThrow()).toList();
  }
}
