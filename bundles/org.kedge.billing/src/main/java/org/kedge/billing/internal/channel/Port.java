package org.kedge.billing.internal.channel;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The UDP socket with a thread of its own that waits for datagrams. Any thread. */
final class Port implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final Logger LOG = LoggerFactory.getLogger(Port.class);

  private final DatagramChannel socket;
  private final Selector selector;
  private final Ear ear;
  private final Consumer<IOException> ended;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /** Takes datagrams, on the thread that waits for them. */
  interface Ear {
    /** @param datagram at most one octet longer than a message may be */
    void heard(InetSocketAddress from, byte[] datagram);
  }

  /**
   * Opens.
   *
   * @param ended told once if the socket fails later; not where it is closed
   * @throws IOException where the port is taken, or there is no IPv6; waiting may help
   */
  static Port open(int port, Ear ear, Consumer<IOException> ended) throws IOException {
    DatagramChannel socket;
    try {
      socket = DatagramChannel.open(StandardProtocolFamily.INET6);
    } catch (UnsupportedOperationException e) {
      throw new IOException("there is no IPv6 here", e);
    }
    try {
      // Without blocking, as a link that takes nothing may not hold up who sends.
      socket.configureBlocking(false);
      socket.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
      socket.bind(new InetSocketAddress(Inet6Address.getByName("::"), port));
      var selector = Selector.open();
      socket.register(selector, SelectionKey.OP_READ);
      var opened = new Port(socket, selector, ear, ended);
      opened.listen(port);
      return opened;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Port(DatagramChannel socket, Selector selector, Ear ear, Consumer<IOException> ended) {
    this.socket = socket;
    this.selector = selector;
    this.ear = ear;
    this.ended = ended;
  }

  private void listen(int port) {
    var thread = new Thread(this::await, "kedge-neighbours-" + port);
    thread.setDaemon(true);
    thread.start();
  }

  private void await() {
    try (socket;
        selector) {
      var buffer = ByteBuffer.allocate(Wire.LONGEST + 1);
      while (!isClosed.get()) {
        selector.select();
        selector.selectedKeys().clear();
        while (!isClosed.get()
            && socket.receive(buffer.clear()) instanceof InetSocketAddress from) {
          hear(from, Arrays.copyOf(buffer.array(), buffer.position()));
        }
      }
    } catch (ClosedSelectorException e) {
      LOG.debug("The socket was closed while it was waited for");
    } catch (IOException e) {
      if (!isClosed.get()) {
        ended.accept(e);
      }
    }
  }

  private void hear(InetSocketAddress from, byte[] datagram) {
    try {
      ear.heard(from, datagram);
    } catch (RuntimeException e) {
      // Only a bug can do that. The thread goes on: who found the bug shall not silence all
      // neighbours.
      LOG.error(
          "A message of {} octets from {} could not be dealt with and was dropped; please report this.",
          datagram.length,
          from.getAddress().getHostAddress(),
          e);
    }
  }

  /**
   * Hands a datagram to the kernel.
   *
   * @return false where it has no room for it now
   * @throws IOException where it does not take it, such as for a link that is down
   */
  boolean send(InetSocketAddress to, byte[] datagram) throws IOException {
    return socket.send(ByteBuffer.wrap(datagram), to) > 0;
  }

  @Override
  public void close() {
    isClosed.set(true);
    try {
      selector.close();
      socket.close();
    } catch (IOException e) {
      LOG.debug("Closing the socket: {}", e.getMessage());
    }
  }
}
