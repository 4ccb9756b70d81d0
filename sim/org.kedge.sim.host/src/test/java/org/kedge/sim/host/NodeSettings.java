package org.kedge.sim.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Settings of a node beside which no babeld runs, on ports of its own. */
record NodeSettings(
    Path folder, String name, int statusPort, String broker, String snapshotSeconds) {
  static NodeSettings in(Path folder) throws IOException {
    return new NodeSettings(folder, "roof-7", freePort(), "", "60");
  }

  NodeSettings named(String other) {
    return new NodeSettings(folder, other, statusPort, broker, snapshotSeconds);
  }

  NodeSettings servedAt(int port) {
    return new NodeSettings(folder, name, port, broker, snapshotSeconds);
  }

  NodeSettings telling(String address) {
    return new NodeSettings(folder, name, statusPort, address, snapshotSeconds);
  }

  NodeSettings every(String seconds) {
    return new NodeSettings(folder, name, statusPort, broker, seconds);
  }

  List<String> lines() {
    return """
        [org.kedge.base]
        node.id = %s
        [org.kedge.care]
        reboot.command =
        [org.kedge.babel]
        run.mode = service
        control.socket = %s/nobody.sock
        service.pid.file = %s/nobody.pid
        service.start = /bin/true
        service.stop = /bin/true
        service.status = /bin/false
        [org.kedge.watchdog]
        device = none
        [org.kedge.board]
        board = auto
        [org.kedge.billing]
        fee = 0.03
        [org.kedge.telemetry]
        status.port = %d
        broker.address = %s
        snapshot.seconds = %s
        """.formatted(name, folder, folder, statusPort, broker, snapshotSeconds)
        .lines()
        .toList();
  }

  /** Writes them as the file of this folder, which a node reads at its start and when told to. */
  Path write() throws IOException {
    return Files.write(folder.resolve("kedge.conf"), lines());
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
