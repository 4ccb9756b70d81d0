package org.kedge.babel.internal.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A babeld on a real socket that says what a test wants: greets, answers, keeps silent or hangs up. */
public final class FakeBabeld implements AutoCloseable {
  public static final String GREETING =
      "BABEL 1.0\nversion babeld-1.12.1\nhost node1\nmy-id 6c:2a:80:bd:40:54:e3:4f\nok\n";
  public static final String TABLE = "add interface to2 up true ipv6 fe80::1\n"
      + "add neighbour n2 address fe80::2 if to2 reach ffff ureach 0000 rxcost 96 txcost 96 cost 96\n"
      + route(1, 96);

  private final ServerSocketChannel server;
  private final List<SocketChannel> clients = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private volatile String greeting = GREETING;
  private volatile String table = TABLE;
  private volatile boolean answers = true;
  private volatile boolean hangsUp;

  private FakeBabeld(SocketAddress address) throws IOException {
    server = ServerSocketChannel.open(
        address instanceof UnixDomainSocketAddress
            ? StandardProtocolFamily.UNIX
            : StandardProtocolFamily.INET6);
    server.bind(address);
    start("fake-babeld", this::accept);
  }

  public static FakeBabeld at(SocketAddress address) throws IOException {
    return new FakeBabeld(address);
  }

  /** At any port of {@code ::1}. */
  static FakeBabeld onTcp() throws IOException {
    return new FakeBabeld(new InetSocketAddress("::1", 0));
  }

  static String route(int number, int metric) {
    return "add route r" + number + " prefix 2001:db8:" + Integer.toHexString(number >> 16) + ":"
        + Integer.toHexString(number & 0xffff)
        + "::/64 from ::/0 installed yes id c8:b6:b3:9f:43:23:16:26 metric " + metric
        + " refmetric 0 via fe80::2 if to2\n";
  }

  public SocketAddress address() throws IOException {
    return server.getLocalAddress();
  }

  void greetWith(String text) {
    greeting = text;
  }

  /** The table, without the {@code ok} that ends it. */
  public void answerWith(String text) {
    table = text;
  }

  /** Accepts and reads on, but says nothing more; or speaks to those that connect from now on. */
  public void setAnswers(boolean now) {
    answers = now;
  }

  /** Closes each connection as soon as it is made. */
  public void setHangsUp(boolean now) {
    hangsUp = now;
  }

  public int connections() {
    return connections.get();
  }

  /** Connections that are open, as far as this side knows. */
  public int clients() {
    return clients.size();
  }

  List<String> heard() {
    return heard;
  }

  SocketChannel client() {
    return clients.get(clients.size() - 1);
  }

  public void closeClients() throws IOException {
    for (var client : clients) {
      client.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        var client = server.accept();
        clients.add(client);
        connections.incrementAndGet();
        start("fake-babeld-client", () -> serve(client));
      }
    } catch (IOException e) {
      // Closed by the test.
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      if (hangsUp) {
        return;
      }
      say(client, greeting);
      var reader =
          new BufferedReader(new InputStreamReader(Channels.newInputStream(client), ISO_8859_1));
      for (String line; (line = reader.readLine()) != null; ) {
        heard.add(line);
        say(client, table + "ok\n");
      }
    } catch (IOException e) {
      // The other side has closed.
    } finally {
      clients.remove(client);
    }
  }

  private void say(SocketChannel client, String text) throws IOException {
    if (answers) {
      write(client, text);
    }
  }

  static void write(SocketChannel client, String text) throws IOException {
    var bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  private static void start(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    closeClients();
  }
}
