package org.kedge.telemetry.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Figures;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Home;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Inquiry.Answer;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Start;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.telemetry.api.Uplink;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;

class TelemetryComponentTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  @TempDir
  Path data;

  private final RealLanes lanes = new RealLanes();
  private final OneLane oneLane = new OneLane();
  private final Map<String, Inquiry> inquiries = new ConcurrentHashMap<>();
  private int port;
  private TelemetryComponent component;

  @BeforeEach
  void start() throws IOException {
    port = freePort();
    var node = new Node(new NodeId("roof-7"), "0c1f.3", "0c1f", data, new FolderFlash(data));
    component = new TelemetryComponent(
        bundle(),
        node,
        new HidingHome(),
        new Start(Start.Cause.UNKNOWN, "a test", 1, false),
        oneLane,
        () -> new Uptime(System.nanoTime()),
        new SettingsNews(),
        Map.of("status.port", port));
    await().atMost(GENEROUS).until(() -> status().contains("\"state\":\"starting\""));
  }

  @AfterEach
  void stop() throws InterruptedException {
    component.stop();
    lanes.close();
  }

  @Test
  void of_two_gauges_that_tell_the_same_the_newer_counts_and_the_rest_is_told() throws Exception {
    component.addGauge(
        Gauge.of("", () -> Figures.builder().count("lanes_open", 1).build()));
    component.addGauge(
        Gauge.of("babel", () -> Figures.builder().count("routes", 3).build()));
    component.addGauge(
        Gauge.of("", () -> Figures.builder().count("lanes_open", 2).build()));
    component.addGauge(
        Gauge.of("babel", () -> Figures.builder().count("routes", 4).build()));
    component.addGauge(
        Gauge.of("board", () -> Figures.builder().count("clients", 5).build()));
    assertThat(status())
        .contains(
            "\"lanes_open_count\":2", "\"babel\":{\"routes_count\":4}", "\"clients_count\":5");
  }

  @Test
  void a_gauge_that_fails_takes_no_other_section_with_it() throws Exception {
    component.addGauge(Gauge.of("broken", () -> {
      throw new IllegalStateException("a bug in a gauge, on purpose");
    }));
    component.addGauge(
        Gauge.of("babel", () -> Figures.builder().count("routes", 3).build()));
    assertThat(status()).contains("\"babel\":{\"routes_count\":3}").doesNotContain("broken");
  }

  @Test
  void once_it_has_stopped_its_port_is_free_even_if_its_lane_was_busy() throws Exception {
    var release = new CountDownLatch(1);
    var busy = new CountDownLatch(1);
    oneLane.lane().post("slow", () -> {
      busy.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    busy.await();
    var stopping = new Thread(() -> {
      try {
        component.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    stopping.start();
    await()
        .atMost(GENEROUS)
        .until(() -> stopping.getState() == Thread.State.TIMED_WAITING
            || stopping.getState() == Thread.State.TERMINATED);
    if (stopping.isAlive()) {
      release.countDown();
    }
    stopping.join();
    // As base does when it stops too.
    lanes.close();
    release.countDown();

    try (var next = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(next.isBound()).isTrue();
    }
  }

  @Test
  void a_new_port_is_served_and_the_old_one_is_not() throws Exception {
    var old = port;
    port = freePort();
    component.changed(Map.of("status.port", port));
    await().atMost(GENEROUS).until(() -> status().contains("\"node\":\"roof-7\""));
    port = old;
    assertThat(status()).isEmpty();
  }

  @Test
  void the_platform_s_uplink_is_used_while_it_is_there_and_the_own_one_otherwise_unless_set()
      throws Exception {
    var broker = Map.<String, Object>of(
        "status.port", port, "broker.address", "tcp://127.0.0.1:" + freePort());
    component.changed(broker);
    await().atMost(GENEROUS).until(() -> status().contains("\"uplink\":\"mqtt\""));
    var kura = new PlatformUplink();
    component.addUplink(kura);
    await()
        .atMost(GENEROUS)
        .until(() -> status().contains("\"uplink\":\"kura\",\"connected\":true"));
    await().atMost(GENEROUS).until(() -> kura.subjects.contains("snapshot"));

    var mqtt = new HashMap<>(broker);
    mqtt.put("uplink", "mqtt");
    component.changed(mqtt);
    await().atMost(GENEROUS).until(() -> status().contains("\"uplink\":\"mqtt\""));
    var onlyKura = new HashMap<>(broker);
    onlyKura.put("uplink", "kura");
    component.changed(onlyKura);
    await()
        .atMost(GENEROUS)
        .until(() -> status().contains("\"uplink\":\"kura\",\"connected\":true"));
    component.removeUplink(kura);
    await().atMost(GENEROUS).until(() -> status().contains("\"uplink\":\"none\""));
    component.changed(broker);
    await().atMost(GENEROUS).until(() -> status().contains("\"uplink\":\"mqtt\""));
    assertThat(kura.isClosed).as("it is its owner's to close").isFalse();
  }

  /** As declarative services do it, now and then, with a service that comes while this is being activated. */
  @Test
  void an_uplink_that_was_handed_over_twice_and_goes_once_gives_way_to_the_next() throws Exception {
    var first = new PlatformUplink();
    component.addUplink(first);
    component.addUplink(first);
    await()
        .atMost(GENEROUS)
        .until(() -> status().contains("\"uplink\":\"kura\",\"connected\":true"));
    component.removeUplink(first);
    await().atMost(GENEROUS).until(() -> status().contains("\"uplink\":\"none\""));
    component.addUplink(new PlatformUplink());
    await()
        .atMost(GENEROUS)
        .until(() -> status().contains("\"uplink\":\"kura\",\"connected\":true"));
  }

  @Test
  void settings_that_are_refused_are_told_as_an_event() {
    var kura = new PlatformUplink();
    component.addUplink(kura);
    component.changed(Map.of("status.port", port, "snapshot.seconds", 1));
    await()
        .atMost(GENEROUS)
        .until(() -> kura.bodies.stream()
            .anyMatch(body -> body.contains("\"event\":\"settings-refused\"")
                && body.contains("snapshot.seconds")));
  }

  @Test
  void the_password_reaches_the_broker_in_plain_text_and_nothing_else_shows_any_of_it()
      throws Exception {
    try (var broker = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      component.changed(Map.of(
          "status.port",
          port,
          "broker.address",
          "tcp://127.0.0.1:" + broker.getLocalPort(),
          "broker.user",
          "roof",
          "broker.password",
          "cipher-of-s3cret"));
      try (var caller = broker.accept()) {
        var first = new byte[512];
        var count = caller.getInputStream().read(first);
        assertThat(new String(first, 0, count, StandardCharsets.ISO_8859_1))
            .contains("s3cret")
            .doesNotContain("cipher");
      }
    }
    assertThat(status()).doesNotContain("s3cret");
  }

  @Test
  void a_password_that_cannot_be_revealed_is_told_where_the_uplink_is() throws Exception {
    component.changed(Map.of(
        "status.port",
        port,
        "broker.address",
        "tcp://127.0.0.1:" + freePort(),
        "broker.user",
        "roof",
        "broker.password",
        "made elsewhere"));
    await()
        .atMost(GENEROUS)
        .until(() ->
            status().contains("the setting 'broker.password' cannot be read: another key hid it"));
    assertThat(status()).doesNotContain("made elsewhere");
  }

  @Test
  void what_may_be_asked_is_there_as_long_as_it_is() throws Exception {
    assertThat(inquiries.keySet()).containsExactlyInAnyOrder("status", "faults", "journal");
    component.stop();
    assertThat(inquiries).isEmpty();
  }

  @Test
  void who_asks_for_the_status_is_told_the_snapshot_of_now() {
    assertThat(told("status"))
        .startsWith("{\"schema\":\"kedge-snapshot\",")
        .contains("\"node\":\"roof-7\"", "\"sequence\":0");
    assertThat(ask("status", "all")).isInstanceOf(Answer.Misunderstood.class);
  }

  @Test
  void who_asks_for_faults_is_told_what_care_found_and_what_to_do() {
    assertThat(ask("faults")).isInstanceOf(Answer.NotNow.class);
    component.care = new Judged(3);
    assertThat(told("faults"))
        .startsWith(
            "{\"schema\":\"kedge-faults\",\"schema_version\":1,\"node\":\"roof-7\",\"at\":\"")
        .contains(
            "\"state\":\"faulty\",\"faults\":[{\"kind\":\"BABEL_DEAD\",\"layer\":\"babel\",\"blame\":\"ours\"",
            "\"evidence\":\"no process\",\"advice\":\"Start it.\"")
        .endsWith("\"silenced\":[],\"unknown\":[]}");
  }

  @Test
  void who_asks_for_the_journal_is_told_the_latest_entries_newest_first() {
    assertThat(ask("journal")).isInstanceOf(Answer.NotNow.class);
    component.care = new Judged(60);
    assertThat(numbers("journal")).hasSize(50).startsWith("60", "59", "58").endsWith("11");
    assertThat(numbers("journal", "2")).containsExactly("60", "59");
    assertThat(numbers("journal", "9999")).hasSize(60).endsWith("1");
    assertThat(told("journal", "1"))
        .contains(
            "{\"number\":60,\"at\":\"1970-01-01T00:00:00Z\",\"kind\":\"found\",\"fault\":\"BABEL_DEAD\",\"words\":\"dead\"}");
    for (var word : List.of("0", "-1", "all", "10000", "1.5", "")) {
      assertThat(ask("journal", word))
          .isEqualTo(new Answer.Misunderstood(
              "behind 'journal' may stand how many entries to tell, 1 to 9999, as in journal/20"));
    }
    assertThat(ask("journal", "1", "2")).isInstanceOf(Answer.Misunderstood.class);
  }

  private Answer ask(String name, String... words) {
    return Objects.requireNonNull(inquiries.get(name)).answer(List.of(words));
  }

  private String told(String name, String... words) {
    return new String(((Answer.Told) ask(name, words)).body(), StandardCharsets.UTF_8);
  }

  private List<String> numbers(String name, String... words) {
    return Pattern.compile("\"number\":(\\d+)")
        .matcher(told(name, words))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** Care that found one fault and has written so many entries. */
  private record Judged(int entries) implements CareWatch {
    @Override
    public Optional<CareReport> latest() {
      var now = new Uptime(System.nanoTime());
      var kind = new FaultKind(
          "BABEL_DEAD", Layer.BABEL, Duration.ZERO, GENEROUS, Set.of(), false, "Start it.");
      return Optional.of(new CareReport(
          now, List.of(new Fault(kind, Blame.OURS, now, "no process")), List.of(), List.of()));
    }

    @Override
    public CareJournal journal() {
      return new CareJournal(
          0,
          LongStream.rangeClosed(1, entries)
              .mapToObj(number -> new CareJournal.Entry(
                  number,
                  Instant.EPOCH,
                  CareJournal.Topic.FOUND,
                  Optional.of("BABEL_DEAD"),
                  Optional.empty(),
                  "dead"))
              .toList());
    }

    @Override
    public Doing doing() {
      return Doing.NOTHING;
    }

    @Override
    public void nudge() {
      throw new AssertionError("not asked");
    }
  }

  /** Hides secrets as Kura does. */
  private static final class HidingHome implements Home {
    private static final String HIDDEN = "cipher-of-";

    @Override
    public Path data() {
      throw new AssertionError("not asked");
    }

    @Override
    public Optional<NodeId> device() {
      return Optional.empty();
    }

    @Override
    public Revealed reveal(String given) {
      return given.startsWith(HIDDEN)
          ? new Revealed.Plain(given.substring(HIDDEN.length()))
          : new Revealed.Hidden("another key hid it", false);
    }
  }

  /** Takes and confirms everything. */
  private static final class PlatformUplink implements Uplink {
    private final List<String> subjects = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private volatile boolean isClosed;
    private volatile Ears heard = new Ears() {
      @Override
      public void confirmed(long ticket) {
        throw new IllegalStateException("not connected");
      }

      @Override
      public void lost(String why) {
        throw new IllegalStateException("not connected");
      }
    };

    @Override
    public String name() {
      return "kura";
    }

    @Override
    public Pace pace() {
      return new Pace(4, Duration.ofMillis(10), GENEROUS);
    }

    @Override
    public Connection connect(Presence presence, Ears ears) {
      heard = ears;
      return new Connection.Ready();
    }

    @Override
    public Handover hand(Message message) {
      subjects.add(message.subject());
      bodies.add(new String(message.body(), StandardCharsets.UTF_8));
      heard.confirmed(message.ticket());
      return new Handover.Taken();
    }

    @Override
    public void tell(Presence presence) {
      // It has one of its own.
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private String status() throws InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/status"))
        .timeout(GENEROUS)
        .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "";
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  /** As much of a bundle as tells its version and takes its inquiries. */
  private BundleContext bundle() {
    var loader = TelemetryComponentTest.class.getClassLoader();
    var bundle = (Bundle) Proxy.newProxyInstance(
        loader, new Class<?>[] {Bundle.class}, (self, method, words) -> new Version("0.1.0"));
    return (BundleContext) Proxy.newProxyInstance(
        loader,
        new Class<?>[] {BundleContext.class},
        (self, method, words) -> method.getName().equals("registerService")
            ? registered(loader, (Inquiry) Objects.requireNonNull(words)[1])
            : bundle);
  }

  private ServiceRegistration<?> registered(ClassLoader loader, Inquiry inquiry) {
    inquiries.put(inquiry.name(), inquiry);
    return (ServiceRegistration<?>) Proxy.newProxyInstance(
        loader, new Class<?>[] {ServiceRegistration.class}, (self, method, words) -> {
          assertThat(method.getName()).isEqualTo("unregister");
          inquiries.remove(inquiry.name());
          return null;
        });
  }

  /** Remembers the lane it gave out. */
  private final class OneLane implements Lanes {
    private final AtomicReference<Lane> given = new AtomicReference<>();

    private Lane lane() {
      return Objects.requireNonNull(given.get());
    }

    @Override
    public Lane open(String name, int capacity) {
      var lane = lanes.open(name, capacity);
      given.set(lane);
      return lane;
    }

    @Override
    public List<LaneReading> readings() {
      return lanes.readings();
    }
  }
}
