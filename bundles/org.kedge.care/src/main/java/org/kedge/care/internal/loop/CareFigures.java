package org.kedge.care.internal.loop;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kedge.base.api.Figures;
import org.kedge.care.internal.core.Ladder;
import org.kedge.care.internal.core.RecoveryMemory;

/** Care's section of the snapshot: what is done about faults, what was done, and what may still be done. */
final class CareFigures {
  /** A snapshot stays small; readers join the entries of several by their numbers. */
  private static final int JOURNAL_TOLD = 20;

  private CareFigures() {}

  /**
   * All that is told.
   *
   * @param refused why the ladder that was set is not in force; empty text if it is
   * @param held why a fault waits, by its name
   */
  record View(
      RecoveryMemory memory,
      Ladder ladder,
      String version,
      String refused,
      boolean durable,
      Map<String, String> held) {}

  /** @param age of the node now */
  static Figures of(View view, Duration age) {
    var memory = view.memory();
    var figures = Figures.builder()
        .text("ladder", view.version())
        .count("boots", memory.boots())
        .flag("remembers", view.durable());
    if (!view.refused().isEmpty()) {
      figures.text("ladder_refused", view.refused());
    }
    memory
        .pause()
        .ifPresent(pause -> figures
            .seconds("pause_left", notBelowZero(pause.until().minus(age)))
            .text("pause_reason", pause.reason()));
    memory.order().ifPresent(order -> figures.section("remedy", remedy(order, age)));
    return figures
        .list(
            "climbs", memory.climbs().stream().map(one -> climb(one, view, age)).toList())
        .list("budgets", budgets(view, age))
        .count("journal", memory.journalCount())
        .list(
            "journal",
            memory.journal().stream()
                .skip(Math.max(0, memory.journal().size() - JOURNAL_TOLD))
                .map(CareFigures::entry)
                .toList())
        .build();
  }

  private static Figures remedy(RecoveryMemory.Order order, Duration age) {
    return Figures.builder()
        .text("name", order.remedy())
        .text("effect", order.effect().word())
        .text("fault", order.fault())
        .number("rung", order.rung() + 1)
        .number("rungs", order.rungs())
        .number("try", order.attempt())
        .number("tries", order.tries())
        .text("stage", order.settlesUntil().isPresent() ? "settling" : "acting")
        .seconds("lasting", notBelowZero(age.minus(order.at())))
        .build();
  }

  private static Figures climb(RecoveryMemory.Climb climb, View view, Duration age) {
    var rungs = view.ladder().rules().stream()
        .filter(rule -> rule.fault().equals(climb.fault()))
        .mapToInt(rule -> rule.rungs().size())
        .max()
        .orElse(0);
    var figures = Figures.builder()
        .text("fault", climb.fault())
        .number("rung", climb.rung() + 1)
        .number("rungs", rungs)
        .count("failed", climb.failed());
    if (climb.goneSince().isPresent()) {
      figures.text("stage", "probation").text("words", "is gone; watched for a while");
    } else if (climb.restUntil().isPresent()) {
      var left = notBelowZero(climb.restUntil().get().minus(age));
      figures
          .text("stage", "resting")
          .text("words", "rests; looks again in " + (left.toSeconds() + 59) / 60 + " min");
    } else if (view.held().containsKey(climb.fault())) {
      figures.text("stage", "held").text("words", view.held().get(climb.fault()));
    } else {
      figures.text("stage", "climbing");
    }
    return figures.build();
  }

  private static List<Figures> budgets(View view, Duration age) {
    return view.ladder().budgets().stream()
        .flatMap(budget -> budget.limits().stream()
            .map(limit -> Figures.builder()
                .text("class", budget.effect().name().toLowerCase(Locale.ROOT))
                .count("limit", limit.times())
                .seconds("window", limit.window())
                .count(
                    "used",
                    view.memory().spent().stream()
                        .filter(one -> one.effect() == budget.effect()
                            && age.minus(one.at()).compareTo(limit.window()) <= 0)
                        .count())
                .build()))
        .toList();
  }

  private static Figures entry(RecoveryMemory.Entry entry) {
    var figures = Figures.builder()
        .number("number", entry.number())
        .text("at", entry.wallClock().toString())
        .text("kind", entry.topic().name().toLowerCase(Locale.ROOT));
    entry.fault().ifPresent(fault -> figures.text("fault", fault));
    entry.remedy().ifPresent(remedy -> figures.text("remedy", remedy));
    return figures.text("words", entry.words()).build();
  }

  private static Duration notBelowZero(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }
}
