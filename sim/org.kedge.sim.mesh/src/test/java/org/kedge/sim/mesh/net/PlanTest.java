package org.kedge.sim.mesh.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.topology.Topology;
import org.kedge.sim.mesh.topology.TopologyParser;
import org.kedge.sim.mesh.topology.TopologyParser.Reading;

class PlanTest {
  private static Topology topology(String... lines) {
    return ((Reading.Read) TopologyParser.parse(
            Stream.concat(Stream.of("mesh pair"), Stream.of(lines)).toList()))
        .topology();
  }

  private static final Topology PAIR =
      topology("node n1", "node n2 exit", "link n1 n2 cost 200", "address n1 2001:db8:a::1/128");

  @Test
  void a_node_announces_its_own_addresses_and_the_exit_the_way_out() {
    var plan = new Plan(PAIR, BrokerPlace.OUT_OF_BAND, "pair-7");

    assertThat(plan.babeldConfiguration(PAIR.node("n1"))).isEqualTo("""
        interface to2 rxcost 200
        redistribute local ip 2001:db8:1::1/128 eq 128 allow
        redistribute local ip 198.51.100.1/32 eq 32 allow
        redistribute local ip 2001:db8:a::1/128 eq 128 allow
        redistribute local deny
        """);
    assertThat(plan.babeldConfiguration(PAIR.node("n2"))).isEqualTo("""
        interface to1 rxcost 200
        redistribute local ip 2001:db8:2::1/128 eq 128 allow
        redistribute local ip 198.51.100.2/32 eq 32 allow
        redistribute local ip 2001:db8:ffff:1::1/128 eq 128 allow
        redistribute local ip 203.0.113.1/32 eq 32 allow
        redistribute local deny
        redistribute ip ::/0 eq 0 proto 4 allow
        redistribute ip 0.0.0.0/0 eq 0 proto 4 allow
        """);
  }

  @Test
  void cables_are_made_inside_the_namespaces_with_fixed_macs() {
    var plan = new Plan(PAIR, BrokerPlace.IN_BAND, "pair-7");

    assertThat(plan.batches())
        .contains(
            new Plan.Batch(
                "n1",
                List.of("link add to2 address 02:00:5e:00:01:02 type veth"
                    + " peer name to1 netns kedge-pair-7-n2 address 02:00:5e:00:02:01")),
            new Plan.Batch(
                "n2",
                List.of("link add out0 address 02:00:5e:00:02:99 type veth"
                    + " peer name mesh0 netns kedge-pair-7-beyond address 02:00:5e:00:99:02")));
  }

  @Test
  void out_of_band_the_broker_has_a_place_of_its_own_and_in_band_it_is_beyond() {
    assertThat(new Plan(PAIR, BrokerPlace.OUT_OF_BAND, "x").places())
        .containsExactly("n1", "n2", "beyond", "broker");
    assertThat(new Plan(PAIR, BrokerPlace.IN_BAND, "x").places())
        .containsExactly("n1", "n2", "beyond");
  }

  @Test
  void a_broker_in_band_needs_an_exit() {
    var alone = topology("node n1");

    assertThatThrownBy(() -> new Plan(alone, BrokerPlace.IN_BAND, "x"))
        .hasMessageContaining("has no exit");
  }
}
