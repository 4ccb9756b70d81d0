package org.kedge.sim.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a node and its broker on loopback, and lets through what it is told to. */
final class Gate implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2000;

  private final ServerSocket door;
  private final int brokerPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Mode mode = Mode.OPEN;

  enum Mode {
    OPEN,
    /** Every connection is cut, and none is let in. */
    SHUT,
    /** Connections stay, and nothing passes: half-open for both. */
    FROZEN
  }

  Gate(int brokerPort) throws IOException {
    this.brokerPort = brokerPort;
    door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::letIn);
  }

  int port() {
    return door.getLocalPort();
  }

  void set(Mode wanted) {
    mode = wanted;
    if (wanted != Mode.FROZEN) {
      // What had been held up would come late on a connection that both have given up.
      sockets.forEach(Gate::end);
      sockets.clear();
    }
  }

  private void letIn() {
    try {
      while (true) {
        var node = door.accept();
        if (mode == Mode.SHUT) {
          end(node);
          continue;
        }
        sockets.add(node);
        var broker = new Socket();
        sockets.add(broker);
        start(() -> join(node, broker));
      }
    } catch (IOException e) {
      // The door is closed.
    }
  }

  private void join(Socket node, Socket broker) {
    try {
      broker.connect(new InetSocketAddress("127.0.0.1", brokerPort), CONNECT_MILLIS);
      start(() -> pass(broker, node));
      pass(node, broker);
    } catch (IOException e) {
      end(node);
      end(broker);
    }
  }

  private void pass(Socket from, Socket to) {
    var buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (mode != Mode.FROZEN) {
          out.write(buffer, 0, read);
          out.flush();
        }
      }
    } catch (IOException e) {
      // Cut.
    } finally {
      end(from);
      end(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  private static void start(Runnable work) {
    var thread = new Thread(work, "gate");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    sockets.forEach(Gate::end);
  }
}
