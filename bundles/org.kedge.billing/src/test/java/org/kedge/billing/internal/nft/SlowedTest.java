package org.kedge.billing.internal.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.billing.internal.nft.MeshLink.LEFT6;
import static org.kedge.billing.internal.nft.MeshLink.LEFT_MAC;
import static org.kedge.billing.internal.nft.MeshLink.NODE6;
import static org.kedge.billing.internal.nft.MeshLink.RIGHT6;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.PassAlways;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.Slowed;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.nft.MeterTable.Applied;
import org.kedge.billing.internal.nft.MeterTable.Look;

class SlowedTest extends OnMeshLink {
  private static final Station LEFT = new Station("mesh0", LEFT_MAC);
  /** So little that a slow machine does not get all through. */
  private static final int KILOBITS = 8;

  private static final int PINGS = 100;
  private static final int PAYLOAD = 1400;
  private static final int BYTES = PAYLOAD + 48;
  /** What a bucket holds at the start: what comes in a second, and a bundle. */
  private static final int AT_ONCE = (KILOBITS * 125 + 65_536) / BYTES;

  private static final Pattern ANSWERED = Pattern.compile(" (\\d+) received");

  @Test
  void who_is_slowed_is_slowed_alone_and_no_longer_than_wanted() {
    apply(List.of(new Slowed(LEFT, KILOBITS)));
    assertThat(answered(mesh.left, LEFT6, NODE6)).isBetween(AT_ONCE, PINGS * 8 / 10);
    assertThat(answered(mesh.right, RIGHT6, NODE6)).isEqualTo(PINGS);
    apply(List.of());
    assertThat(answered(mesh.left, LEFT6, NODE6)).isEqualTo(PINGS);
  }

  @Test
  void what_is_dropped_counts_on_its_way_in_and_not_on_its_way_out() {
    apply(List.of(new Slowed(LEFT, KILOBITS)));
    var answered = answered(mesh.left, LEFT6, NODE6);
    assertThat(count(Direction.IN, NODE6)).isEqualTo(new Count(PINGS, (long) PINGS * BYTES));
    assertThat(count(Direction.OUT, LEFT6)).isEqualTo(new Count(answered, (long) answered * BYTES));
  }

  @Test
  void what_passes_always_passes_while_its_sender_is_slowed() {
    apply(
        List.of(new Slowed(LEFT, KILOBITS)),
        PassAlways.of(NODE6).orElseThrow(),
        PassAlways.of("[" + RIGHT6 + "]:7").orElseThrow());
    assertThat(answered(mesh.left, LEFT6, NODE6)).isEqualTo(PINGS);
    assertThat(answered(mesh.left, LEFT6, RIGHT6)).isLessThan(PINGS);
    assertThat(answered(mesh.left, "mesh0", MeshLink.linkLocal("02:00:5e:00:00:01")))
        .isEqualTo(PINGS);
  }

  @ParameterizedTest
  @CsvSource({"1000, false", "1000, true", "5000, false", "5000, true"})
  @Tag("thorough")
  void tcp_keeps_to_its_rate_within_a_tenth_each_way(int kilobits, boolean isDownward)
      throws IOException {
    apply(List.of(new Slowed(LEFT, kilobits)));
    var rate = tcpKilobits("-O 4 -t 20" + (isDownward ? " -R" : ""));
    System.out.println("slowed: TCP " + (isDownward ? "towards" : "from")
        + " the slowed neighbour at " + rate + " of " + kilobits + " kbit/s");
    assertThat(rate).isBetween(kilobits * 9L / 10, kilobits * 11L / 10);
  }

  @Test
  @Tag("thorough")
  void a_maintainer_gets_through_at_full_rate() throws IOException {
    apply(List.of(new Slowed(LEFT, KILOBITS)));
    assertThat(tcpKilobits("-t 2 -p 22")).isGreaterThan(10_000);
  }

  /** What TCP brings from the left neighbour to the right one. */
  private long tcpKilobits(String options) throws IOException {
    MeshLink.require("iperf3", "ss");
    var port = options.contains("-p 22") ? "22" : "5201";
    var server = new ProcessBuilder(
            "ip", "netns", "exec", mesh.right, "iperf3", "-s", "-1", "-p", port, "-B", RIGHT6)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    try {
      Awaitility.await()
          .until(() -> mesh.attempt(mesh.right, "ss -Hltn").contains(":" + port + " "));
      var said =
          mesh.attempt(mesh.left, "iperf3 -J -6 -c " + RIGHT6 + " -B " + LEFT6 + " " + options);
      return JsonParser.parseString(said)
              .getAsJsonObject()
              .getAsJsonObject("end")
              .getAsJsonObject("sum_received")
              .get("bits_per_second")
              .getAsBigDecimal()
              .longValue()
          / 1000;
    } finally {
      server.destroyForcibly();
    }
  }

  private void apply(List<Slowed> slowed, PassAlways... passAlways) {
    assertThat(table.apply(new WantedTable(
            List.of(new MeteredInterface("mesh0", MeteredInterface.Kind.ETHERNET)),
            List.of(IpPrefix.of("2001:db8::/32").orElseThrow()),
            slowed,
            List.of(passAlways))))
        .isEqualTo(new Applied.Done(1));
  }

  private Count count(Direction direction, String address) {
    var look = table.read(new Uptime(1), Map.of());
    assertThat(look).isInstanceOf(Look.Read.class);
    return ((Look.Read) look)
        .reading()
        .counts()
        .getOrDefault(
            new MeterKey(direction, LEFT, new Target.Mesh(IpPrefix.of(address).orElseThrow())),
            Count.NONE);
  }

  /** How many of so many echoes were answered. */
  private int answered(String namespace, String source, String to) {
    var said = mesh.attempt(
        namespace,
        "ping -q -n -i 0.002 -W 0.2 -c " + PINGS + " -s " + PAYLOAD + " -I " + source + " " + to);
    var found = ANSWERED.matcher(said);
    assertThat(found.find()).as(said).isTrue();
    return Integer.parseInt(found.group(1));
  }
}
