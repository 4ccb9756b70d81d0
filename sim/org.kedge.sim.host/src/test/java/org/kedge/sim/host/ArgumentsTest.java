package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
  @Test
  void a_node_runs_with_its_settings_and_data_in_either_order_as_absolute_paths() {
    var run = new Arguments.Run(Path.of("/etc/kedge.conf"), Path.of("data").toAbsolutePath());
    assertThat(parse("--settings /etc/kedge.conf --data data")).isEqualTo(run);
    assertThat(parse("--data data --settings /etc/kedge.conf")).isEqualTo(run);
  }

  @Test
  void the_last_of_an_option_given_twice_counts() {
    assertThat(parse("--settings /a --data /d --settings /b"))
        .isEqualTo(new Arguments.Run(Path.of("/b"), Path.of("/d")));
  }

  @Test
  void the_example_and_the_help_need_nothing_else() {
    assertThat(parse("--example-settings")).isEqualTo(new Arguments.ExampleSettings());
    assertThat(parse("--help")).isEqualTo(new Arguments.Help());
    assertThat(parse("--settings /a -h")).isEqualTo(new Arguments.Help());
  }

  @ParameterizedTest
  @CsvSource({
    "'', --settings and --data are both needed",
    "--settings /a, --settings and --data are both needed",
    "--data /d, --settings and --data are both needed",
    "--data /d --settings, --settings needs a value",
    "--settings /a --data, --data needs a value",
    "--settings /a --data /d extra, there is no option 'extra'",
    "--setings /a, there is no option '--setings'",
  })
  void anything_else_is_wrong_and_says_why(String words, String why) {
    assertThat(parse(words)).isEqualTo(new Arguments.Wrong(why));
  }

  @Test
  void the_help_names_every_option_and_exit_code() {
    assertThat(Arguments.HELP)
        .contains("--settings", "--data", "--example-settings", "--help", "SIGTERM", "SIGHUP")
        .contains("0 stopped", "1 internal error", "2 bad settings", "3 the data folder is in use");
  }

  private static Arguments parse(String words) {
    return Arguments.parse(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)));
  }
}
