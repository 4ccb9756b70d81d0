package org.kedge.babel.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Inquiry.Answer;
import org.kedge.base.api.Uptime;

class NeighboursInquiryTest {
  private static final Uptime TOLD = Uptime.of(Duration.ofMinutes(1));

  @Test
  void every_neighbour_is_told_with_its_costs_and_how_old_that_is() {
    var near = new Neighbour(
        "1",
        "fe80::1",
        "wg0",
        0xffff,
        0,
        96,
        256,
        96,
        Optional.of(Duration.ofMillis(12)),
        Map.of());
    assertThat(told(List.of(near)))
        .isEqualTo(
            "{\"schema\":\"kedge-neighbours\",\"schema_version\":1,\"age_seconds\":2.5,\"neighbours\":["
                + "{\"address\":\"fe80::1\",\"interface\":\"wg0\",\"cost\":96,\"receive_cost\":96,\"transmit_cost\":256,"
                + "\"reach\":\"ffff\",\"heard\":true,\"rtt_milliseconds\":12.0}]}");
  }

  @Test
  void of_a_crowd_all_are_told() {
    var crowd = IntStream.range(0, 300)
        .mapToObj(number -> new Neighbour(
            "1", "fe80::" + number, "wg0", 0, 0, 96, 96, 96, Optional.empty(), Map.of()))
        .toList();
    assertThat(told(crowd).split("\"address\"", -1)).hasSize(301);
  }

  @Test
  void a_node_without_neighbours_says_so() {
    assertThat(told(List.of())).endsWith("\"neighbours\":[]}");
  }

  @Test
  void while_babeld_has_not_answered_nothing_is_told() {
    assertThat(inquiry(Optional.empty()).answer(List.of()))
        .isEqualTo(
            new Answer.NotNow("babeld has not told its neighbours yet, or not for more than 15 s"));
  }

  @Test
  void it_takes_no_words() {
    assertThat(inquiry(Optional.empty()).answer(List.of("wg0")))
        .isEqualTo(new Answer.Misunderstood("nothing stands behind 'neighbours'"));
  }

  private static String told(List<Neighbour> neighbours) {
    var table = new RoutingTable(TOLD, List.of(), neighbours, List.of(), List.of(), Map.of());
    var answer = inquiry(Optional.of(table)).answer(List.of());
    return new String(((Answer.Told) answer).body(), StandardCharsets.UTF_8);
  }

  private static Inquiry inquiry(Optional<RoutingTable> table) {
    return NeighboursInquiry.of(() -> table, () -> Uptime.of(Duration.ofMillis(62_500)));
  }
}
