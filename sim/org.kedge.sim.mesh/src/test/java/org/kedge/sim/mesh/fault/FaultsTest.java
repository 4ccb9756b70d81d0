package org.kedge.sim.mesh.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshRecord;

class FaultsTest {
  private static MeshRecord mesh(String id) {
    return new MeshRecord(id, "line", Optional.empty(), List.of(), Path.of("/nowhere", id));
  }

  @Test
  void names_are_unique_and_easy_to_type() {
    assertThat(Faults.all())
        .extracting(MeshFault::name)
        .doesNotHaveDuplicates()
        .allSatisfy(name -> assertThat(name).matches("[a-z]+(-[a-z0-9]+)*"));
  }

  @Test
  void the_list_says_of_each_what_is_made_and_what_to_expect() {
    assertThat(BreakMain.listing())
        .contains(
            "routes-flushed\n    babel's routes of both families are flushed",
            "the node calls it ROUTES_DIVERGED, blamed ours; cured by: the node itself",
            "uplink-out   (NODE is the exit)",
            "nodes behind it call it UPLINK_OUT, blamed upstream; cured by: a person or the neighbour");
  }

  @Test
  void the_only_mesh_is_the_one_meant() {
    assertThat(BreakMain.meshOf(List.of(mesh("a")), Optional.empty()).id()).isEqualTo("a");
    assertThat(BreakMain.meshOf(List.of(mesh("a"), mesh("b")), Optional.of("b")).id())
        .isEqualTo("b");
  }

  @Test
  void without_a_mesh_or_with_several_it_is_said_what_to_do() {
    assertThatThrownBy(() -> BreakMain.meshOf(List.of(), Optional.empty()))
        .isInstanceOf(MeshFailure.class)
        .hasMessageContaining("Start one in another terminal with sim/run");
    assertThatThrownBy(() -> BreakMain.meshOf(List.of(mesh("a"), mesh("b")), Optional.empty()))
        .hasMessageContaining("a, b")
        .hasMessageContaining("--mesh");
    assertThatThrownBy(() -> BreakMain.meshOf(List.of(mesh("a")), Optional.of("c")))
        .hasMessageContaining("no mesh c; up are a");
  }
}
