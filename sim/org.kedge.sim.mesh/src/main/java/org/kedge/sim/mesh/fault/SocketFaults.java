package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.Site;

/** What others can do through babeld's control socket. */
final class SocketFaults {
  /** Clients that babeld serves, 4, and one that waits: whoever comes after has no chance. */
  private static final int CONNECTIONS = 5;

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration END_LIMIT = Duration.ofSeconds(3);
  private static final String SOCKET = "babeld.sock";

  /**
   * Ends connections of another process (pidfd_open, pidfd_getfd, shutdown), which no command does for unix sockets and Java cannot.
   * The listening socket is left alone. Arguments: the process and its descriptors.
   */
  private static final String CUT = "use Socket; my ($pid, @fds) = @ARGV;"
      + " my $process = syscall(434, $pid + 0, 0); die \"pidfd_open: $!\\n\" if $process < 0;"
      + " for my $fd (@fds) { my $copy = syscall(438, $process, $fd + 0, 0);"
      + " die \"pidfd_getfd: $!\\n\" if $copy < 0; open(my $socket, '+<&=', $copy) or die \"$!\\n\";"
      + " next if unpack('i', getsockopt($socket, SOL_SOCKET, 30) // pack('i', 1));"
      + " next if sockaddr_family(getsockname($socket)) != AF_UNIX; shutdown($socket, 2); }";

  private SocketFaults() {}

  static Made hog(Site site, String node) throws IOException {
    var babeld = site.babeld(node);
    var others = sockets(babeld);
    var holding = new CountDownLatch(1);
    var hog = site.start(
        node,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx16m",
            "-cp",
            System.getProperty("java.class.path"),
            Hog.class.getName(),
            site.data(node).resolve(SOCKET).toString(),
            Integer.toString(CONNECTIONS)),
        line -> holding.countDown());
    try {
      if (!holding.await(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MeshFailure("The program that was to hog babeld's socket does not start");
      }
      var at = Instant.now();
      // Who was connected before loses its place to the one that waits.
      var cut = new ArrayList<>(List.of("perl", "-e", CUT, Long.toString(babeld)));
      cut.addAll(others);
      site.run(node, cut.toArray(String[]::new));
      return new Made(
          at, "Took all connections that babeld of " + node + " serves.", () -> hog.end(END_LIMIT));
    } catch (InterruptedException e) {
      hog.end(END_LIMIT);
      Thread.currentThread().interrupt();
      throw new MeshFailure("Interrupted", e);
    } catch (MeshFailure e) {
      hog.end(END_LIMIT);
      throw e;
    }
  }

  private static List<String> sockets(long process) throws IOException {
    var sockets = new ArrayList<String>();
    try (var open = Files.list(Path.of("/proc", Long.toString(process), "fd"))) {
      for (var each : open.toList()) {
        if (Files.readSymbolicLink(each).toString().startsWith("socket:")) {
          sockets.add(each.getFileName().toString());
        }
      }
    }
    return sockets;
  }

  static Made takeInterfaces(Site site, String node) throws IOException {
    var names = site.babeldInterfaces(node);
    var socket = site.data(node).resolve(SOCKET);
    var at = Instant.now();
    tell(socket, names, "flush interface ");
    return new Made(
        at, "Told babeld of " + node + " to let go of " + String.join(", ", names) + ".", () -> {
          if (site.babeldIfAny(node).isPresent()) {
            // What it has already it keeps.
            tell(socket, names, "interface ");
          }
        });
  }

  private static void tell(Path socket, List<String> names, String command) throws IOException {
    var text = names.stream().map(name -> command + name + "\n").collect(Collectors.joining());
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap((text + "quit\n").getBytes(StandardCharsets.US_ASCII)));
      // It closes once it has done all.
      var buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) >= 0) {
        buffer.clear();
      }
    }
  }
}
