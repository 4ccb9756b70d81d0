package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(30);

  private final Backoff backoff = new Backoff(FIRST, MOST);

  @Test
  void the_pause_doubles_with_each_failure_up_to_the_most() {
    var whole = IntStream.rangeClosed(1, 8)
        .mapToLong(failures -> backoff.after(failures, 1).toSeconds());
    assertThat(whole).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
  }

  @Test
  void chance_spreads_the_pause_over_its_upper_half() {
    assertThat(backoff.after(3, 0)).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.after(3, 0.5)).isEqualTo(Duration.ofSeconds(3));
    assertThat(backoff.after(3, 1)).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void no_number_of_failures_leads_out_of_the_bounds() {
    for (var failures :
        new int[] {1, 2, 20, 21, 22, 31, 32, 63, 64, 65, 10_000, Integer.MAX_VALUE}) {
      for (var chance : new double[] {0, 0.3, 0.999}) {
        assertThat(backoff.after(failures, chance))
            .as("%d failures, chance %s", failures, chance)
            .isBetween(FIRST.dividedBy(2), MOST);
      }
    }
  }
}
