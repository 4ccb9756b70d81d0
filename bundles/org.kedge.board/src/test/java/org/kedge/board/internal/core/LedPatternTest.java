package org.kedge.board.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch.Doing;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

class LedPatternTest {
  private static final Uptime NOW = Uptime.of(Duration.ofHours(1));
  private static final Fault DEAD = fault("BABEL_DEAD", Layer.BABEL, Blame.OURS);
  private static final Fault DOWN = fault("LINK_DOWN", Layer.LINK, Blame.OURS_HARDWARE);
  private static final Fault DEAF = fault("EXIT_DEAF", Layer.EXIT, Blame.EXIT);
  private static final Fault OUT = fault("UPLINK_OUT", Layer.UPLINK, Blame.UPSTREAM);

  @Test
  void nothing_is_said_before_care_has_judged() {
    assertThat(LedPattern.of(Optional.empty(), Doing.NOTHING)).isEmpty();
  }

  @Test
  void without_a_fault_the_node_is_healthy() {
    assertThat(pattern(Doing.NOTHING)).isEqualTo(LedPattern.HEALTHY);
  }

  @Test
  void while_a_remedy_acts_or_a_fault_waits_for_its_turn_care_is_at_it() {
    assertThat(pattern(doing("restart-babeld"), DEAD)).isEqualTo(LedPattern.REMEDY);
    assertThat(pattern(Doing.NOTHING, DEAD)).isEqualTo(LedPattern.REMEDY);
    assertThat(pattern(doing("restart-babeld", "LINK_DOWN"), DEAD, DOWN))
        .isEqualTo(LedPattern.REMEDY);
    // The look that found it gone, before the order is over.
    assertThat(pattern(doing("restart-babeld"))).isEqualTo(LedPattern.REMEDY);
  }

  @Test
  void a_fault_that_is_left_to_people_calls_for_one() {
    assertThat(pattern(left("BABEL_DEAD"), DEAD)).isEqualTo(LedPattern.PERSON);
    assertThat(pattern(left("LINK_DOWN", "EXIT_DEAF"), DOWN, DEAF)).isEqualTo(LedPattern.PERSON);
  }

  @Test
  void what_lies_beyond_this_node_calls_for_nobody_here() {
    assertThat(pattern(left("EXIT_DEAF"), DEAF)).isEqualTo(LedPattern.NO_UPLINK);
    assertThat(pattern(left("UPLINK_OUT"), OUT)).isEqualTo(LedPattern.NO_UPLINK);
    assertThat(pattern(Doing.NOTHING, OUT)).isEqualTo(LedPattern.NO_UPLINK);
  }

  @Test
  void patterns_can_be_told_apart() {
    assertThat(Arrays.stream(LedPattern.values())
            .map(pattern -> pattern.on() + " " + pattern.off())
            .distinct())
        .hasSize(LedPattern.values().length);
  }

  private static LedPattern pattern(Doing doing, Fault... faults) {
    var report = new CareReport(NOW, List.of(faults), List.of(), List.of());
    return LedPattern.of(Optional.of(report), doing).orElseThrow();
  }

  private static Doing doing(String remedy, String... left) {
    return new Doing(Optional.of(remedy), Set.of(left));
  }

  private static Doing left(String... left) {
    return new Doing(Optional.empty(), Set.of(left));
  }

  static Fault fault(String name, Layer layer, Blame blame) {
    var kind = new FaultKind(
        name, layer, Duration.ZERO, Duration.ofSeconds(16), Set.of(), false, "Look at it.");
    return new Fault(kind, blame, NOW, "seen");
  }
}
