package org.kedge.gateway;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kedge.sim.mesh.net.MeshFailure;

/** Lines of text over one of QEMU's sockets. Sending: any thread, one at a time; what comes is handed over on a thread of its own. */
final class LineSocket implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final int BUFFER = 8192;

  private final SocketChannel channel;

  private LineSocket(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects as soon as the socket is there. */
  static LineSocket connect(Path socket, Duration patience) {
    var start = System.nanoTime();
    while (true) {
      try {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          channel.connect(UnixDomainSocketAddress.of(socket));
          return new LineSocket(channel);
        } catch (IOException e) {
          channel.close();
          throw e;
        }
      } catch (IOException e) {
        if (System.nanoTime() - start > patience.toNanos()) {
          throw new MeshFailure("Nothing listens at " + socket + ": " + e.getMessage(), e);
        }
      }
      try {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MeshFailure("Interrupted while " + socket + " was to come", e);
      }
    }
  }

  /** From now on; to be called once. */
  void listen(Consumer<String> lines) {
    var thread = new Thread(() -> read(lines), "lines-of-" + channel);
    thread.setDaemon(true);
    thread.start();
  }

  private void read(Consumer<String> lines) {
    var bytes = ByteBuffer.allocate(BUFFER);
    var line = new java.io.ByteArrayOutputStream();
    try {
      while (channel.read(bytes) >= 0) {
        bytes.flip();
        while (bytes.hasRemaining()) {
          var each = bytes.get();
          if (each == '\n') {
            lines.accept(line.toString(StandardCharsets.UTF_8).replace("\r", ""));
            line.reset();
          } else {
            line.write(each);
          }
        }
        bytes.clear();
      }
    } catch (IOException e) {
      // Closed here or by the end of the machine; whoever waits for a line has a limit.
      return;
    }
  }

  void send(String line) {
    var bytes = StandardCharsets.UTF_8.encode(line + "\n");
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new MeshFailure("The virtual gateway does not take '" + line + "': " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new MeshFailure("A socket of the virtual gateway does not close: " + e, e);
    }
  }
}
