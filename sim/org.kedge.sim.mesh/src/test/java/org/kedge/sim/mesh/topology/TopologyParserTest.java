package org.kedge.sim.mesh.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.topology.TopologyParser.Mistake;
import org.kedge.sim.mesh.topology.TopologyParser.Reading;

class TopologyParserTest {
  private static Topology read(String text) {
    var reading = TopologyParser.parse(text.lines().toList());
    assertThat(reading).isInstanceOf(Reading.Read.class);
    return ((Reading.Read) reading).topology();
  }

  private static List<Mistake> mistakes(String text) {
    var reading = TopologyParser.parse(text.lines().toList());
    assertThat(reading).isInstanceOf(Reading.Rejected.class);
    return ((Reading.Rejected) reading).mistakes();
  }

  @Test
  void a_drawn_mesh_is_read_with_its_numbers_costs_and_addresses() {
    var mesh = read("""
        mesh two-roofs   # a comment
        babeld -h 0.5 -C 'default update-interval 0.8' -l
        link church school cost 200

        node church
        node school exit
        address church 2001:db8:a::1/128
        address church 198.51.100.200/32
        """);

    assertThat(mesh.name()).isEqualTo("two-roofs");
    assertThat(mesh.babeldOptions())
        .containsExactly("-h", "0.5", "-C", "default update-interval 0.8", "-l");
    assertThat(mesh.links())
        .containsExactly(new Topology.Link("church", "school", OptionalInt.of(200)));
    assertThat(mesh.exit()).contains(mesh.node("school"));
    assertThat(mesh.node("church").addresses())
        .extracting(HostAddress::toString)
        .containsExactly(
            "2001:db8:1::1/128", "198.51.100.1/32", "2001:db8:a::1/128", "198.51.100.200/32");
    assertThat(mesh.node("school").address6().text()).isEqualTo("2001:db8:2::1");
  }

  @Test
  void every_mistake_is_listed_with_its_line_and_what_is_allowed() {
    var mistakes = mistakes("""
        mesh Diamond
        babeld -h 0.5 -I /run/babeld.pid
        node n1
        node n1
        node broker
        node n2 exit
        node n3 exit
        router n4
        link n1 n9
        link n1 n2 cost 70000
        link n2 n1
        link n1 n1
        link n1
        address n1 2001:db8:a::1/64
        address n1 198.51.100.2/32
        address n9 2001:db8:a::1/128
        babeld -h soon
        """);

    assertThat(mistakes)
        .extracting(Mistake::inWords)
        .containsExactly(
            "1: 'mesh Diamond' should be 'mesh NAME', the name a small letter and then up to 19 small"
                + " letters, digits or '-'",
            "2: babeld option '-I' is not allowed; allowed are -h -H -M SECONDS, -z -k -A -C -d VALUE"
                + " and -s -l -w -r (files and sockets are the node's own)",
            "4: node n1 was given in line 3 already; one is allowed",
            "5: 'node broker' should be 'node NAME [exit]', the name a small letter and then up to 11"
                + " small letters or digits, and neither 'broker' nor 'beyond'",
            "7: an exit was given in line 6 already; one is allowed",
            "8: 'router' is not known; a line starts with mesh, babeld, node, link or address",
            "9: no node 'n9'; there are n1, n2",
            "10: cost '70000' should be 1 to 65534",
            "11: a link between n2 and n1 was given in line 10 already; one is allowed",
            "12: a link needs two nodes, but both are 'n1'",
            "13: 'link n1' should be 'link NODE NODE [cost RXCOST]'",
            "14: 'address n1 2001:db8:a::1/64' should be 'address NODE ADDRESS/LENGTH', the length 128"
                + " (IPv6) or 32 (IPv4)",
            "15: 198.51.100.2/32 is already an address of node n2",
            "16: no node 'n9'; there are n1, n2",
            "17: babeld was given in line 2 already; one is allowed");
  }

  @Test
  void a_babeld_option_without_a_value_or_with_a_wrong_one_is_a_mistake() {
    assertThat(mistakes("mesh m\nnode n1\nbabeld -w -h"))
        .containsExactly(
            new Mistake(3, "babeld option -h needs a value in seconds, 0 to 600, but has none"));
    assertThat(mistakes("mesh m\nnode n1\nbabeld -H soon"))
        .containsExactly(
            new Mistake(3, "babeld option -H needs a value in seconds, 0 to 600, but has 'soon'"));
  }

  @Test
  void an_empty_file_lacks_a_name_and_nodes() {
    assertThat(mistakes("# nothing"))
        .extracting(Mistake::text)
        .containsExactly(
            "no name; a line 'mesh NAME' is needed",
            "no nodes; 1 to 64 lines 'node NAME [exit]' are needed");
  }

  @Test
  void the_sixty_fifth_node_is_one_too_many() {
    var lines = Stream.concat(
            Stream.of("mesh big"), IntStream.rangeClosed(1, 66).mapToObj(i -> "node n" + i))
        .toList();

    var reading = TopologyParser.parse(lines);

    assertThat(reading)
        .isEqualTo(new Reading.Rejected(
            List.of(new Mistake(66, "node n65 is one too many; 64 are allowed"))));
  }

  @Test
  void all_topologies_of_the_project_are_right() throws IOException {
    try (var files = Files.list(Path.of("..", "topologies"))) {
      assertThat(files.toList())
          .hasSizeGreaterThanOrEqualTo(5)
          .allSatisfy(
              file -> assertThat(TopologyParser.parse(file)).isInstanceOf(Reading.Read.class));
    }
  }

  @Test
  void addresses_are_written_in_their_short_form() {
    assertThat(Stream.of(
                "2001:db8:0:0:1:0:0:1", "::", "::1", "2001:DB8::", "1:2:3:4:5:6:7:8", "192.0.2.1")
            .map(HostAddress::of)
            .map(HostAddress::text))
        .containsExactly(
            "2001:db8::1:0:0:1", "::", "::1", "2001:db8::", "1:2:3:4:5:6:7:8", "192.0.2.1");
    assertThat(HostAddress.parse("localhost")).isEmpty();
    assertThat(HostAddress.parse("192.0.2.256")).isEmpty();
  }
}
