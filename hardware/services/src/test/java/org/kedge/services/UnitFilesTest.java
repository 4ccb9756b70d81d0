package org.kedge.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units as systemd reads them; it need not run for that. */
class UnitFilesTest {
  private static final Pattern EXPOSURE = Pattern.compile("exposure level for \\S+: ([0-9.]+)");

  @TempDir
  Path root;

  @BeforeEach
  void install() {
    Shell.require("systemd-analyze");
    Installed.below(root, "systemd");
  }

  /**
   * systemd reads a unit here as it does on a node, where its programs are in place; it ends with 0 also when it ignores what it
   * does not know.
   */
  private String complaints(String unit) throws IOException {
    var file = root.resolve("etc/systemd/system").resolve(unit);
    var here = Files.readString(file)
        .replace("/opt/kedge/bin/", root.resolve("opt/kedge/bin") + "/")
        .replace("/usr/sbin/babeld", "/bin/true")
        // The name that Debian's own babeld has may be taken where this test runs.
        .replace("Alias=babeld.service\n", "");
    Files.writeString(file, here);
    return Shell.run(List.of("systemd-analyze", "verify", "--man=no", file.toString()))
        .out();
  }

  @ParameterizedTest
  @ValueSource(strings = {"kedge.service", "kedge-babeld.service"})
  void systemd_has_nothing_to_say_about_the_unit(String unit) throws IOException {
    assertThat(complaints(unit)).isEmpty();
  }

  @Test
  void a_key_that_systemd_does_not_know_would_be_noticed() throws IOException {
    var file = root.resolve("etc/systemd/system/kedge.service");
    Files.writeString(
        file, Files.readString(file).replace("[Install]", "RestartForEver=yes\n[Install]"));
    assertThat(complaints("kedge.service")).contains("RestartForEver");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kedge.service", "kedge-babeld.service"})
  void the_unit_is_restarted_whatever_happens_and_never_given_up(String unit) {
    assertThat(root.resolve("etc/systemd/system").resolve(unit))
        .content()
        .containsOnlyOnce("\nRestart=always\n")
        .containsOnlyOnce("\nStartLimitIntervalSec=0\n")
        .containsOnlyOnce("\nLimitNOFILE=65536\n");
  }

  /** From 0 (locked in) to 10 (free); a plain service has 9.6. */
  @ParameterizedTest
  @ValueSource(strings = {"kedge.service", "kedge-babeld.service"})
  void the_unit_is_hardened_as_far_as_its_work_allows(String unit) {
    var shown = Shell.succeed(
        "systemd-analyze",
        "security",
        "--no-pager",
        "--offline=true",
        root.resolve("etc/systemd/system").resolve(unit).toString());
    var exposure = EXPOSURE.matcher(shown);
    assertThat(exposure.find()).as(shown).isTrue();
    var level = Double.parseDouble(exposure.group(1));
    System.out.printf("keeper %-44s %6.1f of 10%n", "systemd: exposure of " + unit, level);
    assertThat(level).isLessThan(unit.equals("kedge.service") ? 4.5 : 3.0);
  }

  @Test
  void the_hardware_timer_guards_systemd_itself() {
    assertThat(root.resolve("etc/systemd/system.conf.d/kedge.conf"))
        .content()
        .contains("[Manager]\nRuntimeWatchdogSec=60\n");
  }
}
