package org.kedge.care.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsSchema;

class CareSettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(CareSettings.class, CareComponent.PID);
  private static final String LADDER =
      "fault A blamed ours lasting 1 s\n  rung soothe tries 1 settle 1 s\n  then rest look again every 1 h";

  @Test
  void the_defaults_are_the_built_in_ladder_no_pause_and_a_reboot_by_the_system() {
    assertThat(read(Map.of()))
        .isEqualTo(
            new Checked.Accepted<>(new CareSettings("", 0, List.of(), List.of("/sbin/reboot"))));
  }

  @Test
  void a_ladder_is_a_text_of_lines_or_one_line_with_semicolons_or_a_path() {
    assertThat(accepted(Map.of("ladder", LADDER)).ladder()).isEqualTo(LADDER);
    assertThat(accepted(Map.of("ladder", LADDER)).isLadderFile()).isFalse();
    assertThat(accepted(Map.of("ladder", LADDER.replace('\n', ';'))).ladder()).isEqualTo(LADDER);
    assertThat(accepted(Map.of("ladder", " /etc/kedge/ladder;1 ")))
        .satisfies(settings -> assertThat(settings.isLadderFile()).isTrue());
    assertThat(accepted(Map.of("ladder", "  ")).ladder()).isEmpty();
    assertThat(accepted(Map.of("ladder", LADDER.replace("s\n", "s # first; then\n")))
            .ladder())
        .as("a semicolon in a text of lines is none of them")
        .contains("# first; then\n");
  }

  @Test
  void a_path_is_taken_as_it_is_written() {
    assertThat(accepted(Map.of("ladder", "/etc/a;b")).ladder()).isEqualTo("/etc/a;b");
  }

  @Test
  void a_command_is_a_program_and_its_arguments() {
    assertThat(accepted(
            Map.of("restart.command", "/bin/systemctl restart kura", "reboot.command", "")))
        .isEqualTo(
            new CareSettings("", 0, List.of("/bin/systemctl", "restart", "kura"), List.of()));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "10, 10", "1440, 1440"})
  void a_pause_is_up_to_a_day(String value, int minutes) {
    assertThat(accepted(Map.of("pause.minutes", value)).pauseMinutes()).isEqualTo(minutes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pause.minutes | -1",
        "pause.minutes | 1441",
        "pause.minutes | 1.5",
        "pause.minutes | soon",
        "pause.minutes | ''",
        "restart.command | systemctl restart kura",
        "reboot.command | reboot",
        "reboot.command | ./reboot",
        "ladder | ladder.txt",
      })
  void what_is_bad_is_refused_by_its_name(String setting, String value) {
    assertThat(problems(Map.of(setting, value)))
        .extracting(SettingProblem::setting)
        .containsExactly(setting);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/ladder\u0000", "/etc/ladder\nfault A"})
  void a_path_that_can_be_none_is_refused_and_does_not_throw(String path) {
    assertThat(problems(Map.of("ladder", path + "x")))
        .extracting(SettingProblem::why)
        .containsExactly("allowed is the path of one file, or the text of a ladder");
  }

  @Test
  void a_ladder_that_cannot_be_read_is_refused_with_its_line() {
    assertThat(problems(Map.of("ladder", LADDER + ";budget all 1 per 1 h")))
        .extracting(SettingProblem::why)
        .containsExactly("line 3: a time's unit is s, min, h or d, not 'h;budget'");
  }

  @Test
  void every_problem_is_told_at_once() {
    assertThat(problems(Map.of(
            "ladder", "x", "pause.minutes", "x", "restart.command", "x", "reboot.command", "x")))
        .extracting(SettingProblem::setting)
        .containsExactly("ladder", "pause.minutes", "restart.command", "reboot.command");
  }

  private static Checked<CareSettings> read(Map<String, ?> values) {
    return CareSettings.read(SCHEMA, values);
  }

  private static CareSettings accepted(Map<String, ?> values) {
    var checked = read(values);
    assertThat(checked).isInstanceOf(Checked.Accepted.class);
    return ((Checked.Accepted<CareSettings>) checked).value();
  }

  private static List<SettingProblem> problems(Map<String, ?> values) {
    var checked = read(values);
    assertThat(checked).isInstanceOf(Checked.Refused.class);
    return ((Checked.Refused<CareSettings>) checked).problems();
  }
}
