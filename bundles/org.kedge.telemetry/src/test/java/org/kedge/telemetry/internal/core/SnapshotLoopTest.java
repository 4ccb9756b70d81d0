package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;

class SnapshotLoopTest {
  private static final Duration PERIOD = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final OldUplink.Handover CONFIRMED = new OldUplink.Handover.Confirmed();
  private static final OldUplink.Handover FAILED =
      new OldUplink.Handover.Failed("no way there", true);

  private final VirtualLanes time = new VirtualLanes(new Uptime(0));
  private final LaneWithSlowWork lane = new LaneWithSlowWork(time.open("telemetry", 16));
  private final FakeUplink uplink = new FakeUplink();
  private final List<String> diary = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private Supplier<String> state = () -> "as at " + seconds();
  private long numbers;
  private final SnapshotLoop loop = loop(PERIOD);

  @Test
  void the_first_snapshot_goes_at_once_and_then_one_each_period() {
    loop.soon();
    time.pass(SOON);
    assertThat(uplink.sent).hasSize(1);
    time.pass(PERIOD.multipliedBy(3));
    assertThat(uplink.sent).hasSize(4);
    assertThat(uplink.gaps()).allSatisfy(gap -> assertThat(gap).isEqualTo(PERIOD));
    assertThat(uplink.subjects).containsOnly("snapshot");
  }

