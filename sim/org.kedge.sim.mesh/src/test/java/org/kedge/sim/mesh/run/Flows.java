package org.kedge.sim.mesh.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kedge.sim.mesh.net.MeshProcess;

/** Traffic through a mesh, by iperf3, and what the interfaces say of it. Ends with the mesh. */
final class Flows {
  private static final int ETHERNET = 14;

  private final MeshRig rig;
  private final List<MeshProcess> running = new ArrayList<>();
  private int port = 5201;

  Flows(MeshRig rig) {
    this.rig = rig;
  }

  /** What is lacking for it; empty text if nothing. */
  static boolean canRun() {
    return Files.isExecutable(Path.of("/usr/bin/iperf3"));
  }

  /**
   * Begins a flow.
   *
   * @param address of the receiving node
   * @param options of iperf3 beside the address, the port and the seconds
   */
  void begin(String from, String to, String address, int seconds, String... options)
      throws IOException {
    var number = Integer.toString(port++);
    var log = rig.mesh().runFolder(from).resolve("iperf3-" + number + ".log");
    rig.mesh()
        .start(
            to,
            List.of("iperf3", "-s", "-1", "-p", number),
            Map.of(),
            rig.mesh().runFolder(to).resolve("iperf3-" + number + "-server.log"));
    MeshRig.waitFor(
        "iperf3 listens on " + number,
        () -> rig.run(to, "ss", "-Hltn", "sport = :" + number).contains(number));
    var command = new ArrayList<>(List.of(
        "timeout",
        Integer.toString(seconds + 15),
        "iperf3",
        "-c",
        address,
        "-p",
        number,
        "-t",
        Integer.toString(seconds)));
    command.addAll(List.of(options));
    running.add(rig.mesh().start(from, command, Map.of(), log));
  }

  /** Ends all. */
  void end() {
    running.forEach(one -> one.end(Duration.ofSeconds(5)));
    awaitEnd();
  }

  /** Until all have ended. */
  void awaitEnd() {
    MeshRig.waitFor("flows have ended", () -> running.stream().noneMatch(MeshProcess::isAlive));
  }

  /** Bytes from the IP header on that an interface received, and that it sent. */
  record Carried(long in, long out) {
    Carried minus(Carried other) {
      return new Carried(in - other.in, out - other.out);
    }
  }

  /** As the kernel's own statistics of the interface have it; the header of Ethernet taken off. */
  Carried carried(String node, String far) {
    var name = rig.mesh().interfaceTowards(node, far);
    return new Carried(layer3(node, name, "rx"), layer3(node, name, "tx"));
  }

  private long layer3(String node, String name, String way) {
    var folder = "/sys/class/net/" + name + "/statistics/";
    var figures = rig.run(node, "cat", folder + way + "_bytes", folder + way + "_packets")
        .strip()
        .split("\\s+");
    return Long.parseLong(figures[0]) - ETHERNET * Long.parseLong(figures[1]);
  }
}
