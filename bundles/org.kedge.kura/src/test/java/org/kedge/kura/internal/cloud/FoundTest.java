package org.kedge.kura.internal.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FoundTest {
  private final PublisherDouble publisher = new PublisherDouble();
  private final Found over = found(publisher, "org.eclipse.kura.cloud.CloudService");

  @Test
  void publishers_that_tell_of_one_connection_are_beside_each_other() {
    var other = new PublisherDouble();
    assertThat(found(other, "org.eclipse.kura.cloud.CloudService").isBeside(over))
        .isTrue();
    assertThat(found(other, "another").isBeside(over)).isFalse();
  }

  @Test
  void where_nothing_is_told_only_one_publisher_is_beside_itself() {
    var untold = Found.of(publisher, Map.of("kura.service.pid", "kedge-telemetry"));
    assertThat(untold.isBeside(untold)).isTrue();
    assertThat(untold.isBeside(Found.of(new PublisherDouble(), Map.of()))).isFalse();
  }

  @Test
  void a_publisher_set_to_another_connection_has_moved() {
    assertThat(over.isMovedTo(found(publisher, "another"))).isTrue();
    assertThat(over.isMovedTo(over)).isFalse();
    assertThat(over.isMovedTo(found(new PublisherDouble(), "another"))).isFalse();
  }

  private static Found found(PublisherDouble publisher, String connection) {
    return Found.of(
        publisher,
        Map.of("kura.service.pid", "kedge-events", "cloud.endpoint.service.pid", connection));
  }
}
