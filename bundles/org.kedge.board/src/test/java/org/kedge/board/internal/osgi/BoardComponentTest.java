package org.kedge.board.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Figures;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.WatchedProcess;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.board.internal.core.BoardFaults;
import org.kedge.board.internal.gpio.MockChip;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Reading;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.watchdog.api.PetDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A box made of files, its chip Pi4J's mock. */
class BoardComponentTest {
  private static final String LIMITS =
      "Limit                     Soft Limit           Hard Limit           Units\n"
          + "Max open files            %s                 4096                 files\n";

  private static final CareReport WELL =
      new CareReport(Uptime.of(Duration.ofHours(1)), List.of(), List.of(), List.of());

  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private final List<Object> services = new CopyOnWriteArrayList<>();
  private int nudges;

  @TempDir
  private Path root;

  private MockChip chip;
  private Optional<BoardComponent> begun = Optional.empty();

  @BeforeEach
  void box() throws IOException {
    chip = new MockChip(root, MockChip.LABEL);
    write("proc/self/limits", LIMITS.formatted(20_000));
    write("proc/self/fd/0", "");
    write("proc/meminfo", "MemAvailable: 1024000 kB\n");
    write("proc/net/route", "");
    write("sys/class/leds/ACT/trigger", "none [mmc0] timer");
    write("sys/class/leds/ACT/delay_on", "");
    write("sys/class/leds/ACT/delay_off", "");
  }

  @AfterEach
  void stop() {
    begun.ifPresent(BoardComponent::stop);
    assertThat(services).as("services left behind").isEmpty();
    assertThat(lanes.readings()).isEmpty();
  }

  @Test
  void an_unknown_box_runs_without_gpio_and_says_so() {
    var board = begin(Map.of());
    assertThat(board.figures().values())
        .containsEntry("board", "unknown")
        .containsEntry("gpio", false)
        .doesNotContainKey("led");
    assertThat(text(board.figures(), "trouble")).contains("no board is known");
    assertThat(board.readings()).singleElement().isInstanceOf(Reading.Well.class);
    assertThat(chip.opened()).isZero();
  }

  @Test
  void a_pi_is_known_by_its_device_tree_and_shows_its_light() throws IOException {
    write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
    var board = begin(Map.of());
    assertThat(board.figures().values())
        .containsEntry("board", "Raspberry Pi 5")
        .containsEntry("gpio", true)
        .doesNotContainKeys("trouble", "led");
    board.changed(WELL);
    pass();
    assertThat(board.figures().values()).containsEntry("led", "healthy");
    assertThat(read("sys/class/leds/ACT/trigger")).isEqualTo("timer");
    assertThat(chip.opened()).as("no line is used").isZero();
    board.stop();
    begun = Optional.empty();
    assertThat(read("sys/class/leds/ACT/trigger")).isEqualTo("mmc0");
  }

  @Test
  void a_light_that_cannot_be_had_is_told_and_tried_again() throws IOException {
    Files.delete(root.resolve("sys/class/leds/ACT/trigger"));
    var board = begin(Map.of("board", "raspberry-pi-4"));
    board.changed(WELL);
    pass();
    assertThat(text(board.figures(), "led_trouble")).contains("ACT");
    write("sys/class/leds/ACT/trigger", "none [mmc0] timer");
    lanes.pass(Duration.ofSeconds(11));
    assertThat(board.figures().values())
        .containsEntry("led", "healthy")
        .doesNotContainKey("led_trouble");
  }

  @Test
  void its_lines_close_after_whoever_pets_its_timer_has_let_it_go() throws Exception {
    var board = begin(Map.of(
        "board", own("timer.line = 23\ntimer.timeout.seconds = 60\ntimer.disable.line = 25\n")));
    var timer = service(PetDevice.class).orElseThrow();
    var hold = ((PetDevice.Taking.Taken) timer.take(Duration.ofSeconds(60))).hold();
    var stopping = new Thread(board::stop);
    begun = Optional.empty();
    stopping.start();
    await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
    assertThat(service(PetDevice.class)).isEmpty();
    assertThat(hold.letGo()).isEqualTo(new PetDevice.Letting.Disarmed());
    stopping.join();
    assertThat(chip.isHigh(25)).isTrue();
    assertThat(chip.opened()).as("not once more after they had closed").isOne();
  }

