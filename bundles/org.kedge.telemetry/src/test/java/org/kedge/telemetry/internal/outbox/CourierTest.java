package org.kedge.telemetry.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.outbox.MoodyUplink.Mood;

class CourierTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Outbox.Limits LIMITS = new Outbox.Limits(8 << 20, Duration.ofHours(72));

  private final VirtualLanes time = new VirtualLanes(new Uptime(0));
  private final SimulatedFlash flash = new SimulatedFlash();
  private final Reader reader = new Reader();
  private final MoodyUplink uplink = new MoodyUplink(time, reader);
  private final Random random = new Random(4);
  private final List<String> put = new ArrayList<>();
  private final List<String> news = new ArrayList<>();
  private String run = "run-0";
  private int runs;
  private Lane lane = time.open("telemetry", 64);
  private Courier courier = start();
  private String state = "online";

  @BeforeEach
  void use() {
    courier.use(Optional.of(uplink));
  }

  private Courier start() {
    run = "run-" + ++runs;
    lane = time.open("telemetry", 64);
    var shelf = new OutboxShelf(flash);
    try {
      return new Courier(
          lane,
          shelf,
          Optional.of(shelf.open()),
          LIMITS,
          run,
          time,
          random::nextDouble,
          () -> new Presence(bytes(state), bytes("offline")),
          new News());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The runtime is gone as after a kill, and another begins. */
  private void kill() {
    lane.close();
    courier = start();
    courier.use(Optional.of(uplink));
  }

  @Test
  void while_all_is_well_each_message_arrives_at_once_and_once_and_no_snapshot_touches_flash() {
    for (var minute = 0; minute < 60; minute++) {
      put(Kind.SNAPSHOT);
      time.pass(MINUTE);
      assertThat(reader.texts()).containsExactlyElementsOf(put);
    }
    assertThat(reader.repeats).isZero();
    assertThat(figure("written_bytes")).as("the first waits for its connection").isLessThan(2000);
    var before = figure("written_bytes");
    put(Kind.EVENT);
    time.pass(MINUTE);
    assertThat(figure("written_bytes")).isGreaterThan(before);
    assertThat(figure("unsent_count")).isZero();
  }

  @Test
  void after_72_hours_without_a_broker_and_a_kill_all_within_bounds_arrives_within_ten_minutes() {
    uplink.mood = Mood.AWAY;
    for (var minute = 0; minute < 72 * 60; minute++) {
      put(Kind.SNAPSHOT);
      if (minute % 90 == 45) {
        put(Kind.EVENT);
      }
      time.pass(MINUTE);
      if (minute == 30 * 60) {
        kill();
      }
    }
    assertThat(figure("thinned_count")).isZero();
    assertThat(flash.size()).isLessThan(8 << 20);
    uplink.mood = Mood.WELL;
    var back = time.now();
    put(Kind.SNAPSHOT);
    time.pass(Duration.ofMinutes(10));
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
    assertThat(reader.texts().get(0)).as("the state now first").isEqualTo(put.get(put.size() - 1));
    assertThat(reader.texts().subList(1, 49))
        .as("then what happened")
        .allMatch(text -> text.contains("EVENT"));
    assertThat(reader.peakInASecond()).isLessThanOrEqualTo(11);
    assertThat(figure("unsent_count")).isZero();
    var last = reader.arrivals.get(reader.arrivals.size() - 1).at();
    System.out.printf(
        "outage  72 virtual hours: %d messages, all there %d s after the broker, %d repeats, at most %d in a second, %d bytes of flash written%n",
        reader.arrivals.size(),
        last.since(back).toSeconds(),
        reader.repeats,
        reader.peakInASecond(),
        figure("written_bytes"));
    assertThat(flash.size()).as("and flash is given back").isLessThan(1000);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"WELL", "UNCONFIRMABLE"})
  void through_any_trouble_and_a_kill_in_it_every_message_arrives_and_what_waits_is_bounded(
      Mood mood) {
    put(Kind.EVENT);
    time.pass(MINUTE);
    uplink.mood = mood;
    for (var minute = 0; minute < 60; minute++) {
      put(Kind.SNAPSHOT);
      time.pass(Duration.ofSeconds(10));
      if (minute % 7 == 3) {
        put(Kind.EVENT);
      }
      time.pass(Duration.ofSeconds(50));
      if (minute == 31) {
        kill();
      }
    }
    if (mood != Mood.CHATTY && mood != Mood.CUTS && mood != Mood.MUTE && mood != Mood.NARROW) {
      assertThat(reader.texts()).containsExactly(put.get(0));
    }
    uplink.mood = Mood.WELL;
    time.pass(Duration.ofMinutes(10));
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
    assertThat(figure("unsent_count")).isZero();
    System.out.printf(
        "%s for an hour: %d messages, %d repeats, %d connects%n",
        mood, reader.arrivals.size(), reader.repeats, uplink.connects);
    assertThat(reader.repeats)
        .as("one try at a time is repeated, not the backlog")
        .isLessThan(250);
  }

  @Test
  void a_connection_that_confirms_nothing_is_tried_with_one_message_at_a_time() {
    for (var n = 0; n < 30; n++) {
      put(Kind.EVENT);
    }
    uplink.mood = Mood.MUTE;
    time.pass(Duration.ofSeconds(19));
    assertThat(reader.arrivals).hasSize(1);
    assertThat(figure("unsent_count")).isEqualTo(30);
  }

  @Test
  void a_half_open_connection_is_noticed_after_20_seconds_and_taken_up_again() {
    put(Kind.EVENT);
    time.pass(MINUTE);
    uplink.mood = Mood.HALF_OPEN;
    put(Kind.EVENT);
    time.pass(Duration.ofSeconds(10));
    uplink.mood = Mood.WELL;
    time.pass(Duration.ofSeconds(14));
    assertThat(reader.texts()).containsExactlyElementsOf(put);
    assertThat(news).contains("lost: no confirmation within 20 s");
    assertThat(figure("repeated_count")).isEqualTo(1);
  }

  @Test
  void a_snapshot_whose_connection_breaks_is_on_flash_at_once_and_survives_a_kill() {
    put(Kind.EVENT);
    time.pass(MINUTE);
    uplink.mood = Mood.CUTS;
    put(Kind.SNAPSHOT);
    time.pass(Duration.ofMillis(100));
    assertThat(news).contains("lost: Connection reset");
    kill();
    assertThat(reader.texts()).hasSize(1);
    uplink.mood = Mood.WELL;
    time.pass(MINUTE);
    assertThat(reader.texts()).containsExactlyElementsOf(put);
  }

  @Test
  void a_half_open_connection_is_noticed_as_soon_while_the_backlog_waits_for_its_turn() {
    uplink.mood = Mood.AWAY;
    for (var minute = 0; minute < 5; minute++) {
      put(Kind.SNAPSHOT);
      time.pass(MINUTE);
    }
    uplink.mood = Mood.HALF_OPEN;
    time.pass(Duration.ofSeconds(60));
    assertThat(news.stream().filter("lost: no confirmation within 20 s"::equals))
        .hasSizeBetween(1, 3);
    assertThat(uplink.connects).isGreaterThan(1);
    var hands = uplink.hands;
    assertThat(hands).as("nothing more is sent on a lost connection").isLessThanOrEqualTo(1);
  }

  @Test
  void messages_too_long_for_the_broker_hold_up_no_others() {
    uplink.mood = Mood.NARROW;
    for (var minute = 0; minute < 30; minute++) {
      put(Kind.SNAPSHOT);
      put(Kind.EVENT);
      time.pass(MINUTE);
    }
    time.pass(Duration.ofMinutes(5));
    assertThat(reader.texts())
        .containsExactlyInAnyOrderElementsOf(
            put.stream().filter(text -> text.contains("EVENT")).toList());
    uplink.mood = Mood.WELL;
    time.pass(Duration.ofMinutes(5));
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
  }

  @Test
  void pauses_between_tries_grow_to_half_a_minute_and_to_minutes_where_waiting_does_not_help() {
    uplink.mood = Mood.AWAY;
    put(Kind.EVENT);
    time.pass(HOUR);
    assertThat(uplink.connects).isBetween(120, 250);
    uplink.mood = Mood.REFUSES;
    uplink.connects = 0;
    time.pass(HOUR);
    assertThat(uplink.connects).isBetween(11, 30);
  }

  @Test
  void a_call_that_hangs_is_never_joined_by_another() {
    uplink.mood = Mood.HANGS;
    put(Kind.SNAPSHOT);
    time.pass(Duration.ofMinutes(2));
    assertThat(uplink.connects).isLessThanOrEqualTo(6);
    uplink.mood = Mood.WELL;
    time.pass(Duration.ofMinutes(5));
    assertThat(reader.texts()).containsExactlyElementsOf(put);
  }

  @Test
  void where_nothing_is_ever_confirmed_by_setting_what_was_handed_over_counts() {
    uplink.mood = Mood.UNCONFIRMABLE;
    put(Kind.SNAPSHOT);
    put(Kind.EVENT);
    time.pass(MINUTE);
    assertThat(figure("unsent_count")).isZero();
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
  }

  @Test
  void with_a_dead_flash_what_is_new_goes_out_all_the_same_and_the_figures_say_so() {
    flash.readOnly(true);
    uplink.mood = Mood.AWAY;
    for (var minute = 0; minute < 30; minute++) {
      put(Kind.SNAPSHOT);
      put(Kind.EVENT);
      time.pass(MINUTE);
    }
    assertThat(courier.isDurable()).isFalse();
    assertThat(news.stream().filter(word -> word.startsWith("flash"))).hasSize(1);
    uplink.mood = Mood.WELL;
    time.pass(Duration.ofMinutes(3));
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
    flash.readOnly(false);
    uplink.mood = Mood.AWAY;
    put(Kind.EVENT);
    time.pass(MINUTE);
    put(Kind.EVENT);
    time.pass(MINUTE);
    assertThat(courier.isDurable()).isTrue();
    assertThat(news).contains("flash works");
  }

  @Test
  void another_uplink_gets_what_the_one_before_did_not_deliver_and_the_old_one_nothing_more() {
    uplink.mood = Mood.HALF_OPEN;
    put(Kind.EVENT);
    time.pass(Duration.ofSeconds(5));
    var other = new MoodyUplink(time, reader);
    courier.use(Optional.of(other));
    put(Kind.SNAPSHOT);
    time.pass(MINUTE);
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
    var hands = uplink.hands;
    time.pass(HOUR);
    assertThat(uplink.hands).isEqualTo(hands);
  }

  @Test
  void without_any_uplink_nothing_is_written_to_flash_and_memory_stays_bounded() {
    courier.use(Optional.empty());
    for (var minute = 0; minute < 2000; minute++) {
      put(Kind.SNAPSHOT);
      time.pass(MINUTE);
    }
    assertThat(flash.size()).isZero();
    assertThat(figure("unsent_bytes")).isLessThan(300_000);
  }

  @Test
  void a_presence_that_changes_is_told_to_the_broker() {
    put(Kind.EVENT);
    time.pass(MINUTE);
    assertThat(uplink.presence.now()).asString(StandardCharsets.UTF_8).isEqualTo("online");
    state = "reduced";
    courier.presenceChanged();
    time.pass(Duration.ofSeconds(1));
    assertThat(uplink.presence.now()).asString(StandardCharsets.UTF_8).isEqualTo("reduced");
  }

  @Test
  void a_clean_stop_writes_what_waits_and_the_next_start_sends_it() {
    uplink.mood = Mood.AWAY;
    put(Kind.SNAPSHOT);
    put(Kind.EVENT);
    courier.stop(lane::close);
    time.pass(Duration.ofSeconds(1));
    assertThat(lane.post("late", () -> {})).isEqualTo(Lane.Posting.CLOSED);
    uplink.mood = Mood.WELL;
    courier = start();
    courier.use(Optional.of(uplink));
    time.pass(MINUTE);
    assertThat(reader.texts()).containsExactlyInAnyOrderElementsOf(put);
  }

  private void put(Kind kind) {
    var sequence = courier.nextSequence();
    // As long as a snapshot is when packed, and as hard to pack.
    var noise = new byte[kind == Kind.SNAPSHOT ? 800 : 200];
    random.nextBytes(noise);
    var text = run + " " + sequence + " " + kind + " " + HexFormat.of().formatHex(noise);
    put.add(text);
    courier.put(kind, sequence, 0, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private long figure(String name) {
    return (Long) Objects.requireNonNull(courier.figures().values().get(name));
  }

  private final class News implements Courier.Diary {
    @Override
    public void connected(String name, int waiting) {
      news.add("connected");
    }

    @Override
    public void lost(String name, String why, int failures, Duration pause) {
      news.add("lost: " + why);
    }

    @Override
    public void flash(Optional<String> why) {
      news.add(why.map(reason -> "flash: " + reason).orElse("flash works"));
    }
  }
}
