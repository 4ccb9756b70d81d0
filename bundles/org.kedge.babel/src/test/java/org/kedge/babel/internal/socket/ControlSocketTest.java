package org.kedge.babel.internal.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.Conversation;
import org.kedge.babel.internal.core.Conversation.Event;
import org.kedge.babel.internal.supervisor.Surroundings;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.RealLanes;

class ControlSocketTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private final RealLanes lanes = new RealLanes();
  private final Lane lane = lanes.open("test", 4);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void no_reader_is_left_of_another_test() {
    soon().until(() -> readers().isEmpty());
  }

  @AfterEach
  void close() throws Exception {
    for (var one : opened) {
      one.close();
    }
    lanes.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(LONG).pollInterval(Duration.ofMillis(10));
  }

  private FakeBabeld fake(String kind) throws IOException {
    var fake = kind.equals("unix")
        ? FakeBabeld.at(UnixDomainSocketAddress.of(folder.resolve("babeld.sock")))
        : FakeBabeld.onTcp();
    opened.add(fake);
    return fake;
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void a_conversation_over_a_real_socket_goes_from_greeting_to_dump_after_dump(String kind)
      throws IOException {
    var fake = fake(kind);
    var call = call(fake.address(), Duration.ofMillis(50));

    soon().until(() -> call.whole.size() >= 4);

    assertThat(fake.heard()).startsWith("monitor", "dump", "dump");
    assertThat(fake.connections()).isEqualTo(1);
    assertThat(call.whole.get(0).routes()).hasSize(1);
    assertThat(call.ended).isEmpty();
    assertThat(call.over).isEmpty();
    assertThat(lane.reading().thrown()).isZero();
  }

  @Test
  void nobody_behind_the_path_of_a_socket_is_a_refusal() throws IOException {
    var path = UnixDomainSocketAddress.of(folder.resolve("left.sock"));
    ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(path).close();
    assertThat(folder.resolve("left.sock")).exists();

    var call = call(path, LONG);

    soon().until(() -> !call.ended.isEmpty());
    assertThat(call.ended).singleElement().asString().contains("refused", "left.sock");
    assertThat(call.refused).containsExactly(true);
  }

  @Test
  void a_path_without_a_socket_is_a_refusal() throws IOException {
    var call = call(UnixDomainSocketAddress.of(folder.resolve("none.sock")), LONG);
    soon().until(() -> !call.ended.isEmpty());
    assertThat(call.ended).singleElement().asString().contains("none.sock");
    assertThat(call.refused).containsExactly(true);
  }

  @Test
  void nobody_behind_a_port_is_a_refusal() throws IOException {
    int port;
    try (var free = new ServerSocket()) {
      free.bind(new InetSocketAddress("::1", 0));
      port = free.getLocalPort();
    }
    var call = call(new InetSocketAddress("::1", port), LONG);
    soon().until(() -> !call.ended.isEmpty());
    assertThat(call.refused).containsExactly(true);
  }

  @Test
  void a_babeld_that_does_not_greet_is_left_after_the_limit_and_its_reader_ends()
      throws IOException {
    var fake = fake("unix");
    fake.setAnswers(false);
    var call = call(
        fake.address(), new Conversation.Limits(Duration.ofMillis(100), Duration.ofSeconds(5)));

    soon().until(() -> !call.over.isEmpty());

    assertThat(call.over).singleElement().asString().startsWith("no greeting within");
    soon().until(() -> readers().isEmpty() && fake.clients() == 0);
    assertThat(call.ended).isEmpty();
  }

  @Test
  void a_full_backlog_looks_the_same_and_leaves_no_thread_that_hangs_in_connect()
      throws IOException {
    var path = UnixDomainSocketAddress.of(folder.resolve("full.sock"));
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    opened.add(server);
    server.bind(path, 1);
    fill(path);

    var call = call(path, new Conversation.Limits(Duration.ofMillis(100), Duration.ofSeconds(5)));

    soon().until(() -> !call.over.isEmpty());
    soon().until(() -> readers().isEmpty());
  }

  private void fill(UnixDomainSocketAddress path) throws IOException {
    for (var tries = 0; tries < 100; tries++) {
      var client = SocketChannel.open(StandardProtocolFamily.UNIX);
      opened.add(client);
      client.configureBlocking(false);
      try {
        if (!client.connect(path)) {
          return;
        }
      } catch (IOException e) {
        return;
      }
    }
    throw new AssertionError("The backlog takes more than 100");
  }

  @Test
  void a_connection_closed_in_mid_line_is_told_once_and_is_no_refusal() throws IOException {
    var fake = fake("unix");
    fake.greetWith("BABEL 1.0\nversion bab");
    var call = call(fake.address(), LONG);
    soon().until(() -> call.bytes > 0);

    fake.closeClients();

    soon().until(() -> !call.ended.isEmpty() && readers().isEmpty());
    assertThat(call.ended).containsExactly("babeld closed the connection");
    assertThat(call.refused).containsExactly(false);
    assertThat(call.whole).isEmpty();
  }

  @Test
  void nothing_is_told_after_a_close() throws Exception {
    var fake = fake("unix");
    var call = call(fake.address(), LONG);
    soon().until(() -> !call.whole.isEmpty());
    var blocked = block();
    FakeBabeld.write(fake.client(), "change interface to2 up false\n");
    var before = call.bytes;

    call.socket().close();
    blocked.countDown();

    soon().until(() -> readers().isEmpty());
    drained();
    assertThat(call.bytes).isEqualTo(before);
    assertThat(call.ended).isEmpty();
  }

  @Test
  void a_flood_of_changes_waits_in_the_kernel_while_the_lane_is_busy_and_arrives_whole()
      throws Exception {
    var fake = fake("unix");
    var call = call(fake.address(), LONG);
    soon().until(() -> !call.whole.isEmpty());
    var lines = 100_000;
    var flood = new StringBuilder();
    for (var i = 1; i <= lines; i++) {
      flood.append(FakeBabeld.route(1, i % 2 == 0 ? 96 : 65535).replace("add", "change"));
    }
    var bytes = ByteBuffer.wrap(flood.toString().getBytes(ISO_8859_1));
    var before = call.bytes;
    var client = fake.client();
    var written = new AtomicInteger();
    var blocked = block();
    var writer = new Thread(() -> {
      try {
        while (bytes.hasRemaining()) {
          written.addAndGet(client.write(bytes));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    writer.start();

    // The reader holds one chunk and waits for the lane; the rest stays with the one who writes.
    soon().until(() -> readers().get(0).getState() == Thread.State.WAITING);
    await()
        .during(Duration.ofMillis(300))
        .until(() -> written.get() < flood.length()
            && call.bytes == before
            && lane.reading().queued() <= 4);
    blocked.countDown();

    soon().until(() -> call.bytes - before == flood.length());
    assertThat(call.biggest).isLessThanOrEqualTo(1 << 16);
    assertThat(lane.reading().refused()).isZero();
    assertThat(lane.reading().thrown()).isZero();
    soon()
        .until(() -> call.news.stream()
            .reduce((one, last) -> last)
            .filter(last -> last.routes().get(0).metric() == 96)
            .isPresent());
    // Told by the clock and not by the line.
    assertThat(call.news.size()).isLessThan(lines / 100);
    assertThat(call.ended).isEmpty();
  }

  @Test
  void an_answer_of_50_000_routes_is_one_table() throws IOException {
    var fake = fake("unix");
    var many = new StringBuilder("add interface to2 up true ipv6 fe80::1\n");
    for (var i = 0; i < 50_000; i++) {
      many.append(FakeBabeld.route(i, 96));
    }
    fake.answerWith(many.toString());

    var call = call(fake.address(), new Conversation.Limits(LONG, Duration.ofMillis(10)));

    soon().until(() -> call.whole.size() >= 2);
    assertThat(call.whole.get(0).routes()).hasSize(50_000);
    assertThat(call.whole.get(1).routes()).hasSize(50_000);
    assertThat(call.over).isEmpty();
  }

  /** Keeps the lane busy until the latch is opened. */
  private CountDownLatch block() {
    var latch = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    lane.after(Duration.ZERO, "busy", () -> {
      begun.countDown();
      try {
        var unused = latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    soon().until(() -> begun.getCount() == 0);
    return latch;
  }

  private void drained() {
    var reached = new CountDownLatch(1);
    lane.after(Duration.ZERO, "drained", reached::countDown);
    soon().until(() -> reached.getCount() == 0);
  }

  private static List<Thread> readers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("kedge-babel-socket"))
        .toList();
  }

  private Call call(SocketAddress address, Duration dump) throws IOException {
    return call(address, new Conversation.Limits(LONG, dump));
  }

  private Call call(SocketAddress address, Conversation.Limits limits) throws IOException {
    var call = new Call(limits);
    var started = new CountDownLatch(1);
    var socket = ControlSocket.open(address, lane, call);
    opened.add(socket);
    lane.after(Duration.ZERO, "begin", () -> {
      call.socket = Optional.of(socket);
      call.dueAgain();
      started.countDown();
    });
    soon().until(() -> started.getCount() == 0);
    return call;
  }

  /** Connects socket and conversation as the supervisor does. */
  private final class Call implements Surroundings.Ear {
    final List<RoutingTable> whole = new CopyOnWriteArrayList<>();
    final List<RoutingTable> news = new CopyOnWriteArrayList<>();
    final List<String> over = new CopyOnWriteArrayList<>();
    final List<String> ended = new CopyOnWriteArrayList<>();
    final List<Boolean> refused = new CopyOnWriteArrayList<>();
    volatile long bytes;
    volatile int biggest;
    private final Conversation conversation;
    private final List<Event> early = new ArrayList<>();
    private volatile Optional<ControlSocket> socket = Optional.empty();
    private Lane.Timer timer = () -> {};

    Call(Conversation.Limits limits) {
      conversation = new Conversation(limits, now());
    }

    ControlSocket socket() {
      return socket.orElseThrow();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Written on the lane only.
    public void received(ByteBuffer chunk) {
      biggest = Math.max(biggest, chunk.remaining());
      bytes += chunk.remaining();
      handle(conversation.received(chunk, now()));
    }

    @Override
    public void ended(String why, boolean wasRefused) {
      refused.add(wasRefused);
      ended.add(why);
    }

    void dueAgain() {
      var now = List.copyOf(early);
      early.clear();
      handle(now);
    }

    private void handle(List<Event> events) {
      if (socket.isEmpty()) {
        early.addAll(events);
        return;
      }
      for (var event : events) {
        if (event instanceof Event.Send send) {
          socket().send(send.command());
        } else if (event instanceof Event.Told told) {
          (told.whole() ? whole : news).add(told.table());
        } else if (event instanceof Event.Over end) {
          over.add(end.why());
          socket().close();
        }
      }
      timer.cancel();
      conversation.due().ifPresent(due -> {
        var pause = due.since(now());
        timer = lane.after(
            pause.isNegative() ? Duration.ZERO : pause,
            "due",
            () -> handle(conversation.pass(now())));
      });
    }

    private static Uptime now() {
      return new Uptime(System.nanoTime() & Long.MAX_VALUE);
    }
  }
}
