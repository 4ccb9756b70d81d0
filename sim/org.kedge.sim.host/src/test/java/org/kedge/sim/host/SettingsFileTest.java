package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsFileTest {
  @Test
  void sections_hold_names_and_values_as_written_without_the_blanks_around() {
    var file = parse("""
        [org.kedge.base]
        node.id = roof-7

          [ org.kedge.telemetry ]
        broker.address=tcp://192.0.2.1:1883
        broker.password =  a = b # c\s\s
        account =
        """);
    assertThat(file.problems()).isEmpty();
    assertThat(file.sections())
        .isEqualTo(Map.of(
            "org.kedge.base",
            Map.of("node.id", "roof-7"),
            "org.kedge.telemetry",
            Map.of(
                "broker.address", "tcp://192.0.2.1:1883",
                "broker.password", "a = b # c",
                "account", "")));
  }

  @Test
  void a_line_that_begins_with_a_hash_is_a_comment() {
    var file = parse("# above\n[a]\n  # indented = 1\n#x = 1\ny = 2\n");
    assertThat(file).isEqualTo(new SettingsFile(Map.of("a", Map.of("y", "2")), List.of()));
  }

  @Test
  void a_comment_that_ends_in_a_backslash_does_not_swallow_the_setting_below() {
    assertThat(parse("[a]\n# in C:\\\ny = 2\n").sections())
        .isEqualTo(Map.of("a", Map.of("y", "2")));
  }

  @Test
  void a_line_that_ends_in_a_backslash_goes_on_in_the_next() {
    var file = parse("[a]\nlines = one \\\n    two\\\n  # three \\\n\ny = 2\n");
    assertThat(file.problems()).isEmpty();
    assertThat(file.sections())
        .isEqualTo(Map.of("a", Map.of("lines", "one\ntwo\n# three\n".strip(), "y", "2")));
  }

  @Test
  void a_section_that_is_empty_and_a_file_that_is_are_good() {
    assertThat(parse("[a]\n")).isEqualTo(new SettingsFile(Map.of("a", Map.of()), List.of()));
    assertThat(parse("")).isEqualTo(new SettingsFile(Map.of(), List.of()));
  }

  @Test
  void every_problem_is_told_with_the_number_of_its_line() {
    var file = parse("""
        early = 1
        [a]
        x = 1 \\
          and more
        no value here
        = nameless
        x = 2
        [b
        [a]
        x = 3
        last = \\
        """.stripTrailing());
    assertThat(file.problems())
        .satisfiesExactly(
            problem -> assertThat(problem)
                .startsWith("line 1: ")
                .contains("early = 1", "before any section"),
            problem -> assertThat(problem).startsWith("line 5: ").contains("no value here"),
            problem -> assertThat(problem).startsWith("line 6: ").contains("= nameless"),
            problem -> assertThat(problem).startsWith("line 7: ").contains("'x' is set twice"),
            problem -> assertThat(problem).startsWith("line 8: ").contains("[b"),
            problem -> assertThat(problem).startsWith("line 9: ").contains("[a] is there twice"),
            problem -> assertThat(problem).startsWith("line 11: ").contains("backslash"));
  }

  @Test
  void lines_that_end_as_on_windows_are_read_alike() {
    assertThat(parse("[a]\r\nx = 1 \\\r\n  2\r\n").sections())
        .isEqualTo(Map.of("a", Map.of("x", "1\n2")));
  }

  private static SettingsFile parse(String text) {
    return SettingsFile.parse(List.of(text.split("\n", -1)));
  }
}
