package org.kedge.sim.mesh.zombie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RespawnRuleTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_763_839_616L);

  private final RespawnRule rule = new RespawnRule();

  @Test
  void a_process_that_ends_now_and_then_is_started_at_once() {
    for (var i = 0; i < 50; i++) {
      assertThat(rule.next(NOW.plusSeconds(13L * i))).isEqualTo(Duration.ZERO);
    }
  }

  @Test
  void after_ten_starts_within_two_minutes_it_rests_for_five_and_begins_anew() {
    for (var i = 0; i < 10; i++) {
      assertThat(rule.next(NOW.plusMillis(100L * i))).isEqualTo(Duration.ZERO);
    }

    assertThat(rule.next(NOW.plusSeconds(1))).isEqualTo(Duration.ofMinutes(5));
    assertThat(rule.next(NOW.plusSeconds(302))).isEqualTo(Duration.ZERO);
  }
}
