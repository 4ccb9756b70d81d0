package org.kedge.care.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Lane;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareWatch.Doing;
import org.kedge.care.api.Effect;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.care.internal.core.Recovery;

/** What the loop does about faults: order, flash, act, settle, tell. */
class CareLoopRecoveryTest {
  private static final FaultKind DEAD = new FaultKind(
      "DEAD", Layer.BABEL, Duration.ZERO, Duration.ofSeconds(30), Set.of(), false, "Look at it.");

  private static final String LADDER = """
      fault DEAD blamed ours lasting 0 s
        rung soothe   tries 2   settle 5 s
        rung restart  tries 2   settle 20 s
        rung reboot   tries 1   settle 60 s
        then rest look again every 30 min
      budget traffic 6 per 24 h
      budget node 1 per 24 h
      """;

  private final MemoryFlash flash = new MemoryFlash();
  private VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private final FakeRemedy soothe = new FakeRemedy("soothe", Effect.NONE);
  private final FakeRemedy restart = new FakeRemedy("restart", Effect.TRAFFIC);
  private final FakeRemedy reboot = new FakeRemedy("reboot", Effect.NODE);
  private final List<String> told = new ArrayList<>();
  private boolean isDead;
  private boolean leavesWhileOrdered;
  private CareLoop care = begin(lanes, "boot-1");

  @Test
  void a_fault_is_mended_and_every_step_is_in_the_journal() {
    soothe.deed = () -> isDead = false;
    fail();
    assertThat(soothe.orders).containsExactly(new RemedyOrder("DEAD", "no process"));
    pass(10);
    assertThat(journal())
        .containsExactly(
            "Kedge runs on this node for the first time, as far as it remembers",
            "Ladder " + figure("ladder") + " is in force",
            "DEAD, ours: no process",
            "soothe, rung 1 of 3, for DEAD, try 1 of 2",
            "did soothe: fine; looked at for up to 5 s",
            "did soothe, rung 1 of 3, for DEAD; helped after 0.0 s",
            "DEAD is over after 4.0 s");
    assertThat(care.climbing()).isEmpty();
    assertThat(restart.orders).isEmpty();
  }

  @Test
  void what_does_not_help_is_climbed_past_to_the_top_and_then_it_rests() {
    fail();
    pass(600);
    assertThat(soothe.orders).hasSize(2);
    assertThat(restart.orders).hasSize(2);
    assertThat(reboot.orders).hasSize(1);
    assertThat(topics()).endsWith(Topic.NOT_HELPED, Topic.REST);
    pass(1800);
    assertThat(soothe.orders).as("a new climb").hasSize(4);
    pass(3600);
    assertThat(reboot.orders).as("its budget").hasSize(1);
  }

  @Test
  void what_is_done_and_what_is_left_to_people_can_be_asked() {
    assertThat(care.doing()).isEqualTo(Doing.NOTHING);
    fail();
    assertThat(care.doing()).isEqualTo(new Doing(Optional.of("soothe"), Set.of()));
    pass(600);
    assertThat(topics()).endsWith(Topic.REST);
    assertThat(care.doing()).isEqualTo(new Doing(Optional.empty(), Set.of("DEAD")));
    isDead = false;
    pass(10);
    assertThat(care.doing()).isEqualTo(Doing.NOTHING);
  }

