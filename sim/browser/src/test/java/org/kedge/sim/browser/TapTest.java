package org.kedge.sim.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TapTest {
  private static final List<String> SAID = """
      TAP version 13
      # Subtest: the first
      ok 1 - the first
        ---
        duration_ms: 0.5
        ...
      # Subtest: number \\#2
      not ok 2 - number \\#2
        ---
        error: 'no \\# here'
        ...
      1..2
      # tests 2
      """.lines().toList();

  @Test
  void each_test_is_told_with_what_was_said_about_its_failure() {
    assertThat(Tap.tests(SAID))
        .containsExactly(
            new Tap.Test("the first", Optional.empty()),
            new Tap.Test("number #2", Optional.of("  ---\n  error: 'no \\# here'\n  ...\n")));
  }

  @Test
  void a_runner_that_was_cut_short_or_ran_nothing_is_not_whole() {
    assertThat(Tap.whole(SAID, 2)).isTrue();
    assertThat(Tap.whole(SAID.subList(0, 11), 2)).isFalse();
    assertThat(Tap.whole(SAID, 1)).isFalse();
    assertThat(Tap.whole(List.of("TAP version 13", "1..0"), 0)).isFalse();
  }
}
