package org.kedge.care.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kedge.base.api.Figures;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.core.Ladder;
import org.kedge.care.internal.core.RecoveryMemory;
import org.kedge.care.internal.core.RecoveryMemory.Climb;
import org.kedge.sim.schema.MessageCheck;

/** Care's section of the snapshot is what its schema says. */
class CareFiguresTest {
  private static final MessageCheck CHECK = MessageCheck.ofThisBuild();
  private static final Duration AGE = Duration.ofHours(5);
  private static final Optional<Duration> NEVER = Optional.empty();

  private static final Ladder LADDER = new Ladder(
      "own 1f2e",
      List.of(new Ladder.Rule(
          "BABEL_DEAD",
          Blame.OURS,
          Duration.ofSeconds(10),
          List.of(
              new Ladder.Rung("restart-babeld", 2, Optional.empty(), Duration.ofSeconds(20), 2)),
          Duration.ofMinutes(30),
          1)),
      Arrays.stream(Effect.values())
          .map(effect ->
              new Ladder.Budget(effect, List.of(new Ladder.Limit(1, Duration.ofMinutes(30))), 3))
          .toList());

  @Test
  void a_node_in_much_trouble_tells_every_field_there_is_and_no_other() {
    var whole = figures(Effect.TRAFFIC, Optional.of(AGE.plusSeconds(5)), "line 3: no such remedy");
    assertThat(CHECK.problems("care", whole)).isEmpty();
    assertThat(CHECK.missing("care", List.of(whole))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void every_effect_a_remedy_may_have_has_its_word_in_the_schema(Effect effect) {
    assertThat(CHECK.problems("care", figures(effect, NEVER, ""))).isEmpty();
  }

  @Test
  void a_node_on_which_nothing_ever_happened_tells_what_is_always_told() {
    var little = CareFigures.of(
        new CareFigures.View(
            RecoveryMemory.NONE,
            new Ladder("", List.of(), List.of()),
            "built-in",
            "",
            true,
            Map.of()),
        Duration.ZERO);
    assertThat(CHECK.problems("care", little)).isEmpty();
    assertThat(CHECK.problems("care", Figures.builder().build())).isEmpty();
  }

  private static Figures figures(Effect effect, Optional<Duration> settlesUntil, String refused) {
    var order = new RecoveryMemory.Order(
        "restart-babeld",
        effect,
        "restarted babeld",
        "BABEL_DEAD",
        0,
        1,
        1,
        2,
        AGE.minusSeconds(3),
        Duration.ofSeconds(20),
        settlesUntil);
    var memory = new RecoveryMemory(
        AGE,
        "kernel",
        Duration.ofHours(1),
        4,
        Map.of(),
        List.of(
            climb("BABEL_DEAD", NEVER, NEVER),
            climb("NO_ROUTES", Optional.of(AGE.plusMinutes(9)), NEVER),
            climb("LINK_DOWN", NEVER, Optional.of(AGE.minusSeconds(9))),
            climb("NO_INTERFACE", NEVER, NEVER)),
        List.of(
            new RecoveryMemory.Spent(AGE.minusMinutes(1), "restart-babeld", effect, "BABEL_DEAD")),
        Optional.of(order),
        Optional.of(new RecoveryMemory.Pause(AGE.plusMinutes(7), "somebody works on it")),
        7,
        "own 1f2e",
        Topic.values().length,
        Arrays.stream(Topic.values()).map(CareFiguresTest::entry).toList());
    return CareFigures.of(
        new CareFigures.View(
            memory, LADDER, "own 1f2e", refused, false, Map.of("NO_INTERFACE", "budget is spent")),
        AGE);
  }

  private static Climb climb(String fault, Optional<Duration> rest, Optional<Duration> gone) {
    return new Climb(fault, 0, 1, true, Effect.CAPABILITY, rest, gone);
  }

  /** One of each topic, so that the schema has a word for all. */
  private static RecoveryMemory.Entry entry(Topic topic) {
    return new RecoveryMemory.Entry(
        topic.ordinal() + 1L,
        AGE,
        Instant.parse("2026-11-22T12:00:00.5Z"),
        topic,
        Optional.of("BABEL_DEAD"),
        Optional.of("restart-babeld"),
        "restarted babeld, rung 1 of 1");
  }
}
