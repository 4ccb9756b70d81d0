package org.kedge.babel.internal.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.kedge.babel.internal.supervisor.Surroundings;
import org.kedge.base.api.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to babeld's control socket. A thread of its own connects and reads; every chunk is handled on the lane, and the
 * next is read only then, so that a flood waits in the kernel and not in memory. babeld disconnects a client that falls 44 kB
 * behind, and the supervisor connects again.
 */
public final class ControlSocket implements Surroundings.Connection {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
  private static final int CHUNK = 1 << 16;

  private final SocketAddress address;
  private final Lane lane;
  private final Surroundings.Ear listener;
  private final SocketChannel channel;
  private final Semaphore handled = new Semaphore(0);
  private volatile boolean closed;

  private ControlSocket(SocketAddress address, Lane lane, Surroundings.Ear listener)
      throws IOException {
    this.address = address;
    this.lane = lane;
    this.listener = listener;
    channel = SocketChannel.open(
        address instanceof UnixDomainSocketAddress
            ? StandardProtocolFamily.UNIX
            : ((InetSocketAddress) address).getAddress() instanceof java.net.Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET);
  }

  /** Begins to connect and returns at once. */
  public static ControlSocket open(SocketAddress address, Lane lane, Surroundings.Ear listener)
      throws IOException {
    var socket = new ControlSocket(address, lane, listener);
    var thread = new Thread(socket::run, "kedge-babel-socket");
    thread.setDaemon(true);
    thread.start();
    return socket;
  }

  /** A few bytes that always fit. */
  @Override
  public void send(String command) {
    try {
      var bytes = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      // The reading side meets the same end and tells the listener.
      LOG.debug("'{}' could not be sent to {}: {}", command, address, e.toString());
    }
  }

  private void run() {
    try {
      channel.connect(address);
      var buffer = ByteBuffer.allocate(CHUNK);
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        onLane(() -> listener.received(buffer));
        handled.acquire();
        buffer.clear();
      }
      end("babeld closed the connection", false);
    } catch (ConnectException e) {
      end("connection refused at " + address, true);
    } catch (IOException e) {
      var reason = e.getMessage() == null ? e.toString() : e.getMessage();
      end(reason + " at " + address, reason.contains("No such file") || reason.contains("refused"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An answer of the kernel is owed to the lane: it waits even where the queue is full; there is never more than one. */
  private void onLane(Runnable work) {
    lane.after(Duration.ZERO, "babeld's socket", () -> {
      try {
        if (!closed) {
          work.run();
        }
      } finally {
        handled.release();
      }
    });
  }

  private void end(String why, boolean refused) {
    close0();
    onLane(() -> listener.ended(why, refused));
  }

  private void close0() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("Closing the socket at {} failed: {}", address, e.toString());
    }
  }

  /** Ends the connection without telling the listener. Any thread. */
  @Override
  public void close() {
    closed = true;
    close0();
    handled.release();
  }
}
