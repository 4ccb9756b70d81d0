package org.kedge.care.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Lane.Posting;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareReport.State;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;

class CareLoopTest {
  private static final FaultKind DEAD = kind("DEAD");
  private static final FaultKind FULL = kind("FULL");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofMillis(50);

  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private Map<String, List<String>> refused = Map.of();
  private final MemoryFlash memory = new MemoryFlash();
  private final CareLoop care = new CareLoop(
      lanes, lanes, () -> Instant.EPOCH, memory, "boot-1", BuiltInLadder.text(), () -> refused);
  private final FakeProbe babel = new FakeProbe("babel", () -> List.of(well(DEAD)));
  private final FakeProbe flash = new FakeProbe("flash", () -> List.of(well(FULL)));
  private final Diary diary = new Diary();

  @BeforeEach
  void start() {
    care.start();
    lanes.pass(Duration.ZERO);
  }

  @Test
  void without_a_probe_nothing_is_judged() {
    care.add(diary);
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(care.latest()).isEmpty();
    assertThat(diary.told).isEmpty();
  }

  @Test
  void it_looks_every_second_and_the_latest_report_is_there_for_all() {
    care.add(babel);
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(babel.asked.get()).isBetween(10, 11);
    assertThat(care.latest()).hasValueSatisfying(report -> {
      assertThat(report.state()).isEqualTo(State.HEALTHY);
      assertThat(report.at()).isEqualTo(lanes.now());
    });
  }

  @Test
  void a_refused_setting_is_a_fault_that_is_left_to_people_until_it_is_right() {
    care.add(babel);
    lanes.pass(SECOND);
    refused = Map.of("org.kedge.babel", List.of("Setting 'hello' of org.kedge.babel is 'x'"));
    care.nudge();
    lanes.pass(SOON);
    assertThat(latest().faultNames()).containsExactly("SETTING_REFUSED");
    assertThat(latest().faults().get(0).evidence())
        .isEqualTo("Setting 'hello' of org.kedge.babel is 'x'");
    assertThat(care.doing().left()).containsExactly("SETTING_REFUSED");
    lanes.pass(Duration.ofHours(2));
    assertThat(latest().faultNames()).containsExactly("SETTING_REFUSED");
    assertThat(care.figures().values()).doesNotContainKey("ladder_refused");
    refused = Map.of();
    lanes.pass(SECOND.multipliedBy(5));
    assertThat(latest().state()).isEqualTo(State.HEALTHY);
    assertThat(care.journal().entries())
        .filteredOn(entry -> entry.fault().equals(Optional.of("SETTING_REFUSED")))
        .extracting(CareJournal.Entry::topic)
        .containsExactly(CareJournal.Topic.FOUND, CareJournal.Topic.OVER);
  }

  @Test
  void a_nudge_makes_it_look_at_once_and_many_make_it_look_once() {
    care.add(babel);
    lanes.pass(SECOND.plusMillis(1));
    var before = babel.asked.get();
    babel.readings = () -> List.of(wrong(DEAD));
    for (var number = 0; number < 1000; number++) {
      care.nudge();
    }
    lanes.pass(SOON);
    assertThat(babel.asked).hasValue(before + 1);
    assertThat(latest().faultNames()).containsExactly("DEAD");
    assertThat(careLane().refused()).isZero();
    care.nudge();
    lanes.pass(SOON);
    assertThat(babel.asked).as("and again for the next").hasValue(before + 2);
  }

  @Test
  void listeners_are_told_when_the_faults_or_the_state_change_and_only_then() {
    care.add(diary);
    care.add(babel);
    lanes.pass(SECOND.multipliedBy(5));
    babel.readings = () -> List.of(wrong(DEAD));
    lanes.pass(SECOND.multipliedBy(5));
    babel.readings = () -> List.of(wrong(DEAD), wrong(FULL));
    lanes.pass(SECOND.multipliedBy(5));
    babel.readings = () -> List.of(well(DEAD), well(FULL));
    lanes.pass(SECOND.multipliedBy(10));
    babel.readings = () -> List.of(new Reading.Unseen(DEAD, lanes.now(), "dark"));
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(diary.told)
        .containsExactly(
            "HEALTHY []", "FAULTY [DEAD]", "FAULTY [DEAD, FULL]", "HEALTHY []", "UNSURE []");
  }

  @Test
  void who_is_handed_over_twice_takes_part_once_and_goes_at_once() {
    care.add(babel);
    care.add(babel);
    care.add(diary);
    care.add(diary);
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(babel.asked.get()).isBetween(10, 11);
    assertThat(diary.told).hasSize(1);
    care.remove(diary);
    babel.readings = () -> List.of(wrong(DEAD));
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(diary.told).hasSize(1);
  }

  @Test
  void a_probe_that_throws_does_not_stop_the_others() {
    for (var thrown : List.<Supplier<List<Reading>>>of(
        () -> {
          throw new IllegalStateException("on purpose");
        },
        () -> {
          throw new NoClassDefFoundError("org/kedge/gone/Away");
        },
        () -> {
          throw new AssertionError("on purpose");
        })) {
      var bad = new FakeProbe("bad", thrown);
      care.add(bad);
      care.add(babel);
      babel.readings = () -> List.of(wrong(DEAD));
      lanes.pass(SECOND);
      assertThat(latest().faultNames()).containsExactly("DEAD");
      assertThat(latest().at()).isEqualTo(lanes.now());
      assertThat(careLane().thrown()).isZero();
      babel.readings = () -> List.of(well(DEAD));
      lanes.pass(SECOND.multipliedBy(5));
      assertThat(latest().faultNames()).as("a fault of its own").containsExactly("LANE_STUCK");
      assertThat(latest().faults().get(0).evidence()).contains("probe 'bad' failed");
      care.remove(bad);
      lanes.pass(SECOND.multipliedBy(5));
      assertThat(latest().state()).isEqualTo(State.HEALTHY);
      care.remove(babel);
    }
  }

