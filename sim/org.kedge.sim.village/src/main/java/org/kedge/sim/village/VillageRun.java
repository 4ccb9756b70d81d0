package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** One seed lived through: all comes up, everything breaks for some hours, all but the nodes' own is healed, all must be well. */
final class VillageRun {
  /** From power on until all is well for the first time. */
  private static final Duration BEGINNING = Duration.ofMinutes(10);

  /** From the healing until all has to be well again. */
  private static final Duration PROGRESS = Duration.ofMinutes(10);

  private final long seed;
  private final int nodes;
  private final int hours;
  private final Village village;

  /**
   * How it went.
   *
   * @param lived virtual time, of each node
   * @param failure what went wrong, for people; empty if all went well
   * @param healedAfter from the healing until all was well
   */
  record Ending(
      Duration lived,
      Optional<String> failure,
      Duration healedAfter,
      Map<String, Integer> remedies,
      Map<Trouble, List<Duration>> cures) {}

  /**
   * @param ladder care's, as text
   * @param reader of the diary, as it is written
   */
  VillageRun(long seed, int nodes, int hours, String ladder, Consumer<String> reader) {
    this.seed = seed;
    this.nodes = nodes;
    this.hours = hours;
    village = new Village(seed, nodes, ladder, reader);
  }

  Ending live() {
    var failure =
        village.untilWell(BEGINNING).map(what -> "not all came up within 10 min: " + what);
    var healed = village.time();
    if (failure.isEmpty()) {
      var injector = new Injector(village, new Random(seed ^ 0x6b65646765L));
      injector.begin();
      village.pass(Duration.ofHours(hours));
      failure = village.auditor().violation();
      if (failure.isEmpty()) {
        injector.heal();
        healed = village.time();
        failure = village
            .untilWell(PROGRESS)
            .map(what -> "not all well within 10 min of the healing: " + what);
      }
    }
    var cures = new EnumMap<Trouble, List<Duration>>(Trouble.class);
    cures.putAll(village.cures().taken());
    return new Ending(
        village.time(),
        failure.map(this::told),
        village.time().minus(healed),
        Map.copyOf(village.auditor().counts()),
        cures);
  }

  private String told(String what) {
    var lines = new ArrayList<String>();
    lines.add("Seed " + seed + " failed at" + Diary.at(village.time()) + ": " + what);
    lines.add("The last " + Diary.KEPT + " events:");
    lines.addAll(village.diary().last());
    lines.add("Again, with all events: sim/village --seed " + seed + " --nodes " + nodes
        + " --hours " + hours);
    return String.join("\n", lines);
  }
}
