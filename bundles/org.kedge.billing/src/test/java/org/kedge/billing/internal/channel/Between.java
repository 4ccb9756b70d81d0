package org.kedge.billing.internal.channel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Somebody in the middle of a link, as a program of its own: on each side it has the address of the node on the other, hands on what it
 * hears, keeps all of it, and says whatever it is told to in either's name.
 */
final class Between {
  private static final HexFormat HEX = HexFormat.of();

  private Between() {}

  /** One of the two sides: what comes in here goes out at the other. */
  private static final class Side {
    final DatagramChannel socket;
    final SocketAddress node;
    final List<byte[]> heard = new ArrayList<>();

    /** @param as the address to have here, {@code node} whose side it is */
    Side(String face, String as, String node, int port) throws IOException {
      var scope = NetworkInterface.getByName(face).getIndex();
      socket = DatagramChannel.open();
      socket.bind(new InetSocketAddress(address(as, scope), port));
      this.node = new InetSocketAddress(address(node, scope), port);
    }

    private static Inet6Address address(String text, int scope) throws IOException {
      return Inet6Address.getByAddress(null, Inet6Address.getByName(text).getAddress(), scope);
    }

    void say(byte[] octets) throws IOException {
      socket.send(ByteBuffer.wrap(octets), node);
    }
  }

  /** @param arguments port, interface to a, interface to b, address of a, address of b */
  public static void main(String[] arguments) throws IOException {
    var port = Integer.parseInt(arguments[0]);
    var a = new Side(arguments[1], arguments[4], arguments[3], port);
    var b = new Side(arguments[2], arguments[3], arguments[4], port);
    handOn(a, b);
    handOn(b, a);
    tell("ready");
    try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        obey(a, b, line.split(" "));
      }
    }
    System.exit(0);
  }

  private static void handOn(Side from, Side to) {
    var thread = new Thread(
        () -> {
          var buffer = ByteBuffer.allocate(2000);
          try {
            while (true) {
              from.socket.receive(buffer.clear());
              var octets = Arrays.copyOf(buffer.array(), buffer.position());
              synchronized (from.heard) {
                from.heard.add(octets);
              }
              to.say(octets);
            }
          } catch (IOException e) {
            tell("ended " + e);
          }
        },
        "hand on");
    thread.setDaemon(true);
    thread.start();
  }

  private static void obey(Side a, Side b, String[] words) throws IOException {
    switch (words[0]) {
      // All that b said so far once more to a, and the other way round; times.
      case "replay" -> {
        for (var times = Integer.parseInt(words[1]); times > 0; times--) {
          replay(b, a);
          replay(a, b);
        }
        tell("replayed");
      }
      // Octets to a as if from b.
      case "say" -> {
        a.say(HEX.parseHex(words[1]));
        tell("said");
      }
      // The last that b said, as hexadecimal.
      case "last" -> {
        synchronized (b.heard) {
          tell("last " + HEX.formatHex(b.heard.get(b.heard.size() - 1)));
        }
      }
      default -> throw new IllegalArgumentException(Arrays.toString(words));
    }
  }

  private static void replay(Side heardFrom, Side to) throws IOException {
    List<byte[]> all;
    synchronized (heardFrom.heard) {
      all = List.copyOf(heardFrom.heard);
    }
    for (var octets : all) {
      to.say(octets);
    }
  }

  private static void tell(String line) {
    synchronized (Between.class) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
