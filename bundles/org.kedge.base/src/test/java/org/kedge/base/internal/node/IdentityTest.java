package org.kedge.base.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;

class IdentityTest {
  private static final String BOOT = "0b5a7c1e-1111-2222-3333-444455556666";

  @TempDir
  Path folder;

  private Path kernel = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void makeProc() throws IOException {
    kernel = folder.resolve("proc/sys/kernel");
    Files.createDirectories(kernel.resolve("random"));
    data = folder.resolve("data/kedge");
    Files.writeString(kernel.resolve("random/boot_id"), BOOT + "\n");
    Files.writeString(kernel.resolve("hostname"), "roof-12\n");
  }

  @Test
  void a_node_has_its_hosts_name_unless_one_is_set() throws IOException {
    var identity = identity();
    assertThat(identity.node(Optional.empty()).id()).isEqualTo(new NodeId("roof-12"));
    assertThat(identity.node(Optional.of(new NodeId("tower"))).id()).isEqualTo(new NodeId("tower"));
    Files.writeString(kernel.resolve("hostname"), "(none)\n");
    assertThat(identity.node(Optional.empty()).id()).isEqualTo(new NodeId("kedge"));
  }

  @Test
  void each_run_has_a_boot_id_of_its_own_and_the_kernels_stays() throws IOException {
    assertThat(node().bootId()).isEqualTo("0b5a7c1e.1");
    assertThat(node().bootId()).isEqualTo("0b5a7c1e.2");
    Files.writeString(kernel.resolve("random/boot_id"), "ffff7c1e-1111\n");
    assertThat(node())
        .extracting(Node::bootId, Node::kernelBootId)
        .containsExactly("ffff7c1e.3", "ffff7c1e-1111");
  }

  @Test
  void one_run_keeps_its_boot_id_when_the_node_is_renamed() throws IOException {
    var identity = identity();
    var bootId = identity.node(Optional.empty()).bootId();
    assertThat(identity.node(Optional.of(new NodeId("tower"))).bootId()).isEqualTo(bootId);
  }

  @Test
  void the_data_folder_is_made_and_can_be_written() throws IOException {
    var node = node();
    assertThat(node.data()).isEqualTo(data).isDirectory();
    node.flash().write("state", new byte[] {7});
    assertThat(data.resolve("state")).hasBinaryContent(new byte[] {7});
  }

  @Test
  void a_proc_that_tells_nothing_still_gives_a_node() throws IOException {
    var node = new Identity(folder.resolve("no proc"), data).node(Optional.empty());
    assertThat(node.id()).isEqualTo(new NodeId("kedge"));
    assertThat(node.kernelBootId()).isEqualTo("unknown");
    assertThat(node.bootId()).isEqualTo("unknown.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs.a", "runs.b", "newest"})
  void damage_to_one_place_of_the_count_never_repeats_a_boot_id(String damaged) throws IOException {
    var given = new ArrayList<String>();
    for (var run = 0; run < 12; run++) {
      given.add(node().bootId());
      if (run % 3 > 0) {
        damage(damaged.equals("newest") ? newestPlace() : damaged);
      }
    }
    assertThat(given).doesNotHaveDuplicates();
  }

  @Test
  void a_count_that_is_lost_goes_on_without_repeating_a_boot_id() throws IOException {
    var given = new ArrayList<String>();
    for (var run = 0; run < 5; run++) {
      given.add(node().bootId());
    }
    damage("runs.a");
    damage("runs.b");
    for (var run = 0; run < 5; run++) {
      given.add(node().bootId());
    }
    assertThat(given).doesNotHaveDuplicates();
  }

  @Test
  void a_data_folder_that_cannot_be_made_is_told() throws IOException {
    Files.writeString(folder.resolve("data"), "a file where the folder should be");
    assertThatThrownBy(this::identity).isInstanceOf(IOException.class);
  }

  private Identity identity() throws IOException {
    return new Identity(folder.resolve("proc"), data);
  }

  private Node node() throws IOException {
    return identity().node(Optional.empty());
  }

  private String newestPlace() throws IOException {
    var first = Files.readString(data.resolve("runs.a"));
    if (!Files.exists(data.resolve("runs.b"))) {
      return "runs.a";
    }
    var second = Files.readString(data.resolve("runs.b"));
    return generation(first) > generation(second) ? "runs.a" : "runs.b";
  }

  private static long generation(String file) {
    var generation = Pattern.compile("generation (\\d+)").matcher(file);
    return generation.find() ? Long.parseLong(generation.group(1)) : 0;
  }

  private void damage(String place) throws IOException {
    if (Files.exists(data.resolve(place))) {
      Files.writeString(data.resolve(place), "spoilt");
    }
  }
}