  @Test
  void a_file_of_ones_own_brings_a_timer_that_is_offered() throws IOException {
    begin(Map.of("board", own("timer.line = 23\ntimer.timeout.seconds = 60\n")));
    var timer = service(PetDevice.class).orElseThrow();
    assertThat(timer.take(Duration.ofSeconds(60))).isInstanceOf(PetDevice.Taking.Taken.class);
    assertThat(chip.history()).containsExactly("23 high", "23 low");
  }

  @Test
  void a_bad_file_leaves_the_node_without_gpio_and_says_why() throws IOException {
    var board = begin(Map.of("board", own("timer.line = many\n")));
    assertThat(board.figures().values())
        .containsEntry("board", "unknown")
        .containsEntry("gpio", false);
    assertThat(text(board.figures(), "trouble")).contains("line 3", "timer.line = many");
    assertThat(service(PetDevice.class)).isEmpty();
    assertThat(board.readings()).singleElement().isInstanceOf(Reading.Well.class);
  }

  @Test
  void a_file_that_is_not_there_leaves_the_node_without_gpio_and_says_so() {
    var board = begin(Map.of("board", root + "/nothing"));
    assertThat(text(board.figures(), "trouble")).contains("/nothing", "cannot be read");
  }

  @Test
  void a_file_is_read_again_when_settings_are_applied() throws IOException {
    var file = own("timer.line = 23\ntimer.timeout.seconds = 60\n");
    var board = begin(Map.of("board", file));
    Files.writeString(Path.of(file), "name = plain\n");
    board.modified(Map.of("board", file));
    assertThat(board.figures().values()).containsEntry("board", "plain");
    assertThat(service(PetDevice.class)).isEmpty();
  }

  @Test
  void a_name_that_nobody_knows_changes_nothing() {
    var board = begin(Map.of("board", "generic-x86-64"));
    board.modified(Map.of("board", "raspberry-pi-6"));
    assertThat(board.figures().values()).containsEntry("board", "generic x86-64 gateway");
  }

