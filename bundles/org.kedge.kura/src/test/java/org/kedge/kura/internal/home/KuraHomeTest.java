package org.kedge.kura.internal.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.system.SystemService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Home;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;

class KuraHomeTest {
  private static final String MAC = "A4:BB:6D:00:12:FE";

  @TempDir
  Path folder;

  private final Map<String, String> properties = new HashMap<>();
  private final List<Home> homes = new ArrayList<>();
  private VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofMinutes(2)));
  private int chance = 0xbeef;

  @BeforeEach
  void kurasStartScript() {
    properties.put("kura.data.dir", folder.toString());
    properties.put("org.eclipse.kura.core.crypto.secretKey", "0123456789abcdef");
  }

  // Which home.

  @Test
  void a_host_that_keeps_its_own_data_has_its_own_home() {
    properties.put("org.kedge.data", "/somewhere");
    properties.remove("org.eclipse.kura.core.crypto.secretKey");
    var home = start();
    home.setSystemService(new Machinery("SN-4711", MAC));
    lanes.pass(Duration.ofHours(1));
    assertThat(homes).isEmpty();
    assertThat(lanes.readings()).isEmpty();
    assertThat(home.figures().values()).isEmpty();
    home.stop();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void data_is_where_kuras_start_script_says_whatever_services_there_are() {
    assertThat(KuraHome.data(Map.of("kura.data.dir", "/data", "kura.home", "/home")::get))
        .isEqualTo(Path.of("/data/kedge"));
    assertThat(KuraHome.data(Map.of("kura.data.dir", " ", "kura.home", "/home")::get))
        .isEqualTo(Path.of("/home/data/kedge"));
    assertThat(KuraHome.data(name -> null)).isEqualTo(Path.of("/opt/eclipse/kura/data/kedge"));
  }

  // How the device is called.

  @Test
  void it_is_offered_as_soon_as_kura_tells_what_the_machine_is() {
    var home = start();
    assertThat(homes).isEmpty();
    home.setSystemService(new Machinery("SN-4711", MAC));
    settle();
    assertThat(name()).isEqualTo("SN-4711");
    assertThat(homes.get(0).data()).isEqualTo(folder.resolve("kedge"));
    lanes.pass(Duration.ofMinutes(5));
    assertThat(homes).as("offered once").hasSize(1);
  }

  @Test
  void without_a_serial_number_it_is_called_by_its_address() {
    start().setSystemService(new Machinery(null, MAC));
    settle();
    assertThat(name()).isEqualTo("a4-bb-6d-00-12-fe");
  }

  @Test
  void a_service_that_fails_is_asked_for_the_rest() {
    var machinery = new Machinery("", MAC);
    machinery.serialFailure = Optional.of(new IllegalStateException("no shell"));
    machinery.data = null;
    start().setSystemService(machinery);
    settle();
    assertThat(name()).isEqualTo("a4-bb-6d-00-12-fe");
  }

  @Test
  void without_the_service_it_waits_30_s_and_then_makes_up_a_name_that_stays() {
    start();
    lanes.pass(Duration.ofSeconds(29));
    assertThat(homes).isEmpty();
    lanes.pass(Duration.ofSeconds(1));
    assertThat(name()).isEqualTo("kedge-0000beef");
    chance = 7;
    startAgain();
    lanes.pass(Duration.ofSeconds(30));
    assertThat(name()).isEqualTo("kedge-0000beef");
  }

  @Test
  void a_service_that_knows_nothing_is_not_waited_for_longer() {
    start().setSystemService(new Machinery("UNKNOWN", null));
    settle();
    assertThat(name()).isEqualTo("kedge-0000beef");
  }

  @Test
  void a_service_that_hangs_is_waited_for_no_longer_than_one_that_is_not_there() {
    var machinery = new Machinery("SN-4711", MAC);
    machinery.takes = Duration.ofMinutes(2);
    start().setSystemService(machinery);
    lanes.pass(Duration.ofSeconds(29));
    assertThat(homes).isEmpty();
    lanes.pass(Duration.ofSeconds(1));
    assertThat(name()).isEqualTo("kedge-0000beef");
  }

  @Test
  void a_name_kura_told_once_stays_at_a_start_at_which_it_tells_nothing() {
    start().setSystemService(new Machinery("SN-4711", MAC));
    settle();
    startAgain();
    lanes.pass(Duration.ofSeconds(30));
    assertThat(name()).isEqualTo("SN-4711");
  }

  @Test
  void a_flash_card_moved_to_another_machine_does_not_bring_the_old_name_unsaid() {
    start().setSystemService(new Machinery("SN-4711", MAC));
    settle();
    var said = logged(() -> {
      startAgain().setSystemService(new Machinery("SN-4712", MAC));
      settle();
    });
    assertThat(name()).isEqualTo("SN-4712");
    assertThat(said).contains("WARN", "called SN-4711 at the start before", "node.id");
  }

  @Test
  void a_service_that_comes_late_names_the_device_at_the_next_start_and_says_so() {
    var home = start();
    lanes.pass(Duration.ofMinutes(1));
    var said = logged(() -> {
      home.setSystemService(new Machinery("SN-4711", MAC));
      settle();
    });
    assertThat(homes).hasSize(1);
    assertThat(name()).isEqualTo("kedge-0000beef");
    assertThat(said).contains("WARN", "called kedge-0000beef until the next start", "then SN-4711");
    startAgain();
    lanes.pass(Duration.ofSeconds(30));
    assertThat(name()).isEqualTo("SN-4711");
  }

  @Test
  void a_late_service_that_tells_the_same_changes_and_says_nothing() throws IOException {
    start().setSystemService(new Machinery("SN-4711", MAC));
    settle();
    var home = startAgain();
    lanes.pass(Duration.ofMinutes(1));
    var written = Files.readString(folder.resolve("kedge/device.a"));
    var said = logged(() -> {
      home.setSystemService(new Machinery("SN-4711", MAC));
      settle();
    });
    assertThat(said).isEmpty();
    assertThat(folder.resolve("kedge/device.a")).hasContent(written);
    assertThat(folder.resolve("kedge/device.b")).as("flash wears out").doesNotExist();
  }

  // What can be wrong with the folder.

  @Test
  void a_folder_that_cannot_be_made_is_told_once_and_the_home_is_offered_all_the_same()
      throws IOException {
    Files.writeString(folder.resolve("kedge"), "in the way");
    var said = logged(() -> {
      start().setSystemService(new Machinery("SN-4711", MAC));
      settle();
    });
    assertThat(name()).isEqualTo("SN-4711");
    assertThat(said.lines().filter(line -> line.contains("ERROR")))
        .singleElement()
        .asString()
        .contains(folder.resolve("kedge").toString(), "cannot be made", "not kept", "writable");
  }

  @Test
  void a_name_that_is_damaged_is_told_and_another_is_made_up() throws IOException {
    Files.createDirectories(folder.resolve("kedge"));
    Files.writeString(folder.resolve("kedge/device.a"), "rubbish");
    var said = logged(() -> {
      start();
      lanes.pass(Duration.ofSeconds(30));
    });
    assertThat(name()).isEqualTo("kedge-0000beef");
    assertThat(said).contains("WARN", "name that this device had is lost");
  }

  @Test
  void a_data_folder_of_kuras_elsewhere_is_told_with_the_property_to_set() {
    var machinery = new Machinery("SN-4711", MAC);
    machinery.data = "/var/kura";
    var said = logged(() -> {
      start().setSystemService(machinery);
      settle();
    });
    assertThat(said).contains("WARN", "/var/kura", folder.toString(), "-Dkura.data.dir=/var/kura");
    assertThat(homes.get(0).data()).isEqualTo(folder.resolve("kedge"));
  }

  @Test
  void the_same_folder_written_otherwise_is_the_same() {
    var machinery = new Machinery("SN-4711", MAC);
    machinery.data = folder + "/x/../";
    assertThat(logged(() -> {
          start().setSystemService(machinery);
          settle();
        }))
        .doesNotContain("WARN");
  }

  // Secrets.

  @Test
  void a_public_key_of_kuras_is_told_once_and_shown() {
    properties.put("org.eclipse.kura.core.crypto.secretKey", "");
    var said = logged(() -> {
      var home = start();
      home.setSystemService(new Machinery("SN-4711", MAC));
      settle();
      assertThat(home.figures().values()).isEqualTo(Map.of("crypto_key_public", true));
    });
    assertThat(said.lines().filter(line -> line.contains("secretKey"))).hasSize(1);
    properties.put("org.eclipse.kura.core.crypto.secretKey", "0123456789abcdef");
    var home = startAgain();
    assertThat(home.figures().values()).isEqualTo(Map.of("crypto_key_public", false));
  }

  @Test
  void secrets_are_read_by_whichever_crypto_service_is_there() {
    var home = start();
    home.setSystemService(new Machinery("SN-4711", MAC));
    settle();
    assertThat(homes.get(0).reveal("x")).isInstanceOf(Home.Revealed.Hidden.class);
    home.setCryptoService(encrypted -> "plain".toCharArray());
    assertThat(homes.get(0).reveal("x")).isEqualTo(new Home.Revealed.Plain("plain"));
  }

  // Going.

  @Test
  void stopped_it_is_offered_no_more_and_waits_for_nothing() {
    var waiting = start();
    waiting.stop();
    lanes.pass(Duration.ofHours(1));
    assertThat(homes).isEmpty();
    assertThat(lanes.readings()).isEmpty();

    var home = startAgain();
    home.setSystemService(new Machinery("SN-4711", MAC));
    settle();
    assertThat(homes).hasSize(1);
    home.stop();
    assertThat(homes).isEmpty();
  }

  private KuraHome start() {
    return new KuraHome(
        properties::get,
        name -> null,
        home -> {
          homes.add(home);
          return () -> homes.remove(home);
        },
        lanes,
        () -> chance);
  }

  private KuraHome startAgain() {
    homes.clear();
    lanes = new VirtualLanes(Uptime.of(Duration.ofMinutes(2)));
    return start();
  }

  private void settle() {
    lanes.pass(Duration.ofMillis(1));
  }

  private String name() {
    assertThat(homes).isNotEmpty();
    return homes.get(homes.size() - 1).device().map(NodeId::value).orElse("nobody");
  }

  /** What slf4j's simple logger, which looks for the stream each time, writes meanwhile. */
  private static String logged(Runnable work) {
    var before = System.err;
    var said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  /** Kura's system service, whose answers may be anything. */
  private final class Machinery implements SystemService {
    final @Nullable String serial;
    final @Nullable String mac;
    Optional<RuntimeException> serialFailure = Optional.empty();

    @Nullable
    String data = folder.toString();

    Duration takes = Duration.ZERO;

    Machinery(@Nullable String serial, @Nullable String mac) {
      this.serial = serial;
      this.mac = mac;
    }

    @Override
    @SuppressWarnings("NullAway") // as Kura's
    public @Nullable String getSerialNumber() {
      lanes.spend(takes);
      serialFailure.ifPresent(failure -> {
        throw failure;
      });
      return serial;
    }

    @Override
    @SuppressWarnings("NullAway") // as Kura's
    public @Nullable String getPrimaryMacAddress() {
      return mac;
    }

    @Override
    @SuppressWarnings("NullAway") // as Kura's
    public @Nullable String getKuraDataDirectory() {
      return data;
    }
  }
}
