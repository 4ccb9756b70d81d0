package org.kedge.care.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Effect;

class LadderInForceTest {
  private static final Map<String, Effect> KNOWN =
      Map.of("soothe", Effect.NONE, "reboot", Effect.NODE);
  private static final String GOOD = text("soothe");
  private static final String STRANGE = text("dance");

  private final Ladder builtIn = RecoveryRig.ladder("# nothing");
  private final LadderInForce ladder = new LadderInForce(builtIn);

  @Test
  void the_built_in_one_is_there_first() {
    assertThat(ladder.ladder()).isSameAs(builtIn);
    assertThat(ladder.version()).isEqualTo("built-in " + builtIn.version());
    assertThat(ladder.refused()).isEmpty();
    assertThat(ladder.check(KNOWN, at(0))).isFalse();
  }

  @Test
  void a_good_one_is_taken_at_the_next_check_and_decided_once() {
    ladder.offer(GOOD, at(0));
    assertThat(ladder.ladder()).isSameAs(builtIn);
    assertThat(ladder.check(KNOWN, at(0))).isTrue();
    assertThat(ladder.ladder()).isEqualTo(RecoveryRig.ladder(GOOD));
    assertThat(ladder.version()).isEqualTo("set " + RecoveryRig.ladder(GOOD).version());
    assertThat(ladder.check(KNOWN, at(1))).isFalse();
  }

  @Test
  void what_cannot_be_read_is_refused_at_once_and_the_old_one_stays() {
    ladder.offer(GOOD, at(0));
    ladder.check(KNOWN, at(0));
    ladder.offer("fault\n", at(1));
    assertThat(ladder.refused())
        .contains("line 1: the line ends where the name of a fault should stand");
    assertThat(ladder.check(KNOWN, at(1))).isFalse();
    assertThat(ladder.ladder()).isEqualTo(RecoveryRig.ladder(GOOD));
    ladder.refuse("/etc/ladder cannot be read");
    assertThat(ladder.refused()).contains("/etc/ladder cannot be read");
    assertThat(ladder.ladder()).isEqualTo(RecoveryRig.ladder(GOOD));
  }

  @Test
  void what_could_do_harm_is_refused_without_grace_and_the_rest_of_its_problems_are_counted() {
    ladder.offer(text("reboot", "soothe", "dance"), at(0));
    assertThat(ladder.check(KNOWN, at(0))).isTrue();
    assertThat(ladder.refused())
        .contains("line 2: 'reboot' has effect node and needs a line such as"
            + " 'budget node 4 per 24 h' (and 1 more)");
    assertThat(ladder.ladder()).isSameAs(builtIn);
  }

  @Test
  void a_remedy_that_is_not_there_yet_has_its_grace() {
    ladder.offer(STRANGE, at(10));
    assertThat(ladder.check(KNOWN, at(10))).isFalse();
    assertThat(ladder.check(KNOWN, at(39))).isFalse();
    assertThat(ladder.refused()).isEmpty();
    assertThat(ladder.check(Map.of("dance", Effect.NONE), at(39))).isTrue();
    assertThat(ladder.ladder()).isEqualTo(RecoveryRig.ladder(STRANGE));
  }

  @Test
  void a_remedy_that_never_comes_is_refused_with_its_line_when_the_grace_is_over() {
    ladder.offer(STRANGE, at(10));
    assertThat(ladder.check(KNOWN, at(40))).isTrue();
    assertThat(ladder.refused())
        .contains("line 2: there is no remedy 'dance' on this node; known are reboot, soothe");
    assertThat(ladder.ladder()).isSameAs(builtIn);
    assertThat(ladder.check(Map.of("dance", Effect.NONE), at(41))).isFalse();
  }

  @Test
  void an_offer_after_a_refused_one_is_not_refused_for_what_was_wrong_before() {
    ladder.offer("nonsense", at(0));
    ladder.offer(GOOD, at(1));
    assertThat(ladder.refused()).isEmpty();
    ladder.check(KNOWN, at(1));
    assertThat(ladder.refused()).isEmpty();
  }

  @Test
  void a_refused_offer_takes_back_the_one_before_it() {
    ladder.offer(STRANGE, at(0));
    ladder.offer("nonsense", at(1));
    assertThat(ladder.check(Map.of("dance", Effect.NONE), at(2))).isFalse();
    assertThat(ladder.ladder()).isSameAs(builtIn);
  }

  @Test
  void offering_none_goes_back_to_the_built_in_one() {
    ladder.offer(GOOD, at(0));
    ladder.check(KNOWN, at(0));
    ladder.offer("nonsense", at(1));
    ladder.offerNone();
    assertThat(ladder.ladder()).isSameAs(builtIn);
    assertThat(ladder.refused()).isEmpty();
    ladder.offer(STRANGE, at(2));
    ladder.offerNone();
    assertThat(ladder.check(KNOWN, at(60))).isFalse();
  }

  private static String text(String... remedies) {
    var text = new StringBuilder("fault A blamed ours lasting 1 s\n");
    for (var remedy : remedies) {
      text.append("  rung ").append(remedy).append(" tries 1 settle 1 s\n");
    }
    return text + "  then rest look again every 1 h\n";
  }

  private static Uptime at(long seconds) {
    return Uptime.of(Duration.ofSeconds(seconds));
  }
}