  @Test
  void a_limit_below_the_expected_load_is_a_fault_at_start_and_can_be_raised() throws Exception {
    var child = new ProcessBuilder("prlimit", "--nofile=40:100", "sleep", "60").start();
    try {
      await()
          .until(() -> Files.readString(Path.of("/proc/" + child.pid() + "/limits"))
              .contains("Max open files            40 "));
      var board = beginAt(Path.of("/"), Map.of("expected.clients", "1"), process(child.pid()));
      assertThat(board.readings())
          .singleElement()
          .isInstanceOfSatisfying(Reading.Wrong.class, wrong -> {
            assertThat(wrong.kind()).isEqualTo(BoardFaults.LIMIT_LOW);
            assertThat(wrong.evidence())
                .isEqualTo("child may open 40 files and needs 64: set its limit to 64 or more");
          });
      assertThat(nudges).isPositive();
      assertThat(carryOut("raise-limits"))
          .isEqualTo(new RemedyOutcome.Done("open files of child: 40 to 64"));
      assertThat(board.readings()).singleElement().isInstanceOf(Reading.Well.class);
      assertThat(carryOut("raise-limits")).isInstanceOf(RemedyOutcome.Useless.class);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void use_that_grows_is_seen_with_the_next_look() throws IOException {
    write("proc/self/limits", LIMITS.formatted(2000));
    var board = begin(Map.of());
    assertThat(board.readings()).singleElement().isInstanceOf(Reading.Well.class);
    for (var i = 0; i < 1601; i++) {
      write("proc/self/fd/" + i, "");
    }
    lanes.pass(Duration.ofSeconds(11));
    assertThat(board.readings()).singleElement().isInstanceOf(Reading.Wrong.class);
  }

  @Test
  void every_limit_is_told_with_its_figures() {
    var board = begin(Map.of());
    assertThat(board.section()).isEqualTo("board");
    assertThat(board.figures().values()).containsEntry("expected_clients_count", 100L);
    assertThat((List<?>) board.figures().values().get("limits"))
        .anySatisfy(one -> assertThat(((Figures) one).values())
            .containsExactlyInAnyOrderEntriesOf(Map.of(
                "name", "kedge-descriptors",
                "used_count", 1L,
                "limit_count", 20_000L,
                "needed_count", 1256L,
                "low", false)))
        .anySatisfy(one -> assertThat(((Figures) one).values())
            .containsEntry("name", "memory")
            .containsEntry("free_bytes", 1_048_576_000L)
            .containsEntry("needed_bytes", 25_165_824L));
  }

  @Test
  void the_remedies_are_offered_and_without_a_relay_of_no_use() {
    begin(Map.of());
    assertThat(carryOut("power-cycle-radio")).isInstanceOf(RemedyOutcome.Useless.class);
    assertThat(carryOut("raise-limits")).isInstanceOf(RemedyOutcome.Useless.class);
  }

  @Test
  void a_relay_of_the_board_is_switched() throws IOException {
    begin(Map.of("board", own("radio.1.interface = wlan1\nradio.1.relay.line = 22\n")));
    assertThat(carryOut("power-cycle-radio"))
        .isEqualTo(new RemedyOutcome.Done("off for 5 s, as wlan1 does not exist"));
    assertThat(chip.history()).containsExactly("22 high", "22 low");
  }

  private RemedyOutcome carryOut(String name) {
    var remedy = services.stream()
        .filter(Remedy.class::isInstance)
        .map(Remedy.class::cast)
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
    var outcomes = new ArrayList<RemedyOutcome>();
    remedy.carryOut(new RemedyOrder("LIMIT_LOW", ""), outcomes::add);
    lanes.passUntil(() -> !outcomes.isEmpty(), remedy.limit());
    assertThat(outcomes).hasSize(1);
    return outcomes.get(0);
  }

  private <T> Optional<T> service(Class<T> type) {
    return services.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  private BoardComponent begin(Map<String, ?> values) {
    return beginAt(root, values);
  }

  private BoardComponent beginAt(Path at, Map<String, ?> values, WatchedProcess... processes) {
    var board = new BoardComponent(
        bundle(),
        new Node(new NodeId("roof-7"), "boot", "kernel", root, new FolderFlash(root)),
        lanes,
        lanes,
        new ProcessCommandRunner(),
        new SettingsNews(),
        values,
        at,
        label -> chip.lines());
    begun = Optional.of(board);
    board.care = new Care();
    for (var process : processes) {
      board.addProcess(process);
    }
    pass();
    return board;
  }

  private void pass() {
    lanes.pass(Duration.ofMillis(100));
  }

  private final class Care implements CareWatch {
    @Override
    public Optional<CareReport> latest() {
      return Optional.empty();
    }

    @Override
    public CareJournal journal() {
      return CareJournal.NONE;
    }

    @Override
    public Doing doing() {
      return new Doing(Optional.empty(), Set.of());
    }

    @Override
    public void nudge() {
      nudges++;
    }
  }

  private static WatchedProcess process(long pid) {
    return new WatchedProcess() {
      @Override
      public String name() {
        return "child";
      }

      @Override
      public OptionalLong pid() {
        return OptionalLong.of(pid);
      }

      @Override
      public long descriptorsNeeded() {
        return 64;
      }
    };
  }

  /** Takes services in and out, and does nothing else. */
  private BundleContext bundle() {
    return (BundleContext) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {BundleContext.class},
        (proxy, method, args) -> {
          if (!method.getName().equals("registerService")) {
            throw new UnsupportedOperationException(method.getName());
          }
          var service = args[1];
          services.add(service);
          return Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {ServiceRegistration.class},
              (registration, called, none) -> {
                assertThat(called.getName()).isEqualTo("unregister");
                assertThat(services.remove(service)).isTrue();
                return null;
              });
        });
  }

  private String own(String rest) throws IOException {
    write("my-board", "name = mine\ngpio.chip = " + MockChip.LABEL + "\n" + rest);
    return root.resolve("my-board").toString();
  }

  private static String text(Figures figures, String name) {
    return Objects.toString(figures.values().get(name));
  }

  private String read(String file) throws IOException {
    return Files.readString(root.resolve(file));
  }

  private void write(String file, String text) throws IOException {
    var path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
