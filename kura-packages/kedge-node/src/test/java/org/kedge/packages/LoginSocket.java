package org.kedge.packages;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** As much of an MQTT broker as hears who logs in, and lets nobody in. */
final class LoginSocket implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<String> logins = new CopyOnWriteArrayList<>();

  LoginSocket() throws IOException {
    daemon(this::accept);
  }

  String uri() {
    return "tcp://127.0.0.1:" + listener.getLocalPort();
  }

  /** What clients sent to log in, each octet a character. */
  List<String> logins() {
    return List.copyOf(logins);
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        sockets.add(socket);
        daemon(() -> hear(socket));
      }
    } catch (IOException e) {
      // Closed: the end.
    }
  }

  private void hear(Socket socket) {
    try (socket) {
      var in = new DataInputStream(socket.getInputStream());
      in.readUnsignedByte();
      var length = 0;
      for (var shift = 0; ; shift += 7) {
        var octet = in.readUnsignedByte();
        length |= (octet & 0x7F) << shift;
        if (octet < 0x80) {
          break;
        }
      }
      logins.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      // Not authorised.
      socket.getOutputStream().write(new byte[] {0x20, 2, 0, 5});
    } catch (IOException e) {
      // The client went away.
    }
  }

  private static void daemon(Runnable work) {
    var thread = new Thread(work, "login-socket");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
