package org.kedge.babel.internal.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.internal.core.BabelLine.FlushLine;
import org.kedge.babel.internal.core.BabelLine.InterfaceLine;
import org.kedge.babel.internal.core.BabelLine.Kind;
import org.kedge.babel.internal.core.BabelLine.Malformed;
import org.kedge.babel.internal.core.BabelLine.NeighbourLine;
import org.kedge.babel.internal.core.BabelLine.No;
import org.kedge.babel.internal.core.BabelLine.RouteLine;
import org.kedge.babel.internal.core.BabelLine.Statement;
import org.kedge.babel.internal.core.BabelLine.Unknown;
import org.kedge.babel.internal.core.BabelLine.Verb;

class LineParserTest {
  private static final String ROUTE =
      "add route 14f0820 prefix 10.28.7.7/32 from 0.0.0.0/0 installed yes id ba:27:eb:ff:fe:5b:fe:c7"
          + " metric 1596 refmetric 638 via fe80::1 if wlan0";
  private static final String NEIGHBOUR =
      "add neighbour 14f05f0 address fe80::1 if wlan0 reach ffff ureach 0000 rxcost 256 txcost 256"
          + " rtt 0.268 rttcost 0 cost 256";

  private final LineParser parser = new LineParser();

  @Test
  void a_neighbour_of_babeld_1_8_has_no_unicast_hellos() {
    assertThat(parse("change neighbour 14f05f0 address fe80::1 if wlan0 reach feff rxcost 258"
            + " txcost 341 cost 817"))
        .isEqualTo(new NeighbourLine(
            Verb.CHANGE,
            new Neighbour(
                "14f05f0",
                "fe80::1",
                "wlan0",
                0xfeff,
                0,
                258,
                341,
                817,
                Optional.empty(),
                Map.of())));
  }

  @Test
  void keys_that_only_a_fork_writes_are_kept_as_they_came() {
    assertThat(parse("add route 14f0820 prefix 10.28.7.7/32 from 0.0.0.0/0 installed no id"
            + " ba:27:eb:ff:fe:5b:fe:c7 metric 1596 price 3072 fee 1024 refmetric 638 full-path-rtt"
            + " 22.805 via fe80::1 if wlan0 "))
        .isEqualTo(new RouteLine(
            Verb.ADD,
            new Route(
                "14f0820",
                "10.28.7.7/32",
                "0.0.0.0/0",
                false,
                "ba:27:eb:ff:fe:5b:fe:c7",
                1596,
                638,
                "fe80::1",
                "wlan0",
                Map.of("price", "3072", "fee", "1024", "full-path-rtt", "22.805"))));
    assertThat(parse("add interface wg0 up true ipv6 fe80::7 mtu 1420"))
        .isEqualTo(new InterfaceLine(
            Verb.ADD, new BabelInterface("wg0", true, List.of("fe80::7"), Map.of("mtu", "1420"))));
  }

  @Test
  void a_forks_statement_is_its_last_word_under_the_name_before() {
    assertThat(parse("local fee 1024")).isEqualTo(new Statement("local fee", "1024"));
    assertThat(parse("metric factor 1900")).isEqualTo(new Statement("metric factor", "1900"));
    assertThat(parse("local fee ")).isInstanceOf(Malformed.class);
    assertThat(parse("localhost fee 1024")).isInstanceOf(Malformed.class);
  }

  @Test
  void a_whole_object_of_another_kind_is_unknown_and_half_of_one_is_malformed() {
    assertThat(parse("add tunnel 7f01 peer fe80::1 key on")).isEqualTo(new Unknown("tunnel"));
    assertThat(parse("flush tunnel 7f01")).isEqualTo(new Unknown("tunnel"));
    assertThat(parse("add rou")).isInstanceOf(Malformed.class);
    assertThat(parse("add tunnel 7f01 peer")).isInstanceOf(Malformed.class);
  }

  @Test
  void a_flush_needs_no_more_than_kind_and_handle() {
    assertThat(parse("flush route 14f0820")).isEqualTo(new FlushLine(Kind.ROUTE, "14f0820"));
    assertThat(parse(ROUTE.replace("add", "flush").replace("1596", "70000")))
        .isEqualTo(new FlushLine(Kind.ROUTE, "14f0820"));
    assertThat(parse("flush interface")).isInstanceOf(Malformed.class);
  }

