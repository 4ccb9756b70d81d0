package org.kedge.care.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.osgi.framework.BundleContext;

class CareComponentTest {
  private static final String GOOD = """
      fault A blamed ours lasting 1 s
        rung reboot-node tries 1 settle 1 s
        then rest look again every 1 h
      budget node 1 per 1 h
      """;

  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));

  private final SettingsNews news = new SettingsNews();

  @TempDir
  private Path folder;

  private Path file;
  private CareComponent care;

  @BeforeEach
  void begin() {
    file = folder.resolve("ladder");
    care = component(Map.of());
    pass();
  }

  @AfterEach
  void stop() {
    care.stop();
    assertThat(lanes.readings()).isEmpty();
  }

  @Test
  void without_settings_the_built_in_ladder_is_in_force_and_the_report_is_there() {
    assertThat(ladder()).startsWith("built-in ");
    assertThat(care.latest()).map(CareReport::state).contains(CareReport.State.HEALTHY);
    assertThat(care.section()).isEqualTo("care");
  }

  @Test
  void a_ladder_from_a_file_is_taken_and_read_again_when_settings_are_applied() throws IOException {
    Files.writeString(file, GOOD);
    begin(Map.of("ladder", file.toString()));
    assertThat(ladder()).startsWith("set ");
    var before = ladder();
    Files.writeString(file, GOOD.replace("1 per 1 h", "1 per 2 h"));
    change(Map.of("ladder", file.toString()));
    assertThat(ladder()).startsWith("set ").isNotEqualTo(before);
  }

  @Test
  void a_file_that_is_missing_is_told_and_the_old_ladder_stays() throws IOException {
    begin(Map.of("ladder", file.toString()));
    assertThat(ladder()).startsWith("built-in ");
    assertThat(refused()).contains(file + " cannot be read", "NoSuchFile");
    Files.writeString(file, GOOD);
    change(Map.of("ladder", file.toString()));
    assertThat(ladder()).startsWith("set ");
    assertThat(care.figures().values()).doesNotContainKey("ladder_refused");
    var before = ladder();
    Files.delete(file);
    change(Map.of("ladder", file.toString()));
    assertThat(ladder()).isEqualTo(before);
    assertThat(refused()).contains("NoSuchFile");
  }

  @Test
  void a_file_that_is_none_is_not_waited_for() {
    begin(Map.of("ladder", folder.toString()));
    assertThat(refused()).contains("NoSuchFile");
    change(Map.of("ladder", "/dev/zero"));
    assertThat(refused()).contains("NoSuchFile");
    assertThat(ladder()).startsWith("built-in ");
  }

  @Test
  void a_file_that_is_bad_is_refused_with_its_line_and_the_old_ladder_stays() throws IOException {
    Files.writeString(file, GOOD);
    begin(Map.of("ladder", file.toString()));
    var before = ladder();
    Files.writeString(file, GOOD + "budget");
    change(Map.of("ladder", file.toString()));
    assertThat(ladder()).isEqualTo(before);
    assertThat(refused()).startsWith("line 5: ");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    change(Map.of("ladder", file.toString()));
    assertThat(refused()).startsWith("line 1: ");
    Files.write(file, new byte[2 << 20]);
    change(Map.of("ladder", file.toString()));
    assertThat(refused()).contains("at most 65536 characters");
    assertThat(ladder()).isEqualTo(before);
  }

  @Test
  void a_ladder_in_the_settings_is_taken_and_none_goes_back() {
    begin(Map.of("ladder", GOOD.replace('\n', ';')));
    assertThat(ladder()).startsWith("set ");
    change(Map.of());
    assertThat(ladder()).startsWith("built-in ");
  }

  @Test
  void bad_settings_change_nothing() {
    begin(Map.of("pause.minutes", 10));
    assertThat(care.figures().values()).containsKey("pause_left_seconds");
    change(Map.of("pause.minutes", 10_000, "ladder", GOOD));
    assertThat(care.figures().values()).containsKey("pause_left_seconds");
    assertThat(ladder()).startsWith("built-in ");
  }

  @Test
  void a_bad_setting_is_a_fault_at_once_and_over_when_it_is_right() {
    care.changed(Map.of("pause.minutes", 10_000));
    lanes.pass(Duration.ofMillis(50));
    assertThat(care.latest()).hasValueSatisfying(report -> {
      assertThat(report.faultNames()).containsExactly("SETTING_REFUSED");
      assertThat(report.faults().get(0).evidence())
          .contains("'pause.minutes' of org.kedge.care is '10000'", "the old settings stay");
    });
    begin(Map.of("pause.minutes", "never"));
    assertThat(care.latest())
        .hasValueSatisfying(report ->
            assertThat(report.faults().get(0).evidence()).contains("the defaults are used"));
    care.changed(Map.of("pause.minutes", 0));
    lanes.pass(Duration.ofSeconds(4));
    assertThat(care.latest()).map(CareReport::state).contains(CareReport.State.HEALTHY);
  }

  @Test
  void a_maintainer_can_hold_remedies_back_and_let_them_go() {
    care.pause(Duration.ofMinutes(5), "new mast");
    pass();
    assertThat(care.figures().values()).containsEntry("pause_reason", "new mast");
    care.resume("mast is up");
    pass();
    assertThat(care.figures().values()).doesNotContainKey("pause_reason");
  }

  /** As if it had never had other settings. */
  private void begin(Map<String, ?> values) {
    care.stop();
    care = component(values);
    pass();
  }

  private CareComponent component(Map<String, ?> values) {
    var made = new CareComponent(
        bundle(),
        new Node(new NodeId("n1"), "run-1", "boot-1", folder, new FolderFlash(folder)),
        lanes,
        lanes,
        command -> new CommandResult.NotStarted("not in a test"),
        news,
        values);
    made.addProbe(new Probe() {
      @Override
      public String name() {
        return "babel";
      }

      @Override
      public List<Reading> readings() {
        return List.of(new Reading.Well(
            new FaultKind(
                "A", Layer.BABEL, Duration.ZERO, Duration.ofSeconds(30), Set.of(), false, "Look."),
            lanes.now()));
      }
    });
    return made;
  }

  private void change(Map<String, ?> values) {
    care.changed(values);
    pass();
  }

  private void pass() {
    lanes.pass(Duration.ofSeconds(2));
  }

  private String ladder() {
    return String.valueOf(care.figures().values().get("ladder"));
  }

  private String refused() {
    return String.valueOf(care.figures().values().get("ladder_refused"));
  }

  /** Says nothing about a keeper, as on a gateway. */
  private static BundleContext bundle() {
    return (BundleContext) Proxy.newProxyInstance(
        CareComponentTest.class.getClassLoader(),
        new Class<?>[] {BundleContext.class},
        (proxy, method, arguments) -> {
          assertThat(method.getName()).isEqualTo("getProperty");
          return null;
        });
  }
}
