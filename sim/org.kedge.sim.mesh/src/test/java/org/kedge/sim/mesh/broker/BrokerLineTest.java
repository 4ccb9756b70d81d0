package org.kedge.sim.mesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class BrokerLineTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123Z");

  @Test
  void what_the_broker_says_is_understood_again_even_with_odd_names() {
    var payload = new byte[] {0, 9, 10, -1};

    assertThat(new BrokerLine[] {
          new BrokerLine.Ready("[::]:1883"),
          new BrokerLine.Connected(NOON, "n1"),
          new BrokerLine.Disconnected(NOON, "a\tb\\t"),
          new BrokerLine.Published(new Received(NOON, "n\n1", "$EDC/acc\\ount/n1", payload))
        })
        .allSatisfy(line -> {
          assertThat(line.text()).doesNotContain("\n");
          assertThat(BrokerLine.parse(line.text())).contains(line);
        });
  }

  @Test
  void a_line_of_somebody_else_is_not_understood() {
    assertThat(BrokerLine.parse("")).isEmpty();
    assertThat(BrokerLine.parse("Exception in thread \"main\"")).isEmpty();
    assertThat(BrokerLine.parse("soon\tn1\ttopic\tAAAA")).isEmpty();
    assertThat(BrokerLine.parse("1\tn1\ttopic\t!")).isEmpty();
  }
}