  @Test
  void a_fault_that_the_ladder_does_not_know_is_left_to_people() {
    care.setLadder(Optional.of("budget node 1 per 24 h"));
    pass(5);
    fail();
    assertThat(care.doing()).isEqualTo(new Doing(Optional.empty(), Set.of("DEAD")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_power_cut_at_any_moment_leaves_no_act_that_is_not_counted(boolean kept)
      throws IOException {
    var cuts = 0;
    for (var at = 1; at < 200; at++) {
      var node = new CareLoopRecoveryTest();
      for (var remedy : List.of(node.soothe, node.restart, node.reboot)) {
        remedy.deed = () -> {
          if (node.flash.isDark()) {
            remedy.orders.remove(remedy.orders.size() - 1);
          }
        };
      }
      node.flash.cutPowerAt(at);
      node.isDead = true;
      node.lanes.passUntil(node.flash::isDark, Duration.ofMinutes(3));
      if (!node.flash.isDark()) {
        break;
      }
      cuts++;
      node.flash.powerOn(kept);
      for (var remedy : List.of(node.restart, node.reboot)) {
        assertThat(node.spentOnFlash().stream().filter(remedy.name()::equals))
            .as("%s, cut at %d", remedy.name(), at)
            .hasSizeGreaterThanOrEqualTo(remedy.orders.size());
      }
    }
    assertThat(cuts).isGreaterThan(20);
  }

  @Test
  void budgets_hold_over_a_reboot() {
    fail();
    lanes.passUntil(() -> !reboot.orders.isEmpty(), Duration.ofMinutes(5));
    care.close();
    lanes = new VirtualLanes(Uptime.of(Duration.ofSeconds(20)));
    care = begin(lanes, "boot-2");
    pass(1200);
    assertThat(reboot.orders).hasSize(1);
    assertThat(journal())
        .contains(
            "The node has booted, boot 2 that Kedge has seen, after 'reboot' (rung 3 of 3, for DEAD)",
            "did reboot, rung 3 of 3, for DEAD; did not help within 60 s");
    assertThat(care.figures().values()).containsEntry("boots_count", 2L);
  }

  @Test
  void on_flash_that_cannot_be_written_all_goes_on_but_the_node_stays() {
    pass(10);
    flash.setReadOnly(true);
    fail();
    pass(300);
    assertThat(restart.orders).hasSize(2);
    assertThat(reboot.orders).isEmpty();
    assertThat(care.figures().values()).containsEntry("remembers", false);
    pass(3600);
    assertThat(reboot.orders).isEmpty();
    assertThat(topics()).containsOnlyOnce(Topic.HELD);
    flash.setReadOnly(false);
    pass(660);
    assertThat(reboot.orders).hasSize(1);
    assertThat(care.figures().values()).containsEntry("remembers", true);
    assertThat(care.figures().values().toString()).doesNotContain("stage=held");
  }

  @Test
  void a_node_order_that_cannot_be_written_is_not_carried_out() {
    fail();
    lanes.passUntil(() -> restart.orders.size() == 2, Duration.ofMinutes(5));
    pass(10);
    flash.setReadOnly(true);
    pass(15);
    assertThat(reboot.orders).isEmpty();
    assertThat(journal())
        .contains("reboot came to nothing: it could not be written to flash before the act;"
            + " looked at for up to 60 s");
  }

  @Test
  void a_write_that_got_no_thread_holds_up_none_after_it() {
    var starved = new StarvedLanes(lanes);
    care.close();
    care = begin(starved, "boot-1");
    pass(10);
    starved.isStarved = true;
    fail();
    assertThat(soothe.orders).hasSize(1);
    pass(60);
    starved.isStarved = false;
    pass(900);
    assertThat(care.figures().values()).containsEntry("remembers", true);
    assertThat(reboot.orders).hasSize(1);
  }

  @Test
  void a_quiet_day_wears_the_flash_little_and_an_episode_adds_a_few_writes() {
    pass(60);
    var before = flash.writes();
    pass(86_400);
    assertThat(flash.writes() - before).isLessThanOrEqualTo(150);
    soothe.deed = () -> isDead = false;
    before = flash.writes();
    fail();
    pass(60);
    assertThat(soothe.orders).hasSize(1);
    assertThat(flash.writes() - before).isBetween(2, 4);
  }

  @Test
  void a_remedy_that_never_answers_is_ended_by_its_limit_and_a_late_answer_is_dropped() {
    soothe.isMute = true;
    fail();
    pass(29);
    assertThat(topics()).doesNotContain(Topic.DONE);
    assertThat(remedy()).containsEntry("stage", "acting");
    pass(1);
    assertThat(journal())
        .contains("soothe came to nothing: no end within 30 s; looked at for up to 5 s");
    assertThat(remedy()).containsEntry("stage", "settling");
    var count = care.journal().entries().size();
    soothe.answers.get(0).accept(new RemedyOutcome.Useless("late"));
    pass(1);
    assertThat(care.journal().entries()).hasSize(count);
    pass(5);
    assertThat(soothe.orders).as("its next try").hasSize(2);
    soothe.answers.get(0).accept(new RemedyOutcome.Useless("later still"));
    pass(1);
    assertThat(remedy()).as("not the end of this one").containsEntry("stage", "acting");
  }

  @Test
  void a_remedy_that_throws_has_failed() {
    soothe.isMute = true;
    soothe.deed = () -> {
      throw new IllegalStateException("on purpose");
    };
    fail();
    assertThat(journal())
        .contains("soothe came to nothing: it failed: java.lang.IllegalStateException: on purpose;"
            + " looked at for up to 5 s");
    assertThat(lanes.readings().get(0).thrown()).isZero();
  }

  @Test
  void a_remedy_that_left_while_its_order_was_written_has_failed() {
    pass(1);
    isDead = true;
    leavesWhileOrdered = true;
    care.nudge();
    pass(1);
    assertThat(soothe.orders).isEmpty();
    assertThat(journal())
        .contains(
            "soothe came to nothing: its capability has gone meanwhile; looked at for up to 5 s");
  }

  @Test
  void listeners_hear_of_every_step() {
    soothe.deed = () -> isDead = false;
    pass(2);
    told.clear();
    fail();
    pass(10);
    assertThat(told).as("found and ordered; done and helped; over").hasSize(3);
  }

  @Test
  void a_pause_holds_remedies_back_and_has_an_end() {
    for (var bad :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(24).plusNanos(1))) {
      assertThatIllegalArgumentException().isThrownBy(() -> care.pause(bad, "no end"));
    }
    care.pause(Duration.ofHours(24), "new roof");
    fail();
    pass(3600);
    assertThat(soothe.orders).isEmpty();
    assertThat(care.figures().values())
        .containsEntry("pause_reason", "new roof")
        .hasEntrySatisfying(
            "pause_left_seconds", left -> assertThat((Double) left).isBetween(82_795.0, 82_801.0));
    care.resume("done");
    pass(1);
    assertThat(soothe.orders).hasSize(1);
    assertThat(care.figures().values()).doesNotContainKeys("pause_reason", "pause_left_seconds");
  }

  @Test
  void the_pause_that_is_set_is_one_also_when_it_is_set_before_the_memory_was_read() {
    care.close();
    care = new CareLoop(lanes, lanes, () -> Instant.EPOCH, flash, "boot-1", LADDER, Map::of);
    care.setPause(10);
    care.start();
    care.add(probe());
    pass(1);
    assertThat(care.figures().values()).containsEntry("pause_reason", "set in the settings");
  }

  @Test
  void a_refused_ladder_is_told_with_its_line_and_the_old_one_stays() {
    pass(1);
    var before = care.figures().values().get("ladder");
    care.setLadder(Optional.of("fault DEAD\n"));
    pass(1);
    assertThat(care.figures().values())
        .containsEntry("ladder", before)
        .containsEntry("ladder_refused", "line 1: the line ends where 'blamed' should stand");
    assertThat(journal())
        .last()
        .isEqualTo("The ladder that was set is refused, " + before
            + " stays in force: line 1: the line ends where 'blamed' should stand");
    care.refuseLadder("/etc/ladder cannot be read");
    pass(1);
    assertThat(care.figures().values())
        .containsEntry("ladder_refused", "/etc/ladder cannot be read");
    var entries = care.journal().entries().size();
    care.setLadder(Optional.of(LADDER + "budget none 5 per 1 h"));
    pass(1);
    assertThat(care.figures().values()).doesNotContainKey("ladder_refused");
    assertThat(care.figures().values().get("ladder")).isNotEqualTo(before);
    assertThat(care.journal().entries())
        .as("one entry, and no refusal of a good one")
        .hasSize(entries + 1);
    care.setLadder(Optional.empty());
    care.setLadder(Optional.empty());
    pass(1);
    assertThat(figure("ladder").toString()).startsWith("built-in ");
    assertThat(care.journal().entries()).as("one entry for both").hasSize(entries + 2);
    assertThat(journal()).last().asString().endsWith("is in force");
  }

  @Test
  void a_memory_that_is_damaged_counts_as_a_spent_node_budget() throws IOException {
    care.close();
    for (var place : List.of("care.a", "care.b")) {
      flash.write(place, new byte[] {1, 2, 3});
    }
    care = begin(lanes, "boot-1");
    fail();
    pass(900);
    assertThat(journal().get(0)).startsWith("Attempts and budgets of before are lost");
    assertThat(restart.orders).hasSize(2);
    assertThat(reboot.orders).isEmpty();
  }

  @Test
  void figures_tell_what_is_done_and_what_may_still_be_done() {
    soothe.isMute = true;
    fail();
    pass(3);
    var figures = care.figures().values();
    assertThat(figures)
        .containsOnlyKeys(
            "ladder",
            "boots_count",
            "remembers",
            "remedy",
            "climbs",
            "budgets",
            "journal_count",
            "journal");
    assertThat(remedy())
        .containsExactlyInAnyOrderEntriesOf(Map.of(
            "name",
            "soothe",
            "effect",
            "none",
            "fault",
            "DEAD",
            "rung",
            1L,
            "rungs",
            3L,
            "try",
            1L,
            "tries",
            2L,
            "stage",
            "acting",
            "lasting_seconds",
            remedy().get("lasting_seconds")));
    assertThat((Double) remedy().get("lasting_seconds")).isBetween(3.0, 3.1);
    assertThat(list("climbs"))
        .containsExactly(Map.of(
            "fault", "DEAD", "rung", 1L, "rungs", 3L, "failed_count", 0L, "stage", "climbing"));
    assertThat(list("budgets"))
        .containsExactly(
            Map.of(
                "class",
                "traffic",
                "limit_count",
                6L,
                "window_seconds",
                86_400.0,
                "used_count",
                0L),
            Map.of(
                "class", "node", "limit_count", 1L, "window_seconds", 86_400.0, "used_count", 0L));
    assertThat(list("journal"))
        .last()
        .isEqualTo(Map.of(
            "number", figures.get("journal_count"),
            "at", "1970-01-01T00:00:00Z",
            "kind", "ordered",
            "fault", "DEAD",
            "remedy", "soothe",
            "words", "soothe, rung 1 of 3, for DEAD, try 1 of 2"));
    soothe.isMute = false;
    pass(600);
    assertThat(list("climbs"))
        .singleElement()
        .satisfies(climb -> assertThat(climb)
            .containsEntry("stage", "resting")
            .hasEntrySatisfying(
                "words",
                words -> assertThat(words.toString()).matches("rests; looks again in \\d+ min")));
    assertThat(list("budgets")).extracting(one -> one.get("used_count")).containsExactly(2L, 1L);
    assertThat(list("journal")).hasSizeLessThanOrEqualTo(20);
  }

  @Test
  void a_fault_that_is_gone_for_now_is_told_as_on_probation() {
    restart.deed = () -> isDead = false;
    fail();
    lanes.passUntil(() -> !isDead, Duration.ofMinutes(1));
    pass(30);
    assertThat(list("climbs"))
        .singleElement()
        .satisfies(climb -> assertThat(climb).containsEntry("stage", "probation"));
    assertThat(care.climbing()).containsExactly("DEAD");
    pass(300);
    assertThat(care.climbing()).isEmpty();
  }

  private CareLoop begin(Lanes on, String boot) {
    var loop =
        new CareLoop(on, lanes, () -> Instant.EPOCH, flash, boot, BuiltInLadder.text(), Map::of);
    loop.setLadder(Optional.of(LADDER));
    loop.start();
    loop.add(soothe);
    loop.add(restart);
    loop.add(reboot);
    loop.add(probe());
    loop.add(report -> told.add(report.state().name()));
    return loop;
  }

  private Probe probe() {
    return new Probe() {
      @Override
      public String name() {
        return "babel";
      }

      @Override
      public List<Reading> readings() {
        if (leavesWhileOrdered) {
          // Comes to care's lane after the order of this look, and before it is written.
          care.remove(soothe);
        }
        return List.of(
            isDead
                ? new Reading.Wrong(DEAD, lanes.now(), Blame.OURS, "no process")
                : new Reading.Well(DEAD, lanes.now()));
      }
    };
  }

  private void fail() {
    pass(1);
    isDead = true;
    care.nudge();
    lanes.pass(Duration.ofMillis(100));
  }

  private void pass(long seconds) {
    lanes.pass(Duration.ofSeconds(seconds));
  }

  private List<String> journal() {
    return care.journal().entries().stream().map(CareJournal.Entry::words).toList();
  }

  private List<Topic> topics() {
    return care.journal().entries().stream().map(CareJournal.Entry::topic).toList();
  }

  private Object figure(String name) {
    return Objects.requireNonNull(care.figures().values().get(name));
  }

  private Map<String, Object> remedy() {
    return ((Figures) figure("remedy")).values();
  }

  private List<Map<String, Object>> list(String name) {
    return ((List<?>) figure(name))
        .stream().map(one -> ((Figures) one).values()).toList();
  }

  private List<String> spentOnFlash() throws IOException {
    return new DurableFile(flash, "care").read() instanceof DurableFile.Found.Content content
        ? Recovery.resume(content.text(), "boot-1", lanes.now(), Instant.EPOCH)
            .orElseThrow()
            .memory()
            .spent()
            .stream()
            .map(one -> one.remedy())
            .toList()
        : List.of();
  }

  /** Lanes whose pool has no thread free while so told. */
  private static final class StarvedLanes implements Lanes {
    private final Lanes lanes;
    private boolean isStarved;

    StarvedLanes(Lanes lanes) {
      this.lanes = lanes;
    }

    @Override
    public List<LaneReading> readings() {
      return lanes.readings();
    }

    @Override
    public Lane open(String name, int capacity) {
      var lane = lanes.open(name, capacity);
      return new Lane() {
        @Override
        public String name() {
          return lane.name();
        }

        @Override
        public Posting post(String task, Runnable work) {
          return lane.post(task, work);
        }

        @Override
        public Timer after(Duration delay, String task, Runnable work) {
          return lane.after(delay, task, work);
        }

        @Override
        public Timer every(Duration pause, String task, Runnable work) {
          return lane.every(pause, task, work);
        }

        @Override
        public <T> void aside(
            String task, Duration limit, Callable<T> slow, Consumer<Outcome<T>> answer) {
          if (isStarved && task.startsWith("write")) {
            lane.after(Duration.ZERO, task, () -> answer.accept(new Outcome.Late<>(Duration.ZERO)));
          } else {
            lane.aside(task, limit, slow, answer);
          }
        }

        @Override
        public void promise(Duration period) {
          lane.promise(period);
        }

        @Override
        public void beat() {
          lane.beat();
        }

        @Override
        public LaneReading reading() {
          return lane.reading();
        }

        @Override
        public void close() {
          lane.close();
        }
      };
    }
  }
}
