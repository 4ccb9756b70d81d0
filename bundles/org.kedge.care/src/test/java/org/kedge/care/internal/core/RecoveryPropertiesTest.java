package org.kedge.care.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.kedge.care.internal.core.History.Step;

/** What holds for every valid ladder and whatever befalls the node; see {@link HistoryRun} for the rules. */
class RecoveryPropertiesTest {
  private static final int HISTORIES = 1_000;

  /** A seed to replay alone; below zero for none. */
  private static final long SEED = Long.getLong("kedge.seed", -1);

  @Test
  void no_history_breaks_a_rule_and_a_healed_node_is_on_no_rung_within_ten_minutes() {
    hold(run -> {
      run.live();
      run.heal();
    });
  }

  @Test
  void what_nothing_helps_comes_to_rest() {
    for (var seed = 0; seed < HISTORIES; seed++) {
      var history = History.of(seed);
      var kinds = List.copyOf(history.blames().keySet());
      for (var kind = 0; kind < kinds.size(); kind++) {
        if (!kinds.get(kind).fades()) {
          new HistoryRun(history).despair(kind);
        }
      }
    }
  }

  @Test
  void a_failure_is_shrunk_to_the_steps_that_matter() {
    var shrunk = History.of(1)
        .shrunk(history -> history.steps().stream()
            .anyMatch(step -> step instanceof Step.PowerCut || step instanceof Step.Restart));
    assertThat(shrunk.steps()).hasSize(1);
    assertThat(shrunk.toString()).startsWith("seed 1\nfault A");
  }

  private static void hold(Consumer<HistoryRun> life) {
    for (long seed = 0; seed < HISTORIES; seed++) {
      if (SEED >= 0 && seed != SEED) {
        continue;
      }
      var history = History.of(seed);
      if (broken(history, life).isPresent()) {
        var shrunk = history.shrunk(fewer -> broken(fewer, life).isPresent());
        fail(
            "%s%nReplay it with -Dkedge.seed=%d:%n%s",
            broken(shrunk, life).orElseThrow(), seed, shrunk);
      }
    }
  }

  private static Optional<Throwable> broken(History history, Consumer<HistoryRun> life) {
    try {
      life.accept(new HistoryRun(history));
      return Optional.empty();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of(e);
    }
  }
}
