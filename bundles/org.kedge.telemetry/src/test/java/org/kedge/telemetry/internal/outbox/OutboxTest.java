package org.kedge.telemetry.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.flash.SimulatedFlash.Damage;
import org.kedge.base.internal.flash.SimulatedFlash.PowerCut;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.outbox.Outbox.Job;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Item;

class OutboxTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SimulatedFlash flash = new SimulatedFlash();
  private Box box;

  @BeforeEach
  void begin() throws IOException {
    box = new Box(flash, "run-1");
  }

  @Test
  void what_waits_is_found_again_after_a_kill_whether_synced_or_not() throws IOException {
    box.put(Kind.EVENT, "boot");
    box.put(Kind.SNAPSHOT, "first");
    box.put(Kind.SNAPSHOT, "second");
    box.work();
    box.restart("run-2");
    assertThat(box.texts()).containsExactly("boot", "first", "second");
  }

  @Test
  void the_state_now_goes_first_then_events_then_the_past_and_the_past_only_when_it_is_due() {
    box.put(Kind.SNAPSHOT, "first");
    box.put(Kind.SNAPSHOT, "second");
    box.put(Kind.EVENT, "fault");
    box.put(Kind.SNAPSHOT, "now");
    box.put(Kind.EVENT, "remedy");
    assertThat(box.texts()).containsExactly("now", "fault", "remedy", "first", "second");
    assertThat(box.outbox.next(Set.of(3L, 4L, 5L), false)).isEmpty();
  }

  @Test
  void once_the_state_now_has_arrived_an_older_one_does_not_take_its_place() {
    box.put(Kind.SNAPSHOT, "old");
    var now = box.put(Kind.SNAPSHOT, "now");
    box.put(Kind.EVENT, "fault");
    box.outbox.confirmed(now);
    assertThat(box.texts()).containsExactly("fault", "old");
  }

  @Test
  void what_arrived_does_not_come_back() throws IOException {
    var first = box.put(Kind.SNAPSHOT, "first");
    var second = box.put(Kind.SNAPSHOT, "second");
    var third = box.put(Kind.EVENT, "third");
    box.work();
    assertThat(box.outbox.confirmed(first)).isTrue();
    assertThat(box.outbox.confirmed(first)).as("told twice").isFalse();
    box.outbox.confirmed(third);
    box.workAndSync();
    box.restart("run-2");
    assertThat(box.texts()).containsExactly("second");
    assertThat(box.waiting().get(0).id()).isEqualTo(second);
  }

  @Test
  void what_arrived_while_it_was_written_does_not_come_back_either() throws IOException {
    var id = box.put(Kind.SNAPSHOT, "first");
    var job = (Job.Write) box.outbox.job(box.now).orElseThrow();
    box.outbox.confirmed(id);
    box.outbox.done(job, box.shelf.write(job));
    box.workAndSync();
    box.restart("run-2");
    assertThat(box.texts()).isEmpty();
  }

  @Test
  void a_snapshot_that_arrives_in_time_never_touches_flash() {
    for (var minute = 0; minute < 1000; minute++) {
      var id = box.put(Kind.SNAPSHOT, 0, "all is well", false);
      box.workAndSync();
      box.outbox.confirmed(id);
      box.workAndSync();
      box.pass(MINUTE);
    }
    assertThat(flash.size()).isZero();
    assertThat(box.outbox.status(box.now).written()).isZero();
  }

  @Test
  void sequences_go_on_in_a_run_after_a_clean_end_and_begin_at_1_in_another() throws IOException {
    box.put(Kind.EVENT, "one");
    var two = box.put(Kind.SNAPSHOT, 0, "two", false);
    box.outbox.confirmed(two);
    box.outbox.end();
    box.work();
    box.restart("run-1");
    assertThat(box.outbox.nextSequence()).isEqualTo(3);
    box.restart("run-2");
    assertThat(box.outbox.nextSequence()).isEqualTo(1);
  }

  @Test
  void how_far_the_journal_was_told_outlives_a_kill_also_when_all_has_arrived() throws IOException {
    var id = box.put(Kind.EVENT, 7, "fault", true);
    box.outbox.confirmed(id);
    box.workAndSync();
    box.restart("run-2");
    assertThat(box.outbox.told().bootId()).isEqualTo("run-1");
    assertThat(box.outbox.told().number()).isEqualTo(7);
    box.put(Kind.EVENT, 8, "remedy", true);
    box.work();
    box.restart("run-3");
    assertThat(box.outbox.told().bootId()).isEqualTo("run-2");
    assertThat(box.outbox.told().number()).isEqualTo(8);
  }

  @Test
  void an_outbox_that_was_emptied_leaves_next_to_nothing_on_flash() throws IOException {
    var ids = new ArrayList<Long>();
    for (var n = 0; n < 200; n++) {
      ids.add(box.put(Kind.SNAPSHOT, noise(n, 1500)));
      box.work();
    }
    assertThat(flash.size()).isGreaterThan(200 * 1500);
    ids.forEach(box.outbox::confirmed);
    box.workAndSync();
    assertThat(flash.size()).isLessThan(200);
    flash.powerOn(Damage.LOST, 0);
    box.restart("run-2");
    assertThat(box.texts()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void a_power_cut_at_any_operation_loses_nothing_that_was_synced_and_makes_nothing_up(
      Damage damage) throws IOException {
    var cuts = 0;
    for (var at = 1; ; at++) {
      var tried = new SimulatedFlash();
      var story = new Story(tried, at);
      var ended = story.run();
      tried.powerOn(damage, 700 + 37 * at);
      var after = new Box(tried, "after");
      var found = new HashMap<String, Integer>();
      after.texts().forEach(text -> found.merge(text, 1, Integer::sum));
      assertThat(found.values()).as("cut at %d: none twice", at).allMatch(times -> times == 1);
      assertThat(story.put)
          .as("cut at %d: nothing is made up or mangled", at)
          .containsAll(found.keySet());
      assertThat(found.keySet())
          .as("cut at %d: what was synced and had not arrived is there", at)
          .containsAll(story.synced);
      // And it works on.
      after.put(Kind.EVENT, "after the cut");
      after.workAndSync();
      after.restart("and again");
      assertThat(after.texts()).contains("after the cut");
      if (ended) {
        break;
      }
      cuts++;
    }
    assertThat(cuts).isGreaterThan(40);
  }

  /** Messages come, are written, arrive, and the power goes at an operation. */
  private static final class Story {
    private final List<String> put = new ArrayList<>();
    private final List<String> synced = new ArrayList<>();
    private final SimulatedFlash flash;
    private final int cutAt;

    Story(SimulatedFlash flash, int cutAt) {
      this.flash = flash;
      this.cutAt = cutAt;
    }

    /** @return whether it ran to its end */
    boolean run() throws IOException {
      var box = new Box(flash, "before");
      flash.cutPowerAt(cutAt);
      var ids = new TreeMap<String, Long>();
      try {
        for (var n = 0; n < 24; n++) {
          var text = n + " " + noise(n, 5000);
          put.add(text);
          ids.put(text, box.put(n % 5 == 0 ? Kind.EVENT : Kind.SNAPSHOT, text));
          box.work();
          if (n % 4 == 3) {
            box.outbox.sync();
            box.work();
            synced.clear();
            synced.addAll(ids.keySet());
          }
          if (n % 7 == 6) {
            var arrived = ids.pollFirstEntry();
            synced.remove(arrived.getKey());
            box.outbox.confirmed(arrived.getValue());
          }
        }
        return true;
      } catch (PowerCut e) {
        return false;
      }
    }
  }

  @Test
  void a_bit_that_flips_anywhere_costs_one_message_at_most_and_is_counted() throws IOException {
    var texts = new ArrayList<String>();
    for (var n = 0; n < 12; n++) {
      texts.add(noise(n, 40));
      box.put(Kind.EVENT, texts.get(n));
      box.work();
    }
    box.workAndSync();
    var file = flash.names().get(0);
    for (var bit = 0; bit < flash.length(file) * 8; bit += 3) {
      flash.flipBit(file, bit);
      box.restart("run-2");
      var found = box.texts();
      assertThat(texts).as("bit %d: nothing is mangled", bit).containsAll(found);
      assertThat(found.size()).as("bit %d", bit).isGreaterThanOrEqualTo(11);
      assertThat(box.outbox.status(box.now).torn()).as("bit %d", bit).isPositive();
      flash.flipBit(file, bit);
    }
  }

  @Test
  void over_its_bound_it_thins_snapshots_but_keeps_events_and_one_snapshot_in_ten_minutes()
      throws IOException {
    var bound = 3 * Box.MEBIBYTE / 2;
    box.limit(bound);
    var events = 0;
    for (var minute = 0; minute < 72 * 60 - 1; minute++) {
      box.put(Kind.SNAPSHOT, noise(minute, 1500));
      if (minute % 60 == 30) {
        box.put(Kind.EVENT, noise(minute, 300));
        events++;
      }
      box.work();
      if (minute % 5 == 0) {
        box.workAndSync();
      }
      assertThat((long) flash.size()).as("flash after %d min", minute).isLessThanOrEqualTo(bound);
      box.pass(MINUTE);
    }
    box.restart("run-2");
    var waiting = box.waiting();
    assertThat(waiting.stream().filter(item -> item.kind() == Kind.EVENT)).hasSize(events);
    var tens = waiting.stream()
        .filter(item -> item.kind() == Kind.SNAPSHOT)
        .map(item -> item.age().toMinutes() / 10)
        .distinct()
        .toList();
    assertThat(tens)
        .as("one of each ten minutes, as no room was short for them")
        .hasSize(432);
    var last = waiting.stream()
        .filter(item -> item.age().compareTo(Duration.ofHours(70)) > 0)
        .count();
    assertThat(last).as("the newest two hours are whole").isGreaterThanOrEqualTo(119);
    assertThat(box.text(waiting.get(waiting.size() - 1).id())).isPresent();
  }

  @Test
  void what_is_older_than_72_hours_of_the_node_running_is_dropped() throws IOException {
    box.put(Kind.EVENT, "old");
    box.pass(Duration.ofHours(40));
    box.put(Kind.EVENT, "newer");
    box.work();
    box.restart("run-2");
    box.pass(Duration.ofHours(33));
    box.work();
    assertThat(box.texts()).containsExactly("newer");
    assertThat(box.outbox.status(box.now).thinned()).isEqualTo(1);
  }

  @Test
  void a_mebibyte_is_left_to_others_and_what_has_no_room_waits_in_memory_within_its_bound()
      throws IOException {
    var total = 3 * (int) Box.MEBIBYTE;
    flash.total(total);
    var others = total - (int) Box.MEBIBYTE - 300 * 1024;
    flash.write("others", new byte[others]);
    box.restart("run-1");
    box.limit(8 * Box.MEBIBYTE);
    for (var n = 0; n < 3000; n++) {
      box.put(n % 100 == 0 ? Kind.EVENT : Kind.SNAPSHOT, n + " " + noise(n, 1000));
      box.work();
      assertThat(flash.free()).isGreaterThanOrEqualTo(Box.MEBIBYTE - 64 * 1024);
    }
    assertThat(box.failures).as("it never ran into the end of flash").isZero();
    assertThat(box.texts().get(0)).startsWith("2999 ");
    assertThat(box.texts().stream().filter(text -> text.matches("\\d+00 (?s:.*)")))
        .hasSize(29);
  }

  @Test
  void where_others_leave_no_room_at_all_it_waits_in_memory_until_they_do() throws IOException {
    flash.total(3 * (int) Box.MEBIBYTE);
    flash.write("others", new byte[2 * (int) Box.MEBIBYTE]);
    box.restart("run-1");
    box.put(Kind.EVENT, "no room");
    box.work();
    assertThat(box.outbox.status(box.now).isDurable()).isFalse();
    flash.delete("others");
    box.put(Kind.EVENT, "room again");
    box.work();
    assertThat(box.outbox.status(box.now).isDurable()).isTrue();
    box.restart("run-2");
    assertThat(box.texts()).containsExactly("no room", "room again");
  }

  @Test
  void a_flash_that_fails_costs_nothing_that_memory_can_hold_and_is_used_again_when_it_works()
      throws IOException {
    box.put(Kind.EVENT, "before");
    box.work();
    flash.readOnly(true);
    box.put(Kind.EVENT, "meanwhile");
    box.work();
    assertThat(box.outbox.status(box.now).isDurable()).isFalse();
    for (var n = 0; n < 2000; n++) {
      box.put(Kind.SNAPSHOT, n + noise(n, 1000));
      box.work();
    }
    assertThat(box.outbox.status(box.now).bytes()).isLessThan(300 * 1024);
    flash.readOnly(false);
    box.work();
    assertThat(box.outbox.status(box.now).isDurable()).isTrue();
    box.restart("run-2");
    assertThat(box.texts()).contains("before", "meanwhile");
  }

  @Test
  void a_file_that_cannot_be_read_costs_no_other() throws IOException {
    for (var n = 0; n < 60; n++) {
      box.put(Kind.SNAPSHOT, n + noise(n, 3000));
      box.work();
    }
    assertThat(flash.names()).hasSizeGreaterThan(2);
    flash.failAt(2);
    box.restart("run-2");
    assertThat(box.count()).isBetween(30, 45);
    box.put(Kind.EVENT, "after");
    box.work();
    box.restart("run-3");
    assertThat(box.count()).as("it can be read again").isEqualTo(61);
  }

  @Test
  void whatever_happens_nothing_synced_is_lost_but_by_thinning_and_bounds_hold()
      throws IOException {
    for (var seed = 0; seed < 150; seed++) {
      new RandomLife(seed).live();
    }
  }

  /** Random messages, arrivals, kills, cuts and failures against a list of what was promised. */
  private static final class RandomLife {
    private final Random random;
    private final int seed;
    private final SimulatedFlash flash = new SimulatedFlash();
    private final Map<Long, String> sure = new TreeMap<>();
    private final Map<Long, String> put = new TreeMap<>();
    private final List<String> all = new ArrayList<>();
    private Box box;
    private int run;

    RandomLife(int seed) throws IOException {
      this.seed = seed;
      random = new Random(seed);
      box = new Box(flash, "run-0");
    }

    void live() throws IOException {
      for (var step = 0; step < 300; step++) {
        try {
          step();
        } catch (PowerCut e) {
          flash.powerOn(
              Damage.values()[random.nextInt(Damage.values().length)], random.nextInt(9000));
          put.clear();
          restart();
        }
        assertThat((long) flash.size()).as("seed %d step %d", seed, step).isLessThan(Box.MEBIBYTE);
      }
    }

    private void step() throws IOException {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3, 4 -> {
          var text = seed + " " + all.size() + " " + noise(all.size(), random.nextInt(4000));
          all.add(text);
          var id = box.put(
              random.nextInt(4) == 0 ? Kind.EVENT : Kind.SNAPSHOT, 0, text, random.nextBoolean());
          put.put(id, text);
          box.work();
        }
        case 5, 6 -> {
          box.outbox.keep(Long.MAX_VALUE);
          var before = box.failures;
          for (var often = 0; often == 0 || box.outbox.wantsSync() && often < 9; often++) {
            box.workAndSync();
          }
          if (box.failures == before) {
            sure.putAll(put);
          }
        }
        case 7, 8 ->
          box.waiting().stream().skip(random.nextInt(3)).findFirst().ifPresent(item -> {
            // A read may fail just now, as the writes may.
            box.text(item.id()).ifPresent(text -> assertThat(all.contains(text)).isTrue());
            box.outbox.confirmed(item.id());
            put.remove(item.id());
            sure.remove(item.id());
            box.work();
          });
        case 9 -> flash.failAt(random.nextInt(5) + 1);
        case 10 -> {
          put.clear();
          restart();
        }
        default -> flash.cutPowerAt(random.nextInt(12) + 1);
      }
      box.pass(MINUTE);
    }

    private void restart() throws IOException {
      // A file that fails to be read at the start is there again at the next one; another test
      // shows it.
      flash.failAt(-1);
      box.restart("run-" + ++run);
      var found = new HashMap<Long, String>();
      for (Item item : box.waiting()) {
        box.text(item.id())
            .or(() -> box.text(item.id()))
            .ifPresent(text -> found.put(item.id(), text));
      }
      assertThat(found.values()).as("seed %d: nothing made up", seed).allMatch(all::contains);
      sure.forEach((id, text) -> assertThat(text.equals(found.get(id)))
          .as("seed %d: %d is kept", seed, id)
          .isTrue());
      put.putAll(found);
    }
  }

  /** Text that does not repeat. */
  private static String noise(int seed, int length) {
    var random = new Random(seed);
    return IntStream.range(0, length)
        .mapToObj(n -> String.valueOf((char) ('a' + random.nextInt(26))))
        .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
        .toString();
  }
}
