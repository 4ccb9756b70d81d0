package org.kedge.sim.host;

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

/** As much of an MQTT broker as confirms messages and keeps them; or a mute one, which accepts connections and says nothing. */
final class TinyBroker implements AutoCloseable {
  private static final int CONNECT = 1;
  private static final int PUBLISH = 3;
  private static final int PING = 12;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final boolean mute;

  record Message(String topic, String payload) {}

  TinyBroker(boolean mute) throws IOException {
    this.mute = mute;
    daemon(this::accept);
  }

  String uri() {
    return "tcp://127.0.0.1:" + listener.getLocalPort();
  }

  List<Message> messages() {
    return List.copyOf(messages);
  }

  int connections() {
    return sockets.size();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        sockets.add(socket);
        if (!mute) {
          daemon(() -> serve(socket));
        }
      }
    } catch (IOException e) {
      // Closed: the end.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new DataInputStream(socket.getInputStream());
      var out = socket.getOutputStream();
      while (true) {
        var head = in.readUnsignedByte();
        var body = in.readNBytes(length(in));
        switch (head >> 4) {
          case CONNECT -> out.write(new byte[] {0x20, 2, 0, 0});
          case PUBLISH -> {
            var topicLength = ((body[0] & 0xFF) << 8) | (body[1] & 0xFF);
            var id = 2 + topicLength;
            messages.add(new Message(
                new String(body, 2, topicLength, StandardCharsets.UTF_8),
                new String(body, id + 2, body.length - id - 2, StandardCharsets.UTF_8)));
            out.write(new byte[] {0x40, 2, body[id], body[id + 1]});
          }
          case PING -> out.write(new byte[] {(byte) 0xD0, 0});
          default -> {
            return;
          }
        }
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  private static int length(DataInputStream in) throws IOException {
    var length = 0;
    for (var shift = 0; ; shift += 7) {
      var octet = in.readUnsignedByte();
      length |= (octet & 0x7F) << shift;
      if (octet < 0x80) {
        return length;
      }
    }
  }

  private static void daemon(Runnable work) {
    var thread = new Thread(work, "tiny-broker");
    thread.setDaemon(true);
    thread.start();
  }
}
