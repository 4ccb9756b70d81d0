package org.kedge.billing.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;

class RetryTest {
  private static final Uptime NOW = new Uptime(0);

  @Test
  void what_fails_is_tried_later_and_later_and_at_least_every_five_minutes() {
    var retry = new Retry();
    assertThat(retry.isDue(NOW)).isTrue();
    var now = NOW;
    for (var seconds : new int[] {2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
      retry.begin();
      assertThat(retry.isDue(now)).isFalse();
      retry.failed(now);
      assertThat(retry.isFirst()).isFalse();
      now = now.plus(Duration.ofSeconds(seconds));
      assertThat(retry.isDue(now.plus(Duration.ofMillis(-1)))).isFalse();
      assertThat(retry.isDue(now)).isTrue();
    }
    retry.done();
    assertThat(retry.isFirst()).isTrue();
    assertThat(retry.isDue(NOW)).isTrue();
  }
}
