package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;

/** Holds connections to a unix socket until it is ended: run inside a namespace, since the kernel lists them there. */
public final class Hog {
  private Hog() {}

  /** Arguments: the socket and how many connections; prints {@code holding} once it has them. */
  public static void main(String... arguments) throws IOException, InterruptedException {
    var held = new ArrayList<SocketChannel>();
    for (var i = 0; i < Integer.parseInt(arguments[1]); i++) {
      var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(arguments[0]));
      held.add(channel);
    }
    System.out.println("holding " + held.size());
    // Until it is ended, at the latest with the mesh.
    new CountDownLatch(1).await();
  }
}
