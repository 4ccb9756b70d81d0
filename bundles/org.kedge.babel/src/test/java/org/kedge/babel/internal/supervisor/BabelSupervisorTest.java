package org.kedge.babel.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.core.BabelFaults;
import org.kedge.babel.internal.node.NodeSurroundings;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.babel.internal.socket.FakeBabeld;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Reading;

class BabelSupervisorTest {
  private static final CommandRunner NO_ROUTES =
      command -> new CommandResult.Ended(0, "[ ]", "", false, Duration.ZERO);

  private static final UptimeSource UPTIME = () -> new Uptime(System.nanoTime() & Long.MAX_VALUE);

  @TempDir
  Path folder;

  private final RealLanes lanes = new RealLanes();
  private final Watched lane = new Watched(lanes.open("babel", 64));
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicInteger told = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    for (var i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    lanes.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
  }

  @Test
  void a_babeld_that_falls_silent_is_told_after_its_tries_and_is_well_again_once_it_answers()
      throws IOException {
    var fake = fake();
    fake.setAnswers(false);
    var supervisor = supervisor(Optional.empty());
    assertThat(reading(supervisor, BabelFaults.BABEL_SILENT)).isInstanceOf(Reading.Unseen.class);
    fake.setAnswers(true);

    supervisor.start();
    soon().until(() -> reading(supervisor, BabelFaults.BABEL_SILENT) instanceof Reading.Well);
    assertThat(supervisor.state().version()).isEqualTo("babeld-1.12.1");
    assertThat(supervisor.freshTable().orElseThrow().routes()).hasSize(1);
    assertThat(fake.connections()).isEqualTo(1);

    fake.setAnswers(false);
    soon().until(() -> reading(supervisor, BabelFaults.BABEL_SILENT) instanceof Reading.Wrong);
    var socket = supervisor.state().sight().socket();
    assertThat(socket.failures()).isBetween(2, 20);
    assertThat(((Reading.Wrong) reading(supervisor, BabelFaults.BABEL_SILENT)).evidence())
        .contains(
            "does not answer", "tries in", "pid " + ProcessHandle.current().pid());
    assertThat(reading(supervisor, BabelFaults.BABEL_DEAD)).isInstanceOf(Reading.Well.class);
    // Kedge holds one connection, also while it tries again and again.
    assertThat(fake.clients()).isLessThanOrEqualTo(2);

    fake.setAnswers(true);
    soon()
        .until(() -> reading(supervisor, BabelFaults.BABEL_SILENT) instanceof Reading.Well
            && supervisor.state().sight().socket().failures() == 0);
    assertThat(lane.reading().thrown()).isZero();
    assertThat(told).hasPositiveValue();
  }

