package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.kedge.sim.mesh.net.Site;

/** What can happen to the process of babeld. */
final class ProcessFaults {
  private static final String[] FILES = {"babeld.pid", "babeld.sock"};

  private ProcessFaults() {}

  static Made freeze(Site site, String node) {
    var babeld = site.babeld(node);
    var at = Instant.now();
    signal(site, node, "STOP", babeld);
    return new Made(
        at,
        "Stopped babeld of " + node + ", process " + babeld + ".",
        // One that was killed meanwhile needs no waking.
        () -> site.exec(node, "/bin/kill", "-CONT", Long.toString(babeld)));
  }

  static Made kill(Site site, String node) {
    var babeld = site.babeld(node);
    var at = Instant.now();
    // Before the end: afterwards they may be those of the next one.
    site.remove(node, FILES);
    signal(site, node, "KILL", babeld);
    return new Made(
        at,
        "Killed babeld of " + node + ", process " + babeld
            + ", and removed its pid file and socket.",
        ProcessFaults::nothing);
  }

  static Made killLeavingFiles(Site site, String node) {
    var babeld = site.babeld(node);
    var at = Instant.now();
    signal(site, node, "KILL", babeld);
    return new Made(
        at,
        "Killed babeld of " + node + ", process " + babeld + "; its pid file and socket stay.",
        ProcessFaults::nothing);
  }

  static Made killLeavingRoutes(Site site, String node) {
    var babeld = site.babeld(node);
    var route = RouteFaults.leave(site, node);
    site.remove(node, FILES);
    signal(site, node, "KILL", babeld);
    return new Made(
        route.at(),
        "Killed babeld of " + node + ", process " + babeld
            + ", which leaves routes to a node that is no more.",
        route.undo());
  }

  static Made terminate(Site site, String node) {
    var babeld = site.babeld(node);
    var at = Instant.now();
    signal(site, node, "TERM", babeld);
    return new Made(
        at,
        "Ended babeld of " + node + ", process " + babeld + ", with SIGTERM.",
        ProcessFaults::nothing);
  }

  static Made useUpDescriptors(Site site, String node) throws IOException {
    var babeld = site.babeld(node);
    long used;
    try (var open = Files.list(Path.of("/proc", Long.toString(babeld), "fd"))) {
      used = open.count();
    }
    var client = SocketChannel.open(StandardProtocolFamily.UNIX);
    var at = Instant.now();
    site.run(node, "prlimit", "--pid", Long.toString(babeld), "--nofile=" + used + ":1024");
    client.connect(UnixDomainSocketAddress.of(site.data(node).resolve("babeld.sock")));
    return new Made(
        at,
        "Limited babeld of " + node + " to the " + used + " descriptors it has, and knocked.",
        () -> {
          client.close();
          // One that was ended meanwhile has no limit to lift.
          site.exec(node, "prlimit", "--pid", Long.toString(babeld), "--nofile=1024:1024");
        });
  }

  /** A dead one does not come back by taking anything back. */
  private static void nothing() {}

  private static void signal(Site site, String node, String name, long pid) {
    site.run(node, "/bin/kill", "-" + name, Long.toString(pid));
  }
}
