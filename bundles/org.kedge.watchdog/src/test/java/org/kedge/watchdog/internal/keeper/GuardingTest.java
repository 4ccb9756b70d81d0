package org.kedge.watchdog.internal.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.watchdog.api.PetDevice;

/** The keeper's steps in virtual time, beside a care that beats or does not. */
class GuardingTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final VirtualLanes time = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private final Lane world = time.open("world", 1000);
  private final List<String> news = new ArrayList<>();
  private final Guarding guarding = new Guarding(time::readings, time);
  private final FakeTimer timer = new FakeTimer(time);
  private final FakeTimer other = new FakeTimer("gpio", time, () -> {});
  private Lane care = time.open("care", 64);
  private boolean isStuck;
  private boolean isKept = true;

  GuardingTest() {
    guarding.listen(() -> news.add("changed"));
    beginCare();
    keep();
  }

  private void beginCare() {
    care.promise(Duration.ofSeconds(1));
    care.every(Duration.ofSeconds(1), "look", () -> {
      if (!isStuck) {
        care.beat();
      }
    });
  }

  private void keep() {
    timer.look();
    other.look();
    if (isKept) {
      world.after(guarding.step(), "keep", this::keep);
    }
  }

  @Test
  void it_is_petted_at_a_third_of_its_time_out_for_as_long_as_care_beats() {
    guarding.use(plan(timer));
    time.pass(Duration.ofDays(1));
    assertThat(timer.pets).hasSizeBetween(24 * 60 * 3, 24 * 60 * 3 + 1);
    assertThat(timer.longestGap).isEqualTo(Duration.ofSeconds(20));
    assertThat(guarding.guard().held()).hasValueSatisfying(held -> {
      assertThat(held.identity()).isEqualTo("fake linux");
      assertThat(held.timeout()).isEqualTo(MINUTE);
    });
    assertThat(guarding.guard().pets()).isEqualTo(timer.pets.size());
  }

  @Test
  void a_device_with_a_time_out_of_its_own_is_petted_at_a_third_of_that() {
    timer.fixedTimeout = Optional.of(Duration.ofSeconds(3));
    guarding.use(plan(timer));
    // The keeper's thread takes its next step at once after an order; here it comes when it was
    // due.
    time.pass(Duration.ofSeconds(5));
    timer.longestGap = Duration.ZERO;
    time.pass(MINUTE);
    assertThat(timer.longestGap).isEqualTo(Duration.ofSeconds(1));
    assertThat(guarding.guard().held().orElseThrow().caveats())
        .containsExactly("the time-out cannot be set");
  }

  @Test
  void care_that_is_stuck_is_petted_for_no_more_within_30_s_and_the_timer_acts() {
    guarding.use(plan(timer));
    time.pass(Duration.ofMinutes(10));
    var stuckAt = time.now();
    isStuck = true;
    time.pass(Duration.ofMinutes(2));
    assertThat(timer.pets.get(timer.pets.size() - 1).since(stuckAt))
        .isLessThan(Duration.ofSeconds(30));
    assertThat(timer.hasActed).isTrue();
    assertThat(guarding.guard().unpetted().orElseThrow())
        .startsWith("care's lane has not beaten for ");
    assertThat(news).isNotEmpty();
  }

  @Test
  void care_that_moves_again_in_time_is_petted_for_again_and_nothing_happens() {
    guarding.use(plan(timer));
    time.pass(MINUTE);
    isStuck = true;
    time.pass(Duration.ofSeconds(35));
    isStuck = false;
    time.pass(Duration.ofMinutes(10));
    assertThat(timer.hasActed).isFalse();
    assertThat(guarding.guard().unpetted()).isEmpty();
  }

  @Test
  void a_stuck_lane_that_is_not_cares_is_cares_business_and_not_the_keepers() {
    var stuck = time.open("babel", 64);
    stuck.promise(Duration.ofSeconds(1));
    guarding.use(plan(timer));
    time.pass(Duration.ofHours(2));
    assertThat(timer.hasActed).isFalse();
  }

  @Test
  void an_update_that_takes_care_away_for_four_minutes_resets_nobody() {
    guarding.use(plan(timer));
    time.pass(MINUTE);
    care.close();
    time.pass(Duration.ofMinutes(4));
    care = time.open("care", 64);
    beginCare();
    time.pass(Duration.ofHours(1));
    assertThat(timer.hasActed).isFalse();
  }

  @Test
  void after_a_reset_by_the_timer_a_stuck_care_is_borne_for_its_time() {
    guarding.use(plan(timer));
    guarding.bePatient(time.now().plus(Duration.ofMinutes(30)));
    isStuck = true;
    time.pass(Duration.ofMinutes(29));
    assertThat(timer.hasActed).isFalse();
    time.pass(Duration.ofMinutes(3));
    assertThat(timer.hasActed).isTrue();
  }

  @Test
  void the_last_rung_lets_the_timer_act_and_pets_it_again_where_it_does_not() {
    var spared = new ArrayList<String>();
    guarding.use(plan(timer));
    time.pass(MINUTE);
    guarding.bite(
        "BABEL_DEAD outlasted its ladder", MINUTE.multipliedBy(2), () -> spared.add("spared"));
    time.pass(Duration.ofSeconds(70));
    assertThat(timer.hasActed).isTrue();
    assertThat(spared).isEmpty();
    time.pass(MINUTE);
    assertThat(spared).containsExactly("spared");
    assertThat(guarding.guard().unpetted()).isEmpty();
    var pets = timer.pets.size();
    time.pass(MINUTE);
    assertThat(timer.pets).hasSizeGreaterThan(pets + 1);
  }

  @Test
  void the_first_device_that_can_be_had_is_held_and_only_that() {
    timer.refused = "held by watchdogd (pid 211)";
    guarding.use(plan(timer, other));
    time.pass(MINUTE);
    assertThat(guarding.guard().held().orElseThrow().device()).isEqualTo("gpio");
    assertThat(other.held).isEqualTo(1);
  }

  @Test
  void a_busy_device_is_told_of_with_its_holder_and_had_once_it_is_free() {
    timer.refused = "held by watchdogd (pid 211)";
    guarding.use(plan(timer));
    time.pass(MINUTE);
    assertThat(guarding.guard().held()).isEmpty();
    assertThat(guarding.guard().unguarded()).isEqualTo("linux: held by watchdogd (pid 211)");
    assertThat(guarding.guard().isWanted()).isTrue();
    assertThat(timer.wanted).as("it is not asked all the time").hasSizeLessThan(6);
    timer.refused = "";
    time.pass(MINUTE);
    assertThat(guarding.guard().held()).isPresent();
    assertThat(guarding.guard().unguarded()).isEmpty();
  }

  @Test
  void a_node_without_any_timer_is_told_of_but_is_no_fault() {
    timer.absent = "there is no /dev/watchdog";
    guarding.use(new Plan(List.of(timer), MINUTE, false, ""));
    time.pass(MINUTE);
    assertThat(guarding.guard().unguarded()).isEqualTo("linux: there is no /dev/watchdog");
    assertThat(guarding.guard().isWanted()).isFalse();
  }

  @Test
  void a_device_that_vanishes_is_missed_and_taken_again_when_it_is_back() {
    guarding.use(new Plan(List.of(timer), MINUTE, false, ""));
    time.pass(MINUTE);
    timer.broken = "No such device";
    timer.absent = "there is no /dev/watchdog";
    time.pass(Duration.ofMinutes(2));
    assertThat(guarding.guard().held()).isEmpty();
    assertThat(guarding.guard().isWanted()).as("it was there before").isTrue();
    assertThat(timer.held).isZero();
    timer.broken = "";
    timer.absent = "";
    time.pass(MINUTE);
    assertThat(guarding.guard().held()).isPresent();
  }

  @Test
  void a_slow_device_makes_no_pet_late() {
    var slow = new FakeTimer("linux", time, () -> time.pass(Duration.ofSeconds(15)));
    isKept = false;
    guarding.use(plan(slow));
    for (var step = 0; step < 100; step++) {
      time.pass(guarding.step());
    }
    slow.look();
    assertThat(slow.hasActed).isFalse();
    assertThat(guarding.guard().slowestPet()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void the_same_settings_again_leave_the_timer_in_hand_and_others_change_it() {
    guarding.use(plan(timer));
    time.pass(MINUTE);
    guarding.use(plan(timer));
    assertThat(timer.wanted).hasSize(1);
    guarding.use(new Plan(List.of(timer), Duration.ofSeconds(30), true, ""));
    time.pass(MINUTE);
    assertThat(guarding.guard().held().orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(timer.held).isEqualTo(1);
    assertThat(timer.hasActed).isFalse();
  }

  @Test
  void what_comes_first_takes_over_and_the_other_is_disarmed_before() {
    guarding.use(plan(other));
    time.pass(MINUTE);
    guarding.use(plan(timer, other));
    time.pass(MINUTE);
    assertThat(guarding.guard().held().orElseThrow().device()).isEqualTo("linux");
    assertThat(other.isArmed()).isFalse();
    guarding.use(new Plan(List.of(), MINUTE, false, "'device' is set to none"));
    assertThat(timer.isArmed()).isFalse();
    assertThat(guarding.guard().unguarded()).isEqualTo("'device' is set to none");
  }

  @Test
  void left_for_a_reboot_it_stays_armed_from_a_last_pet_on() {
    guarding.use(plan(timer));
    time.pass(Duration.ofSeconds(75));
    isKept = false;
    guarding.leave();
    assertThat(timer.isArmed()).isTrue();
    assertThat(timer.pets.get(timer.pets.size() - 1)).isEqualTo(time.now());
    assertThat(guarding.guard().held()).isPresent();
    time.pass(MINUTE);
    timer.look();
    assertThat(timer.hasActed).as("a reboot that hangs").isTrue();
  }

  @Test
  void letting_go_disarms_it() {
    guarding.use(plan(timer));
    time.pass(MINUTE);
    isKept = false;
    guarding.letGo();
    time.pass(Duration.ofHours(1));
    timer.look();
    assertThat(timer.isArmed()).isFalse();
    assertThat(timer.hasActed).isFalse();
  }

  private static Plan plan(PetDevice... devices) {
    return new Plan(List.of(devices), MINUTE, true, "");
  }
}