  @Test
  void tries_to_connect_again_come_slower_and_slower_but_never_further_apart_than_four_seconds()
      throws IOException {
    lane.shortened = true;
    var fake = fake();
    fake.setHangsUp(true);
    var supervisor = supervisor(Optional.empty());
    supervisor.start();

    soon().until(() -> fake.connections() >= 12);
    assertThat(lane.pauses)
        .startsWith(
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(4))
        .allMatch(pause -> pause.compareTo(Duration.ofSeconds(4)) <= 0);

    fake.setHangsUp(false);
    soon().until(() -> supervisor.state().sight().socket().failures() == 0);
    var before = lane.pauses.size();
    fake.closeClients();
    soon().until(() -> lane.pauses.size() > before);
    assertThat(lane.pauses.get(before)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void no_connection_is_left_behind_though_the_lane_is_closed_right_after() throws IOException {
    var fake = fake();
    var supervisor = supervisor(Optional.empty());
    supervisor.start();
    soon().until(() -> supervisor.freshTable().isPresent());

    supervisor.close();
    lane.close();

    soon().until(() -> fake.clients() == 0);
  }

  @Test
  void no_connection_is_left_behind_though_the_queue_is_full() throws Exception {
    var fake = fake();
    var supervisor = supervisor(Optional.empty());
    supervisor.start();
    soon().until(() -> supervisor.freshTable().isPresent());
    var busy = new CountDownLatch(1);
    lane.post("busy", () -> {
      try {
        busy.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    while (lane.post("filler", () -> {}) == Lane.Posting.ACCEPTED) {}

    supervisor.close();
    busy.countDown();

    soon().until(() -> fake.clients() == 0);
  }

  @Test
  void an_exit_given_with_its_port_is_found_by_the_route_that_leads_to_it() throws IOException {
    var fake = fake();
    try (var exit = new ServerSocket()) {
      exit.bind(new InetSocketAddress("::1", 0));
      fake.answerWith(FakeBabeld.TABLE
          + "add route r9 prefix ::1/128 from ::/0 installed yes id c8:b6:b3:9f:43:23:16:26"
          + " metric 96 refmetric 0 via fe80::2 if to2\n");
      var target = new Target(
          "[::1]:" + exit.getLocalPort(),
          InetAddress.getByName("::1"),
          Optional.of(exit.getLocalPort()));
      var supervisor = supervisor(Optional.of(target));
      supervisor.start();

      soon()
          .until(() -> supervisor
              .state()
              .sight()
              .exit()
              .filter(answers -> answers.answeredAt().isPresent())
              .isPresent());
      assertThat(reading(supervisor, BabelFaults.EXIT_DEAF)).isInstanceOf(Reading.Well.class);
      assertThat(supervisor.state().sight().exit().orElseThrow().address()).isEqualTo("::1");
      var memory = new DurableFile(new FolderFlash(folder), "babel-memory");
      soon()
          .until(() -> memory.read() instanceof DurableFile.Found.Content content
              && content.text().contains("exit true"));
    }
  }

  @Test
  void what_this_node_had_is_remembered_by_the_next_runtime() throws IOException {
    var fake = fake();
    var first = supervisor(Optional.empty());
    first.start();
    soon().until(() -> first.freshTable().isPresent());
    first.close();
    // The loopback interface exists and is up wherever this runs.
    fake.answerWith("add interface lo up true ipv6 fe80::1\n");

    var next = supervisor(Optional.empty());
    next.start();
    soon().until(() -> next.freshTable().isPresent());

    soon().until(() -> reading(next, BabelFaults.NEIGHBOURS_LOST) instanceof Reading.Wrong);
  }

  private FakeBabeld fake() throws IOException {
    var fake = FakeBabeld.at(UnixDomainSocketAddress.of(folder.resolve("b.sock")));
    opened.add(fake);
    return fake;
  }

  private BabelSupervisor supervisor(Optional<Target> exit) {
    var settings = new BabelSettings(
        BabelSettings.Mode.SERVICE,
        Optional.of(UnixDomainSocketAddress.of(folder.resolve("b.sock"))),
        List.of(),
        "/usr/sbin/babeld",
        List.of(),
        List.of(),
        folder.resolve("pid"),
        List.of("true"),
        List.of("true"),
        List.of("true"),
        Duration.ofMillis(100),
        Duration.ofMillis(400),
        exit,
        Optional.empty(),
        Duration.ofMillis(200),
        false);
    var supervisor = new BabelSupervisor(
        settings,
        new FolderFlash(folder),
        lane,
        UPTIME,
        onEnd -> new ThisProcess(),
        keeper -> new NodeSurroundings(keeper, settings.socketIn(folder), UPTIME, NO_ROUTES),
        told::incrementAndGet);
    opened.add(supervisor);
    return supervisor;
  }

  private static Reading reading(BabelSupervisor supervisor, FaultKind kind) {
    return supervisor.state().readings().stream()
        .filter(reading -> reading.kind().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  /** The fake babeld runs in this very process. */
  private static final class ThisProcess implements BabeldKeeper {
    @Override
    public Start ensureRunning() {
      return new Start.Running(ProcessHandle.current().pid(), "runs already");
    }

    @Override
    public Start startAnew(boolean kindly) {
      return ensureRunning();
    }

    @Override
    public Whereabouts whereabouts() {
      return new Whereabouts.At(ProcessHandle.current().pid());
    }
  }

  /** A real lane that notes the pauses before new connections and, if told so, cuts them short. */
  private static final class Watched implements Lane {
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    volatile boolean shortened;
    private final Lane real;

    Watched(Lane real) {
      this.real = real;
    }

    @Override
    public Timer after(Duration delay, String task, Runnable work) {
      if (task.equals("connect again")) {
        pauses.add(delay);
        return real.after(shortened ? Duration.ofMillis(5) : delay, task, work);
      }
      return real.after(delay, task, work);
    }

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public Posting post(String task, Runnable work) {
      return real.post(task, work);
    }

    @Override
    public Timer every(Duration pause, String task, Runnable work) {
      return real.every(pause, task, work);
    }

    @Override
    public <T> void aside(
        String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer) {
      real.aside(task, limit, slow, answer);
    }

    @Override
    public void promise(Duration period) {
      real.promise(period);
    }

    @Override
    public void beat() {
      real.beat();
    }

    @Override
    public LaneReading reading() {
      return real.reading();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