  @Test
  void a_refusal_may_come_without_a_reason() {
    assertThat(parse("no")).isEqualTo(new No(""));
    assertThat(parse("nothing")).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefix", "from", "installed", "id", "metric", "refmetric", "via", "if"})
  void a_route_needs_every_key_babeld_writes(String key) {
    assertThat(reason(ROUTE.replaceAll(" " + key + " \\S+", ""))).isEqualTo("without " + key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"address", "if", "reach", "rxcost", "txcost", "cost"})
  void a_neighbour_needs_every_key_babeld_1_8_writes(String key) {
    assertThat(reason(NEIGHBOUR.replaceAll(" " + key + " \\S+", ""))).isEqualTo("without " + key);
  }

  @ParameterizedTest
  @CsvSource({
    "metric 1596,metric 65536,metric is not from 0 to 65535",
    "metric 1596,metric -1,metric is not from 0 to 65535",
    "metric 1596,metric +96,metric is not from 0 to 65535",
    "metric 1596,metric 15q6,metric is not from 0 to 65535",
    "metric 1596,metric 99999999999999999999,metric is not from 0 to 65535",
    "refmetric 638,refmetric x,refmetric is not from 0 to 65535",
    "installed yes,installed maybe,installed is neither yes nor no",
    "if wlan0,if,ends at the key if",
    "if wlan0,if wlan0 price,ends at the key price",
    "id ba,metric 96 id ba,metric twice",
    "if wlan0,if wlan0 fee 1 fee 2,fee twice",
    "route 14f0820,route,ends at the key wlan0"
  })
  void what_cannot_be_in_a_route_is_malformed(String from, String to, String reason) {
    assertThat(reason(ROUTE.replaceFirst(from, to))).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "reach ffff,reach 1ffff,reach is not from 0 to ffff",
    "reach ffff,reach fffg,reach is not from 0 to ffff",
    "ureach 0000,ureach -1,ureach is not from 0 to ffff",
    "cost 256$,cost 65536,cost is not from 0 to 65535",
    "rtt 0.268,rtt 0.2680,rtt is not in milliseconds",
    "rtt 0.268,rtt 0.,rtt is not in milliseconds",
    "rtt 0.268,rtt .268,rtt is not in milliseconds",
    "rtt 0.268,rtt 9999999999,rtt is not in milliseconds"
  })
  void what_cannot_be_in_a_neighbour_is_malformed(String from, String to, String reason) {
    assertThat(reason(NEIGHBOUR.replaceFirst(from, to))).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({"0.268,268", "0.5,500", "12,12000", "1234.050,1234050"})
  void a_round_trip_is_read_to_the_microsecond(String milliseconds, long micros) {
    var line = (NeighbourLine) parse(NEIGHBOUR.replace("0.268", milliseconds));

    assertThat(line.told().roundTrip()).contains(Duration.ofNanos(micros * 1000));
  }

  @Test
  void an_interface_is_up_or_down_and_nothing_between() {
    assertThat(reason("add interface to2 up maybe")).isEqualTo("up is neither true nor false");
    assertThat(reason("add interface to2")).isEqualTo("without up");
  }

  @Test
  void a_line_is_at_most_4096_bytes_of_printable_ascii() {
    assertThat(parse("host " + "x".repeat(4091))).isInstanceOf(BabelLine.Greeting.class);
    assertThat(reason("host " + "x".repeat(4092))).isEqualTo("longer than 4096 bytes");
    assertThat(reason("host caf\u00e9")).isEqualTo("not printable ASCII");
    assertThat(reason("")).isEqualTo("empty");
  }

  @Test
  void what_is_malformed_is_quoted_escaped_and_short() {
    assertThat(((Malformed) parse("\u001b[2J\0")).quote()).isEqualTo("\\x1b[2J\\x00");
    var quote = ((Malformed) parse("\u00ff".repeat(500))).quote();
    assertThat(quote).startsWith("\\xff\\xff").endsWith("\\xff...").hasSizeLessThanOrEqualTo(120);
    assertThat(((Malformed) parse("x".repeat(120))).quote()).isEqualTo("x".repeat(120));
    assertThat(((Malformed) parse("x".repeat(121))).quote()).isEqualTo("x".repeat(117) + "...");
  }

  @Test
  void a_line_is_read_from_where_it_stands_in_the_buffer() {
    var bytes = ("ok\nbad " + ROUTE + "\nok").getBytes(ISO_8859_1);

    assertThat(parser.parse(bytes, 7, ROUTE.length())).isEqualTo(parse(ROUTE));
  }

  @Test
  void what_lines_repeat_is_held_once() {
    var one = ((RouteLine) parse(ROUTE)).told();
    var other = ((RouteLine) parse(ROUTE.replace("14f0820", "14f0821"))).told();

    assertThat(other.via()).isSameAs(one.via());
    assertThat(other.interfaceName()).isSameAs(one.interfaceName());
    assertThat(other.routerId()).isSameAs(one.routerId());
    assertThat(other.source()).isSameAs(one.source());
  }

  @Test
  void many_different_next_hops_do_not_confuse_names() {
    for (var i = 0; i < 20_000; i++) {
      var route = (RouteLine) parse(ROUTE.replace("fe80::1", "fe80::" + Integer.toHexString(i)));
      assertThat(route.told().via()).isEqualTo("fe80::" + Integer.toHexString(i));
    }
  }

  private String reason(String line) {
    return ((Malformed) parse(line)).reason();
  }

  private BabelLine parse(String line) {
    var bytes = line.getBytes(ISO_8859_1);
    return parser.parse(bytes, 0, bytes.length);
  }
}
