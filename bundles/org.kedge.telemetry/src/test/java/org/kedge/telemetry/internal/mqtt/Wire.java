package org.kedge.telemetry.internal.mqtt;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A wire to a port on loopback that can be cut, or go silent without either end hearing of it. */
final class Wire implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
  private final Set<Socket> stalled = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private final int target;

  Wire(int target) throws IOException {
    this.target = target;
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** From now on nothing gets through on what is connected now; new connections are whole. */
  void goSilent() {
    silent.addAll(sockets);
  }

  /** From now on nothing is even taken in on what is connected now, so that who writes enough gets stuck. */
  void stall() {
    stalled.addAll(sockets);
  }

  /** Ends what is connected now. */
  void cut() throws IOException {
    for (var socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    over.countDown();
    cut();
  }

  private void accept() {
    try {
      while (true) {
        var near = listener.accept();
        var far = new Socket(InetAddress.getByName("127.0.0.1"), target);
        sockets.add(near);
        sockets.add(far);
        daemon(() -> carry(near, far));
        daemon(() -> carry(far, near));
      }
    } catch (IOException e) {
      // Closed: the end.
    }
  }

  private void carry(Socket from, Socket to) {
    var buffer = new byte[8192];
    try {
      for (var count = from.getInputStream().read(buffer); count >= 0; ) {
        if (stalled.contains(from)) {
          over.await();
        }
        if (!silent.contains(from)) {
          to.getOutputStream().write(buffer, 0, count);
        }
        count = from.getInputStream().read(buffer);
      }
    } catch (IOException | InterruptedException e) {
      // Cut, or one end broke; both are told below.
    }
    if (!silent.contains(from)) {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void daemon(Runnable work) {
    var thread = new Thread(work, "wire");
    thread.setDaemon(true);
    thread.start();
  }
}