  @Test
  void the_sequence_grows_by_one_with_each_message() {
    loop.soon();
    time.pass(PERIOD.multipliedBy(4));
    assertThat(uplink.numbers()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void the_sequence_goes_on_in_the_loop_that_new_settings_begin() {
    loop.soon();
    time.pass(PERIOD.multipliedBy(2));
    loop.stop();
    loop(Duration.ofSeconds(5)).soon();
    time.pass(Duration.ofSeconds(6));
    assertThat(uplink.numbers()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void a_change_is_sent_soon_and_begins_a_new_period() {
    loop.soon();
    time.pass(Duration.ofSeconds(20));
    loop.soon();
    time.pass(SOON);
    assertThat(uplink.sent).hasSize(2);
    time.pass(PERIOD.minus(Duration.ofSeconds(2)));
    assertThat(uplink.sent).hasSize(2);
    time.pass(Duration.ofSeconds(2));
    assertThat(uplink.sent).hasSize(3);
  }

  @Test
  void changes_in_one_breath_travel_together() {
    loop.soon();
    time.pass(Duration.ofSeconds(20));
    for (var change = 0; change < 5; change++) {
      loop.soon();
      time.pass(Duration.ofMillis(10));
    }
    time.pass(SOON);
    assertThat(uplink.sent).hasSize(2);
  }

  @Test
  void changes_that_never_cease_do_not_put_the_telling_off() {
    loop.soon();
    time.pass(Duration.ofSeconds(20));
    for (var change = 0; change < 100; change++) {
      loop.soon();
      time.pass(Duration.ofMillis(100));
    }
    assertThat(uplink.sent).hasSizeBetween(30, 60);
  }

  @Test
  void a_change_while_a_message_is_under_way_is_sent_soon_after_it() {
    lane.slowWorkTakes(Duration.ofSeconds(3));
    loop.soon();
    time.pass(Duration.ofSeconds(1));
    loop.soon();
    time.pass(Duration.ofSeconds(1));
    assertThat(uplink.sent).isEmpty();
    time.pass(Duration.ofSeconds(5));
    assertThat(uplink.numbers()).containsExactly(1L, 2L);
  }

  @Test
  void one_message_is_under_way_at_a_time() {
    lane.slowWorkTakes(Duration.ofSeconds(7));
    var brisk = loop(Duration.ofSeconds(5));
    brisk.soon();
    for (var change = 0; change < 200; change++) {
      brisk.soon();
      time.pass(Duration.ofMillis(300));
    }
    assertThat(uplink.sent).hasSizeGreaterThan(4);
    assertThat(lane.mostUnderWay()).isEqualTo(1);
  }

  @Test
  void failures_back_off_up_to_30_s() {
    uplink.answer = FAILED;
    loop.soon();
    time.pass(Duration.ofMinutes(5));
    assertThat(pauses.subList(0, 8))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    assertThat(uplink.gaps()).isEqualTo(pauses.subList(0, pauses.size() - 1));
    assertThat(diary).startsWith("failed 1: no way there", "failed 2: no way there");
  }

  @Test
  void after_failures_the_newest_state_is_sent_and_the_period_is_kept_again() {
    uplink.answer = FAILED;
    loop.soon();
    time.pass(Duration.ofSeconds(10));
    uplink.answer = CONFIRMED;
    state = () -> "the newest";
    uplink.forget();
    time.pass(Duration.ofSeconds(16));
    assertThat(uplink.sent).hasSize(1).allMatch(message -> message.endsWith("the newest"));
    assertThat(diary).last().isEqualTo("sent 5 after 4");
    time.pass(PERIOD);
    assertThat(uplink.sent).hasSize(2);
    assertThat(diary).last().isEqualTo("sent 6 after 0");
  }

  @Test
  void a_change_during_a_failure_does_not_hurry_the_next_try() {
    uplink.answer = FAILED;
    loop.soon();
    // Tries at 0.2, 1.2, 3.2 and 7.2 s; the next is due at 15.2 s.
    time.pass(Duration.ofSeconds(8));
    for (var change = 0; change < 60; change++) {
      loop.soon();
      time.pass(Duration.ofMillis(100));
    }
    assertThat(uplink.sent).hasSize(4);
    time.pass(Duration.ofSeconds(2));
    assertThat(uplink.sent).hasSize(5);
  }

  @Test
  void a_publish_that_never_ends_is_given_up_and_the_loop_goes_on() {
    lane.slowWorkNeverEnds();
    loop.soon();
    time.pass(Duration.ofSeconds(16));
    assertThat(diary).containsExactly("failed 1: no end within 15 s");
    lane.slowWorkTakes(Duration.ZERO);
    time.pass(SOON);
    assertThat(diary).last().isEqualTo("sent 2 after 1");
  }

  @Test
  void an_uplink_that_throws_is_a_failure_like_any_other() {
    uplink.answer = FAILED;
    uplink.bug = true;
    loop.soon();
    time.pass(Duration.ofMillis(500));
    assertThat(diary).containsExactly("failed 1: java.lang.IllegalStateException: a bug");
    uplink.bug = false;
    uplink.answer = CONFIRMED;
    time.pass(Duration.ofSeconds(2));
    assertThat(diary).last().isEqualTo("sent 2 after 1");
  }

  @Test
  void a_snapshot_that_cannot_be_made_is_tried_again_and_does_not_end_the_loop() {
    state = () -> {
      throw new IllegalStateException("two figures of one name");
    };
    loop.soon();
    time.pass(Duration.ofMillis(500));
    assertThat(diary).hasSize(1).allMatch(line -> line.contains("two figures of one name"));
    state = () -> "well again";
    time.pass(Duration.ofSeconds(2));
    assertThat(uplink.sent).hasSize(1).allMatch(message -> message.endsWith("well again"));
  }

  @Test
  void stop_ends_it() {
    loop.soon();
    time.pass(SOON);
    loop.stop();
    loop.soon();
    time.pass(PERIOD.multipliedBy(5));
    assertThat(uplink.sent).hasSize(1);
  }

  @Test
  void stop_while_a_message_is_under_way_ends_it_too() {
    lane.slowWorkTakes(Duration.ofSeconds(3));
    loop.soon();
    time.pass(SOON);
    loop.stop();
    time.pass(PERIOD.multipliedBy(5));
    assertThat(uplink.sent).hasSize(1);
    assertThat(diary).isEmpty();
  }

  private long seconds() {
    return time.now().since(new Uptime(0)).toSeconds();
  }

  private SnapshotLoop loop(Duration period) {
    return new SnapshotLoop(
        lane,
        uplink,
        period,
        () -> ++numbers,
        number -> (number + " " + state.get()).getBytes(StandardCharsets.UTF_8),
        () -> 1,
        new SnapshotLoop.Diary() {
          @Override
          public void sent(long sequence, int failures) {
            diary.add("sent " + sequence + " after " + failures);
          }

          @Override
          public void failed(String why, int failures, Duration pause) {
            diary.add("failed " + failures + ": " + why);
            pauses.add(pause);
          }
        });
  }

  private final class FakeUplink implements OldUplink {
    private final List<String> sent = new ArrayList<>();
    private final List<String> subjects = new ArrayList<>();
    private final List<Uptime> moments = new ArrayList<>();
    private Handover answer = CONFIRMED;
    private boolean bug;

    @Override
    public Handover publish(String subject, byte[] payload) {
      if (bug) {
        throw new IllegalStateException("a bug");
      }
      subjects.add(subject);
      sent.add(new String(payload, StandardCharsets.UTF_8));
      moments.add(time.now());
      return answer;
    }

    private List<Long> numbers() {
      return sent.stream()
          .map(message -> Long.valueOf(message.split(" ", -1)[0]))
          .toList();
    }

    private List<Duration> gaps() {
      var gaps = new ArrayList<Duration>();
      for (var i = 1; i < moments.size(); i++) {
        gaps.add(moments.get(i).since(moments.get(i - 1)));
      }
      return gaps;
    }

    private void forget() {
      sent.clear();
      moments.clear();
    }

    @Override
    public void close() {}
  }
}
