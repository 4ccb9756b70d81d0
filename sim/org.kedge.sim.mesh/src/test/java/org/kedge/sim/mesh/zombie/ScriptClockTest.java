package org.kedge.sim.mesh.zombie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptClockTest {
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofMillis(50);

  @Test
  void a_daemon_that_answers_is_left_alone_whatever_it_does() {
    assertThat(ScriptClock.FIELD.found(ScriptClock.Answer.ANSWERS)).isEmpty();
  }

  @Test
  void a_fault_waits_half_a_period_for_the_script_on_average() {
    assertThat(ScriptClock.FIELD.found(ScriptClock.Answer.REFUSED)).contains(Duration.ofMinutes(5));
  }

  @Test
  void a_question_left_hanging_takes_all_the_patience_of_the_script_besides() {
    assertThat(ScriptClock.FIELD.found(ScriptClock.Answer.SILENT)).contains(Duration.ofMinutes(10));
  }

  @Test
  void traffic_that_was_down_at_the_end_of_the_watch_stays_down_until_the_script_acts() {
    // 270 s more of 20 packets a second in two families.
    assertThat(ScriptClock.lostUntil(Duration.ofMinutes(5), WINDOW, 100, true, INTERVAL, 2))
        .isEqualTo(100 + 270 * 20 * 2);
  }

  @Test
  void traffic_that_was_back_loses_nothing_more() {
    assertThat(ScriptClock.lostUntil(Duration.ofMinutes(5), WINDOW, 100, false, INTERVAL, 2))
        .isEqualTo(100);
  }
}