  @Test
  void a_probe_that_throws_leaves_what_it_watches_unseen_and_its_faults_standing() {
    care.add(diary);
    care.add(babel);
    care.add(flash);
    flash.readings = () -> List.of(wrong(FULL));
    lanes.pass(SECOND);
    flash.readings = () -> {
      throw new IllegalStateException("on purpose");
    };
    babel.readings = () -> {
      throw new IllegalStateException("on purpose");
    };
    lanes.pass(SECOND.multipliedBy(60));
    assertThat(latest().faultNames()).containsExactly("LANE_STUCK", "FULL");
    assertThat(latest().unknown())
        .extracting(CareReport.Unknown::kind)
        .containsExactlyInAnyOrder(DEAD, FULL);
    assertThat(latest().unknown().get(0).why()).contains("probe 'babel' failed", "on purpose");

    flash.readings = () -> List.of(well(FULL));
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(latest().faultNames()).as("babel is still unseen").containsExactly("LANE_STUCK");
    assertThat(latest().unknown()).extracting(CareReport.Unknown::kind).containsExactly(DEAD);
    babel.readings = () -> List.of(well(DEAD));
    lanes.pass(SECOND.multipliedBy(5));
    assertThat(latest().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void the_faults_of_a_probe_that_leaves_end() {
    care.add(babel);
    care.add(flash);
    babel.readings = () -> List.of(wrong(DEAD));
    lanes.pass(SECOND);
    assertThat(latest().state()).isEqualTo(State.FAULTY);
    care.remove(babel);
    lanes.pass(SECOND);
    assertThat(latest().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void a_new_listener_is_told_the_present_state_once() {
    care.add(babel);
    babel.readings = () -> List.of(wrong(DEAD));
    lanes.pass(SECOND.multipliedBy(3));
    care.add(diary);
    assertThat(diary.told).as("on care's lane, not on the caller's thread").isEmpty();
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(diary.told).containsExactly("FAULTY [DEAD]");
  }

  @Test
  void a_new_listener_ends_with_the_newest_state_and_not_with_the_one_when_it_came() {
    care.add(babel);
    lanes.pass(SECOND);
    babel.readings = () -> List.of(wrong(DEAD));
    care.nudge();
    care.add(diary);
    lanes.pass(SOON);
    assertThat(diary.told).isNotEmpty().last().isEqualTo("FAULTY [DEAD]");
  }

  @Test
  void a_listener_that_left_is_not_told() {
    care.add(babel);
    lanes.pass(SECOND);
    care.add(diary);
    care.remove(diary);
    babel.readings = () -> List.of(wrong(DEAD));
    lanes.pass(SECOND.multipliedBy(3));
    assertThat(diary.told).isEmpty();
  }

  @Test
  void a_listener_that_throws_does_not_keep_the_news_from_the_others() {
    var bad = new AtomicInteger();
    care.add(report -> {
      bad.incrementAndGet();
      throw new IllegalStateException("on purpose");
    });
    care.add(diary);
    care.add(babel);
    lanes.pass(SECOND.multipliedBy(2));
    babel.readings = () -> List.of(wrong(DEAD));
    lanes.pass(SECOND.multipliedBy(2));
    assertThat(diary.told).containsExactly("HEALTHY []", "FAULTY [DEAD]");
    assertThat(bad).hasValue(2);
    assertThat(careLane().thrown()).isZero();
  }

  @Test
  void once_stopped_it_looks_no_more() {
    care.add(babel);
    lanes.pass(SECOND);
    var asked = babel.asked.get();
    care.close();
    care.nudge();
    lanes.pass(SECOND.multipliedBy(10));
    assertThat(babel.asked).hasValue(asked);
    assertThat(lanes.readings()).isEmpty();
    assertThat(lanes.open("other", 1).post("work", () -> {})).isEqualTo(Posting.ACCEPTED);
  }

  private CareReport latest() {
    return care.latest().orElseThrow();
  }

  private LaneReading careLane() {
    return lanes.readings().get(0);
  }

  private Reading well(FaultKind kind) {
    return new Reading.Well(kind, lanes.now());
  }

  private Reading wrong(FaultKind kind) {
    return new Reading.Wrong(kind, lanes.now(), Blame.OURS, "seen");
  }

  private static FaultKind kind(String name) {
    return new FaultKind(
        name, Layer.BABEL, Duration.ZERO, Duration.ofSeconds(30), Set.of(), false, "Look at it.");
  }

  private static final class FakeProbe implements Probe {
    private final String name;
    private final AtomicInteger asked = new AtomicInteger();
    private Supplier<List<Reading>> readings;

    FakeProbe(String name, Supplier<List<Reading>> readings) {
      this.name = name;
      this.readings = readings;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<Reading> readings() {
      asked.incrementAndGet();
      return readings.get();
    }
  }

  private static final class Diary implements CareListener {
    private final List<String> told = new ArrayList<>();

    @Override
    public void changed(CareReport report) {
      told.add(report.state() + " " + report.faultNames());
    }
  }
}
