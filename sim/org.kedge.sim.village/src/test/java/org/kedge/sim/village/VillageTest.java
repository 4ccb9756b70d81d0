package org.kedge.sim.village;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.kedge.care.internal.loop.BuiltInLadder;
import org.kedge.sim.schema.MessageCheck;

class VillageTest {
  private static final int NODES = 4;
  private static final int HOURS = 1;

  /** What a village has to be faster than real time, for each node. */
  private static final double TIMES_REAL = 1000;

  @Test
  void every_seed_keeps_the_promises_while_all_breaks_and_is_well_soon_after_the_healing() {
    var seeds = Integer.getInteger("kedge.village.seeds", 200);
    var figures = new Figures(NODES);
    var begun = System.nanoTime();

    for (var seed = 1; seed <= seeds; seed++) {
      var ending = live(seed, NODES, HOURS, BuiltInLadder.text(), new ArrayList<>());
      assertThat(ending.failure()).isEmpty();
      figures.add(ending);
    }

    var took = Duration.ofNanos(System.nanoTime() - begun);
    figures.told(took).forEach(line -> System.out.println("village " + line));
    assertThat(figures.timesReal(took)).isGreaterThan(TIMES_REAL);
  }

  @Test
  void every_message_of_hours_in_which_everything_breaks_is_as_its_schema_says() {
    var check = MessageCheck.ofThisBuild();
    var problems = new LinkedHashMap<String, String>();
    var subjects = new TreeSet<String>();
    var village = new Village(7, NODES, BuiltInLadder.text(), line -> {});
    village.broker().reader = (subject, body) -> {
      subjects.add(subject);
      check
          .problems(subject, body)
          .forEach(problem -> problems.putIfAbsent(subject + ": " + problem, body));
    };
    assertThat(village.untilWell(Duration.ofMinutes(10))).isEmpty();
    var injector = new Injector(village, new Random(7));
    injector.begin();
    village.pass(Duration.ofHours(3));
    injector.heal();
    village.pass(Duration.ofMinutes(10));

    assertThat(problems).isEmpty();
    assertThat(subjects).containsExactly("event", "snapshot");
    assertThat(village.broker().count()).isGreaterThan(500);
  }

  @Test
  void one_seed_gives_one_story() {
    var once = new ArrayList<String>();
    var again = new ArrayList<String>();

    live(5, 5, 2, BuiltInLadder.text(), once);
    live(5, 5, 2, BuiltInLadder.text(), again);

    assertThat(once).hasSizeGreaterThan(100).isEqualTo(again);
  }

  @Test
  void another_seed_gives_another_story() {
    var one = new ArrayList<String>();
    var other = new ArrayList<String>();

    live(5, 3, 1, BuiltInLadder.text(), one);
    live(6, 3, 1, BuiltInLadder.text(), other);

    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void budgets_that_are_too_wide_are_caught() {
    var wide = BuiltInLadder.text()
        .replaceAll("budget node .*", "budget node 50 per 24 h")
        .replaceAll("tries 1 per \\d+ h", "tries 3");
    var village = new Village(1, 2, wide, line -> {});
    assertThat(village.untilWell(Duration.ofMinutes(10))).isEmpty();

    var victim = village.nodes().get(0);
    victim.babeld.programGone = true;
    village.killBabeld(victim);
    village.pass(Duration.ofHours(6));

    assertThat(village.auditor().violation())
        .hasValueSatisfying(
            what -> assertThat(what).contains("restart-runtime", "the second within 30 min"));
  }

  @Test
  void a_ladder_that_leaves_a_fault_uncured_is_caught_and_the_failure_can_be_replayed() {
    var lacking = BuiltInLadder.text().replace("restore-forwarding ", "reopen-babel-socket");

    var failure = failureOfSome(lacking);

    assertThat(failure)
        .startsWith("Seed ")
        .contains(
            "not all well within 10 min of the healing",
            "its kernel does not forward",
            "The last 50 events:",
            "sim/village --seed ",
            "--nodes 3 --hours 2");
  }

  private static String failureOfSome(String ladder) {
    for (var seed = 1; seed <= 20; seed++) {
      var ending = live(seed, 3, 2, ladder, new ArrayList<>());
      if (ending.failure().filter(words -> words.contains("does not forward")).isPresent()) {
        return ending.failure().get();
      }
    }
    throw new AssertionError("No seed made the nodes stop forwarding");
  }

  private static VillageRun.Ending live(
      long seed, int nodes, int hours, String ladder, List<String> diary) {
    return new VillageRun(seed, nodes, hours, ladder, diary::add).live();
  }
}
