package org.kedge.sim.mesh.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.kedge.sim.mesh.topology.Topology;
import org.kedge.sim.mesh.topology.TopologyParser;
import org.kedge.sim.mesh.topology.TopologyParser.Reading;

/** What tests on real namespaces need; says loudly when it is not there. */
public final class RootRig {
  private static final List<String> PROGRAMS =
      List.of("ip", "babeld", "nft", "unshare", "sysctl", "ping");

  private RootRig() {}

  public static void require() {
    var missing = new TreeSet<String>();
    if (!"root".equals(System.getProperty("user.name"))) {
      missing.add("root's rights");
    }
    for (var program : PROGRAMS) {
      if (!installed(program)) {
        missing.add(program);
      }
    }
    if (!missing.isEmpty()) {
      var message = "SKIPPED, NOTHING IS PROVED: tests on real network namespaces lack "
          + String.join(", ", missing);
      System.err.println("\n*** " + message + " ***\n");
      Assumptions.abort(message);
    }
  }

  private static boolean installed(String program) {
    return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
        .stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  public static Topology topology(String file) throws IOException {
    var reading = TopologyParser.parse(Path.of("..", "topologies", file));
    assertThat(reading).isInstanceOf(Reading.Read.class);
    return ((Reading.Read) reading).topology();
  }

  /** Interfaces of the machine itself. */
  static Set<String> links() throws IOException {
    try (var names = Files.list(Path.of("/sys/class/net"))) {
      return names
          .map(name -> name.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Of this mesh; others on the machine may come and go meanwhile. */
  static Set<String> namespacesOf(String id) throws IOException {
    try (var names = Files.list(Path.of("/run/netns"))) {
      return names
          .map(name -> name.getFileName().toString())
          .filter(name -> name.startsWith("kedge-" + id + "-"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
