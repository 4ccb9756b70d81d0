package org.kedge.sim.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshRecord;
import org.kedge.sim.mesh.net.RootRig;

@Tag("root")
@Isolated("it compares the machine before and after")
class AbandonedMeshTest {
  @BeforeAll
  static void needs_root_and_tools() {
    RootRig.require();
  }

  @Test
  void a_mesh_whose_owner_was_killed_is_swept_away_and_a_living_ones_is_not() throws Exception {
    try (var living = Mesh.up(RootRig.topology("line-4.mesh"), Mesh.Options.OUT_OF_BAND)) {
      var owner = startUp();
      var abandoned = meshOf(owner);
      var left = new ProcessBuilder(
              "ip", "netns", "exec", abandoned.namespaces().get(0), "sleep", "1000")
          .start();
      await()
          .until(
              () -> left.info().command().filter(each -> each.endsWith("sleep")).isPresent());
      assertThat(Mesh.sweep()).doesNotContain(abandoned);

      owner.destroyForcibly().waitFor();
      assertThat(namespaces()).containsAll(abandoned.namespaces());
      var swept = Mesh.sweep();

      assertThat(swept).contains(abandoned).extracting(MeshRecord::id).doesNotContain(living.id());
      assertThat(namespaces()).doesNotContainAnyElementsOf(abandoned.namespaces());
      assertThat(abandoned.folder()).doesNotExist();
      assertThat(left.waitFor(1, TimeUnit.SECONDS)).isTrue();
      assertThat(namespaces()).contains(living.namespace("n1"));
    }
  }

  @Test
  void ctrl_c_takes_the_mesh_down() throws Exception {
    var owner = startUp();
    var mesh = meshOf(owner);

    owner.destroy();

    assertThat(owner.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(namespaces()).doesNotContainAnyElementsOf(mesh.namespaces());
    assertThat(mesh.folder()).doesNotExist();
  }

  private static Process startUp() throws IOException {
    var process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            MeshMain.class.getName(),
            "up",
            "../topologies/line-4.mesh")
        .redirectErrorStream(true)
        .start();
    var reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var said = new StringBuilder();
    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("Up in ")) {
        return process;
      }
    }
    throw new AssertionError("The mesh did not come up: " + said);
  }

  private static MeshRecord meshOf(Process owner) {
    return Mesh.list().stream()
        .filter(
            record -> record.owner().filter(each -> each.pid() == owner.pid()).isPresent())
        .findFirst()
        .orElseThrow();
  }

  private static List<String> namespaces() throws IOException {
    try (var names = Files.list(Path.of("/run/netns"))) {
      return names.map(name -> name.getFileName().toString()).toList();
    }
  }
}
