package org.kedge.sim.village;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kedge.base.internal.flash.SimulatedFlash.Damage;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.loop.BuiltInLadder;
import org.kedge.sim.village.Auditor.Deed;
import org.kedge.sim.village.logs.LogBook;

/** Promises about single nodes and long times, each by its name. */
class ScenarioTest {
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  /** Heap that comes and goes with the collector and the compiler. */
  private static final long HEAP_NOISE = 2 << 20;

  private Village village(int nodes) {
    var village = new Village(7, nodes, BuiltInLadder.text(), line -> {});
    assertThat(village.untilWell(TEN_MINUTES)).isEmpty();
    village.alarms().clear();
    assertThat(village.auditor().deeds()).isEmpty();
    return village;
  }

  private static List<Deed> disruptive(Village village) {
    return village.auditor().deeds().stream()
        .filter(deed -> deed.effect() != Effect.NONE)
        .toList();
  }

  @Test
  void three_days_without_uplink_reboot_nobody_and_disturb_nothing() {
    var village = village(3);
    var runs = village.nodes().stream().map(node -> node.kedge.orElseThrow()).toList();

    village.uplinkOut = true;
    village.pass(Duration.ofHours(72));

    assertThat(village.auditor().violation()).isEmpty();
    assertThat(disruptive(village)).isEmpty();
    assertThat(village.nodes().stream().map(node -> node.kedge.orElseThrow())).isEqualTo(runs);
    village.uplinkOut = false;
    assertThat(village.untilWell(TEN_MINUTES)).isEmpty();
    village.pass(TEN_MINUTES);
    // A snapshot a minute of each, and what happened.
    assertThat(village.broker().count())
        .isGreaterThan(72L * 60 * village.nodes().size());
    // What grows older than 72 h while the rest is told is dropped: the first minutes of it.
    assertThat(village.broker().missing())
        .as("the outage is told afterwards, minute by minute")
        .isLessThanOrEqualTo(10L * village.nodes().size());
  }

  @Test
  void thirty_quiet_days_bring_no_remedy_and_no_warning_and_nothing_grows() {
    var village = village(2);

    village.pass(Duration.ofDays(1));
    var heap = usedHeap();
    var flash = flash(village);
    village.pass(Duration.ofDays(29));

    assertThat(village.auditor().violation()).isEmpty();
    assertThat(village.auditor().deeds()).isEmpty();
    assertThat(village.alarms()).isEmpty();
    assertThat(usedHeap()).isLessThanOrEqualTo(heap + heap / 20 + HEAP_NOISE);
    // Figures in it may have a digit more.
    assertThat(flash(village)).isLessThanOrEqualTo(flash + flash / 20);
    assertThat(village.lacking(village.now().plus(TEN_MINUTES.negated()))).isEmpty();
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static int flash(Village village) {
    return village.nodes().stream().mapToInt(node -> node.flash.size()).sum();
  }

  @Test
  void clock_steps_of_ten_years_either_way_do_nothing() {
    var village = village(3);
    var chance = new Random(1);

    for (var hour = 0; hour < 24; hour++) {
      for (var node : village.nodes()) {
        node.clockError = Duration.ofDays(chance.nextInt(3650) * (chance.nextBoolean() ? 1L : -1L));
      }
      village.pass(Duration.ofHours(1));
    }

    assertThat(village.auditor().violation()).isEmpty();
    assertThat(village.auditor().deeds()).isEmpty();
    assertThat(village.alarms()).isEmpty();
    assertThat(village.untilWell(TEN_MINUTES)).isEmpty();
  }

  @Test
  void interfaces_taken_from_babeld_come_back_at_once_also_those_whose_link_is_down_meanwhile() {
    var village = village(4);
    var victim = village.nodes().stream()
        .filter(node -> node.links().size() > 1)
        .findFirst()
        .orElseThrow();
    village.cut(victim.links().get(0), true);
    village.pass(Duration.ofMinutes(1));

    victim.babeld.forgetInterfaces();
    village.pass(Duration.ofSeconds(10));

    assertThat(victim.babeld.hasAllInterfaces()).isTrue();
    assertThat(victim.ailment()).isEmpty();
    village.cut(victim.links().get(0), false);
    assertThat(village.untilWell(TEN_MINUTES)).isEmpty();
  }

  @Test
  void a_babeld_that_cannot_be_started_is_climbed_for_rationed_rested_from_and_told_of() {
    var village = village(3);
    var victim = village.nodes().get(0);

    victim.babeld.programGone = true;
    village.killBabeld(victim);
    for (var cut = 0; cut < 7; cut++) {
      village.pass(Duration.ofHours(6).plusMinutes(37));
      village.cutPower(victim, Duration.ofMinutes(11), Damage.TORN_OVER_OLD, 60);
      village.pass(Duration.ofMinutes(15));
    }

    // The auditor counts by true time, over the power cuts.
    assertThat(village.auditor().violation()).isEmpty();
    assertThat(village.auditor().deeds())
        .extracting(Deed::remedy)
        .contains("start-babeld", "restart-runtime", "reboot-node");
    // Who has lost its only neighbour gives its interfaces back once: nobody can tell whose fault
    // it is.
    assertThat(disruptive(village))
        .filteredOn(deed -> deed.machine() != victim)
        .allMatch(deed ->
            deed.fault().equals("NEIGHBOURS_LOST") && deed.remedy().equals("give-interface-back"));
    assertThat(village.auditor().deeds())
        .filteredOn(deed -> deed.effect() == Effect.NODE)
        .hasSizeBetween(2, 2 * 4);
    assertThat(village.alarms())
        .extracting(LogBook.Entry::words)
        .anyMatch(words -> words.startsWith("BABEL_DEAD: all ")
            && words.contains("rests and looks again in 10 min"));
    assertThat(victim.kedge.orElseThrow().journal())
        .anyMatch(words -> words.contains("No such file or directory"));

    victim.babeld.programGone = false;
    assertThat(village.untilWell(Duration.ofMinutes(20))).isEmpty();
  }
}
