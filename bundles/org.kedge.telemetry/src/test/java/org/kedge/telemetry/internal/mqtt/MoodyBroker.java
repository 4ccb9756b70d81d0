package org.kedge.telemetry.internal.mqtt;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A broker that answers, ignores or hangs up on each packet as it is told; and what it heard, in order. */
final class MoodyBroker implements AutoCloseable {
  private static final int CONNECT = 1;
  private static final int PUBLISH = 3;
  private static final int PING = 12;
  private static final int DISCONNECT = 14;

  /** {@code CONNECT}, {@code PUBLISH topic text}, {@code PING}, {@code DISCONNECT}. */
  final List<String> heard = new CopyOnWriteArrayList<>();

  volatile Function<String, Mood> mood;
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Unconfirmed> unconfirmed = new CopyOnWriteArrayList<>();

  enum Mood {
    ANSWERS,
    IGNORES,
    HANGS_UP
  }

  private record Unconfirmed(Socket socket, byte high, byte low) {
    void confirm() {
      try {
        socket.getOutputStream().write(new byte[] {0x40, 2, high, low});
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** @param mood also asked with {@code TCP} for each new connection */
  MoodyBroker(Function<String, Mood> mood) throws IOException {
    this.mood = mood;
    daemon(this::accept);
  }

  /** In the given mood to what begins so, friendly to all else. */
  static Function<String, Mood> to(String beginning, Mood mood) {
    return packet -> packet.startsWith(beginning) ? mood : Mood.ANSWERS;
  }

  Broker address() {
    return new Broker("127.0.0.1", listener.getLocalPort(), Optional.empty(), Optional.empty());
  }

  /** Confirms the oldest message that it ignored. */
  void confirmOne() {
    unconfirmed.remove(0).confirm();
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
        if (mood.apply("TCP") == Mood.HANGS_UP) {
          socket.close();
        } else {
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
      while (true) {
        var head = in.readUnsignedByte();
        var body = in.readNBytes(length(in));
        var packet = inWords(head, body);
        heard.add(packet);
        var present = mood.apply(packet);
        if (present == Mood.HANGS_UP || head >> 4 == DISCONNECT) {
          return;
        }
        answer(socket, head >> 4, body, present == Mood.ANSWERS);
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  private void answer(Socket socket, int kind, byte[] body, boolean friendly) throws IOException {
    if (kind == PUBLISH) {
      var id = 2 + topicLength(body);
      var owed = new Unconfirmed(socket, body[id], body[id + 1]);
      if (friendly) {
        owed.confirm();
      } else {
        unconfirmed.add(owed);
      }
    } else if (friendly && kind == CONNECT) {
      socket.getOutputStream().write(new byte[] {0x20, 2, 0, 0});
    } else if (friendly && kind == PING) {
      socket.getOutputStream().write(new byte[] {(byte) 0xD0, 0});
    }
  }

  private static String inWords(int head, byte[] body) {
    return switch (head >> 4) {
      case CONNECT -> "CONNECT";
      case PUBLISH ->
        "PUBLISH "
            + new String(body, 2, topicLength(body), StandardCharsets.UTF_8)
            + " "
            + new String(
                body,
                4 + topicLength(body),
                body.length - 4 - topicLength(body),
                StandardCharsets.UTF_8);
      case PING -> "PING";
      case DISCONNECT -> "DISCONNECT";
      default -> "PACKET " + (head >> 4);
    };
  }

  private static int topicLength(byte[] body) {
    return ((body[0] & 0xFF) << 8) | (body[1] & 0xFF);
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
    var thread = new Thread(work, "moody-broker");
    thread.setDaemon(true);
    thread.start();
  }
}
