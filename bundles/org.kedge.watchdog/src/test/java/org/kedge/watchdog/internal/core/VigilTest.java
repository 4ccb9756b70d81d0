package org.kedge.watchdog.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.LaneReading;
import org.kedge.base.api.Uptime;

class VigilTest {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private Uptime now = Uptime.of(Duration.ofHours(1));
  private Vigil vigil = new Vigil(Uptime.of(Duration.ZERO));
  private long beats;

  @Test
  void while_care_beats_the_timer_is_petted() {
    for (var look = 0; look < 1000; look++) {
      beats += 5;
      assertThat(look(PAUSE)).isEmpty();
    }
  }

  @Test
  void care_that_has_not_beaten_for_20_s_is_stuck_and_not_a_moment_sooner() {
    look(PAUSE);
    for (var silent = 1; silent < 4; silent++) {
      assertThat(look(PAUSE)).as("%s s", silent * 5).isEmpty();
    }
    assertThat(look(PAUSE))
        .hasValue("care's lane has not beaten for 20 s, it is at 'ask probe babel'");
  }

  @Test
  void care_that_beats_again_is_petted_for_again() {
    look(PAUSE);
    for (var silent = 0; silent < 6; silent++) {
      look(PAUSE);
    }
    beats++;
    assertThat(look(PAUSE)).isEmpty();
  }

  @Test
  void a_pause_of_the_whole_process_however_long_counts_as_one_look() {
    look(PAUSE);
    for (var pauses = 0; pauses < 3; pauses++) {
      assertThat(look(Duration.ofHours(2))).isEmpty();
    }
    assertThat(look(Duration.ofHours(2))).isPresent();
  }

  @Test
  void a_care_that_was_replaced_by_an_update_is_alive_though_its_beats_begin_anew() {
    beats = 4000;
    look(PAUSE);
    for (var absent = 0; absent < 30; absent++) {
      assertThat(absent()).isEmpty();
    }
    beats = 1;
    assertThat(look(PAUSE)).isEmpty();
  }

  @Test
  void a_node_without_any_care_is_not_guarded_for_more_than_five_minutes() {
    look(PAUSE);
    for (var absent = 1; absent < 60; absent++) {
      assertThat(absent()).isEmpty();
    }
    assertThat(absent()).hasValue("there has been no care for 300 s");
  }

  @Test
  void a_care_that_comes_and_goes_without_ever_beating_is_no_life() {
    look(PAUSE);
    for (var absent = 0; absent < 59; absent++) {
      absent();
    }
    assertThat(look(PAUSE)).isPresent();
  }

  @Test
  void after_a_reset_a_stuck_care_is_borne_until_the_time_for_the_next() {
    vigil = new Vigil(now.plus(Duration.ofMinutes(10)));
    look(PAUSE);
    for (var silent = 0; silent < 118; silent++) {
      assertThat(look(PAUSE)).isEmpty();
    }
    look(PAUSE);
    assertThat(look(PAUSE)).isPresent();
  }

  private Optional<String> look(Duration passed) {
    now = now.plus(passed);
    var task = "ask probe babel";
    return vigil.look(
        Optional.of(new LaneReading(
            "care",
            0,
            64,
            0,
            0,
            Duration.ZERO,
            task,
            Optional.of(Duration.ofSeconds(1)),
            beats,
            Duration.ZERO)),
        PAUSE,
        now);
  }

  private Optional<String> absent() {
    now = now.plus(PAUSE);
    return vigil.look(Optional.empty(), PAUSE, now);
  }
}
