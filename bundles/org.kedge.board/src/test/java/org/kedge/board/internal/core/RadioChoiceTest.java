package org.kedge.board.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kedge.board.internal.core.Board.Radio;
import org.kedge.board.internal.core.RadioChoice.Cycle;
import org.kedge.board.internal.core.RadioChoice.Spare;

class RadioChoiceTest {
  private static final Radio ONE = radio("wlan1", 1);
  private static final Radio TWO = radio("wlan2", 2);
  private static final LinkView FINE = new LinkView(true, true, true);
  private static final LinkView NO_CARRIER = new LinkView(true, true, false);
  private static final LinkView DOWN = new LinkView(true, false, false);

  @Test
  void without_a_relay_there_is_nothing_to_do() {
    assertThat(RadioChoice.of(List.of(), Map.of(), ways()))
        .isEqualTo(new Spare("this board has no relay for the power of a radio"));
  }

  @Test
  void a_dead_radio_is_cut_off_even_where_the_only_way_runs_through_it() {
    for (var dead : List.of(NO_CARRIER, DOWN, LinkView.NONE)) {
      assertThat(cycled(RadioChoice.of(List.of(ONE), Map.of("wlan1", dead), ways("wlan1"))))
          .containsExactly(ONE);
    }
    assertThat(RadioChoice.of(List.of(ONE), Map.of(), ways()))
        .isEqualTo(new Cycle(List.of(ONE), "wlan1 does not exist"));
  }

  @Test
  void while_one_is_dead_the_others_are_let_be() {
    var links = Map.of("wlan1", FINE, "wlan2", NO_CARRIER);
    assertThat(cycled(RadioChoice.of(List.of(ONE, TWO), links, ways("eth0")))).containsExactly(TWO);
  }

  @Test
  void the_only_way_out_is_never_cut_while_it_may_carry_somebody() {
    assertThat(RadioChoice.of(List.of(ONE), Map.of("wlan1", FINE), ways("wlan1")))
        .isEqualTo(new Spare("the only way to this node may be through wlan1, which is not dead"));
    assertThat(RadioChoice.of(
            List.of(ONE), Map.of("wlan1", FINE, "eth0", NO_CARRIER), ways("wlan1", "eth0")))
        .as("the other way is dead")
        .isInstanceOf(Spare.class);
    assertThat(RadioChoice.of(List.of(ONE), Map.of("wlan1", FINE), ways("wlan1", "wlan9")))
        .as("the other way is not known")
        .isInstanceOf(Spare.class);
  }

  @Test
  void with_another_way_out_a_radio_may_go() {
    assertThat(cycled(RadioChoice.of(
            List.of(ONE), Map.of("wlan1", FINE, "eth0", FINE), ways("wlan1", "eth0"))))
        .containsExactly(ONE);
    assertThat(cycled(RadioChoice.of(List.of(ONE), Map.of("wlan1", FINE), ways())))
        .as("no way leads out at all")
        .containsExactly(ONE);
  }

  @Test
  void of_two_radios_that_are_the_only_ways_one_stays() {
    var links = Map.of("wlan1", FINE, "wlan2", FINE);
    assertThat(cycled(RadioChoice.of(List.of(ONE, TWO), links, ways("wlan1", "wlan2"))))
        .containsExactly(ONE);
  }

  private static List<Radio> cycled(RadioChoice choice) {
    assertThat(choice).isInstanceOf(Cycle.class);
    return ((Cycle) choice).radios();
  }

  private static Radio radio(String name, int line) {
    return new Radio(name, new Line(line, true), Duration.ofSeconds(5));
  }

  private static WaysOut ways(String... names) {
    return new WaysOut(Set.of(names));
  }
}
