package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcessViewTest {
  @Test
  void half_a_second_of_work_in_a_second_is_fifty_percent() {
    assertThat(ProcessView.cpuShare(view(7, 1_000), view(7, 1_500), Duration.ofSeconds(1)))
        .hasValue(50);
  }

  @Test
  void no_share_is_told_of_two_processes_or_without_time_between() {
    assertThat(ProcessView.cpuShare(view(7, 1_000), view(8, 1_500), Duration.ofSeconds(1)))
        .isEmpty();
    assertThat(ProcessView.cpuShare(view(7, 1_000), view(7, 500), Duration.ofSeconds(1)))
        .isEmpty();
    assertThat(ProcessView.cpuShare(view(7, 1_000), view(7, 1_500), Duration.ZERO))
        .isEmpty();
  }

  @Test
  void the_share_of_time_it_waited_for_a_processor_is_told_apart_from_the_time_it_had_one() {
    assertThat(ProcessView.waitShare(view(7, 1_000), view(7, 1_500), Duration.ofSeconds(4)))
        .hasValue(25.0);
    assertThat(ProcessView.waitShare(view(7, 1_000), view(8, 1_500), Duration.ofSeconds(4)))
        .isEmpty();
  }

  private static ProcessView view(long pid, long cpuMillis) {
    return new ProcessView(
        pid,
        ProcessState.RUNNING,
        Duration.ofMillis(cpuMillis),
        Optional.of(Duration.ofMillis(2 * cpuMillis)),
        OptionalLong.empty(),
        OptionalLong.empty(),
        "babeld");
  }
}
