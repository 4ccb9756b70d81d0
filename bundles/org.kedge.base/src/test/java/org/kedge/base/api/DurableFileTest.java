package org.kedge.base.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.DurableFile.Found;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.base.internal.flash.SimulatedFlash.Damage;
import org.kedge.base.internal.flash.SimulatedFlash.PowerCut;

class DurableFileTest {
  /** Longer and shorter ones, one with lines and other letters, an empty one. */
  private static final List<String> TEXTS = List.of(
      "one",
      "two, which is quite a bit longer than one",
      "three\nwith a line end and Umläute",
      "",
      "five five five five five five five");

  private static final int LONGEST_FILE = 130;

  private final SimulatedFlash flash = new SimulatedFlash();

  @Test
  void what_is_written_is_read_with_its_generation() throws IOException {
    assertThat(file().read()).isEqualTo(new Found.Absent());
    var file = file();
    for (var text : TEXTS) {
      file.write(text);
      assertThat(file.read()).isEqualTo(whole(text, TEXTS.indexOf(text) + 1));
      assertThat(file().read()).isEqualTo(whole(text, TEXTS.indexOf(text) + 1));
    }
  }

  @Test
  void two_files_of_different_names_do_not_meet() throws IOException {
    file().write("mine");
    new DurableFile(flash, "other").write("its own");
    assertThat(file().read()).isEqualTo(whole("mine", 1));
  }

  @Test
  void what_was_acknowledged_needs_no_more_luck() throws IOException {
    var file = file();
    for (var text : TEXTS) {
      file.write(text);
      flash.powerOn(Damage.LOST, 0);
      assertThat(file().read()).isEqualTo(whole(text, TEXTS.indexOf(text) + 1));
    }
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void a_power_cut_at_any_operation_leaves_the_newest_acknowledged_content_or_the_one_in_flight(
      Damage damage) throws IOException {
    var operations = operationsOfAllWrites();
    for (var cut = 1; cut <= operations; cut++) {
      for (var at = 0; at <= LONGEST_FILE; at++) {
        var flash = new SimulatedFlash();
        flash.cutPowerAt(cut);
        var acknowledged = writeUntilDark(new DurableFile(flash, "state"));

        flash.powerOn(damage, at);

        var found = new DurableFile(flash, "state").read();
        var inFlight = TEXTS.get(acknowledged);
        if (acknowledged == 0 && !(found instanceof Found.Content)) {
          continue;
        }
        assertThat(found)
            .as("%s at byte %d, cut at operation %d", damage, at, cut)
            .isInstanceOfSatisfying(
                Found.Content.class,
                content -> assertThat(content.text())
                    .isIn(
                        acknowledged == 0
                            ? List.of(inFlight)
                            : List.of(TEXTS.get(acknowledged - 1), inFlight)));
        new DurableFile(flash, "state").write("after the cut");
        flash.powerOn(Damage.LOST, 0);
        assertThat(new DurableFile(flash, "state").read())
            .asInstanceOf(type(Found.Content.class))
            .extracting(Found.Content::text)
            .isEqualTo("after the cut");
      }
    }
  }

  @Test
  void a_torn_write_is_told_and_the_generation_before_is_used() throws IOException {
    var file = file();
    file.write("one");
    file.write("two");
    flash.cutPowerAt(3);
    assertThatThrownBy(() -> file.write("three")).isInstanceOf(PowerCut.class);
    flash.powerOn(Damage.TORN, 30);

    assertThat(file().read()).isInstanceOfSatisfying(Found.Content.class, content -> {
      assertThat(content.text()).isEqualTo("two");
      assertThat(content.damage().orElseThrow())
          .contains("state.a (30 bytes) has no whole header")
          .contains("generation 2 is used");
    });
  }

  @Test
  void a_flipped_bit_anywhere_in_either_place_is_found_and_the_other_place_is_used()
      throws IOException {
    var file = file();
    file.write("older");
    file.write("newest");
    for (var bit = 0; bit < flash.length("state.a") * 8; bit++) {
      flash.flipBit("state.a", bit);
      assertFoundDamaged("newest", 2, "state.a", bit);
      flash.flipBit("state.a", bit);
    }
    for (var bit = 0; bit < flash.length("state.b") * 8; bit++) {
      flash.flipBit("state.b", bit);
      assertFoundDamaged("older", 1, "state.b", bit);
      flash.flipBit("state.b", bit);
    }
    assertThat(file.read()).isEqualTo(whole("newest", 2));
  }

  private void assertFoundDamaged(String text, long generation, String place, int bit)
      throws IOException {
    assertThat(file().read())
        .as("bit %d of %s", bit, place)
        .isInstanceOfSatisfying(Found.Content.class, content -> {
          assertThat(content.text()).isEqualTo(text);
          assertThat(content.generation()).isEqualTo(generation);
          assertThat(content.damage().orElseThrow()).contains(place);
        });
  }

  @Test
  void with_both_places_damaged_it_says_so_and_can_be_written_again() throws IOException {
    var file = file();
    file.write("older");
    file.write("newest");
    flash.flipBit("state.a", 8);
    flash.flipBit("state.b", flash.length("state.b") * 8 - 1);

    assertThat(file().read())
        .asInstanceOf(type(Found.Damaged.class))
        .extracting(Found.Damaged::reason)
        .asString()
        .contains("state.a", "no whole header", "state.b fails its checksum");

    file().write("anew");
    assertThat(file().read())
        .asInstanceOf(type(Found.Content.class))
        .extracting(Found.Content::text)
        .isEqualTo("anew");
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void a_failure_at_any_operation_leaves_the_content_before_or_the_new_and_a_second_try_mends_it(
      Damage damage) throws IOException {
    var operations = operationsOfAllWrites();
    for (var number = 1; number <= operations; number++) {
      for (var at = 0; at <= LONGEST_FILE; at += 9) {
        var flash = new SimulatedFlash();
        flash.failAt(number);
        var file = new DurableFile(flash, "state");
        var before = "";
        for (var text : TEXTS) {
          try {
            file.write(text);
          } catch (IOException e) {
            if (!before.isEmpty()) {
              assertThat(content(file)).isIn(before, text);
            }
            flash.cutPowerAt(4);
            assertThatThrownBy(() -> file.write("tried again")).isInstanceOf(PowerCut.class);
            flash.powerOn(damage, at);
            if (!before.isEmpty()) {
              assertThat(content(new DurableFile(flash, "state")))
                  .as("operation %d failed, then a cut: %s at byte %d", number, damage, at)
                  .isIn(before, text, "tried again");
            }
            new DurableFile(flash, "state").write("at last");
            assertThat(content(new DurableFile(flash, "state"))).isEqualTo("at last");
            break;
          }
          before = text;
        }
      }
    }
  }

  @Test
  void a_write_after_a_failed_sync_spares_the_last_content_that_is_surely_there()
      throws IOException {
    var file = file();
    file.write("acknowledged");
    flash.failAt(4);
    assertThatThrownBy(() -> file.write("not synced")).isInstanceOf(IOException.class);

    flash.cutPowerAt(3);
    assertThatThrownBy(() -> file.write("cut")).isInstanceOf(PowerCut.class);
    flash.powerOn(Damage.TORN, 10);

    assertThat(content(file())).isEqualTo("acknowledged");
  }

  @Test
  void a_write_after_a_killed_one_spares_the_last_content_that_is_surely_there()
      throws IOException {
    file().write("acknowledged");
    // The runtime is killed between write and sync; the power stays, so the next run sees both.
    var killing = new KillingFlash(flash);
    assertThatThrownBy(() -> new DurableFile(killing, "state").write("killed"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(content(file())).isEqualTo("killed");

    var next = file();
    flash.cutPowerAt(4);
    assertThatThrownBy(() -> next.write("cut")).isInstanceOf(PowerCut.class);
    flash.powerOn(Damage.TORN, 10);

    assertThat(content(file())).isEqualTo("killed");
  }

  /** The runtime on it is killed right after its first write. */
  private record KillingFlash(Flash flash) implements Flash {
    @Override
    public Optional<byte[]> read(String name) throws IOException {
      return flash.read(name);
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
      flash.write(name, content);
      throw new IllegalStateException("killed");
    }

    @Override
    public void sync(String name) throws IOException {
      flash.sync(name);
    }

    @Override
    public void append(String name, byte[] content) {
      throw new UnsupportedOperationException("a durable file appends nothing");
    }

    @Override
    public void delete(String name) {
      throw new UnsupportedOperationException("a durable file deletes nothing");
    }

    @Override
    public long free() {
      throw new UnsupportedOperationException("a durable file asks for no room");
    }

    @Override
    public List<String> names() {
      throw new UnsupportedOperationException("a durable file asks for no names");
    }
  }

  @Test
  void a_place_that_cannot_be_read_is_damage_while_the_other_is_whole() throws IOException {
    var file = file();
    file.write("older");
    file.write("newest");
    flash.failAt(2);
    assertThat(file.read()).isInstanceOfSatisfying(Found.Content.class, content -> {
      assertThat(content.text()).isEqualTo("older");
      assertThat(content.damage().orElseThrow())
          .contains("state.b cannot be read: Input/output error");
    });
  }

  @Test
  void a_place_that_cannot_be_read_beside_none_that_is_whole_is_a_failure_that_may_pass()
      throws IOException {
    file().write("only");
    flash.failAt(1);
    assertThatThrownBy(() -> file().read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Input/output error");
    assertThat(content(file())).isEqualTo("only");
  }

  @Test
  void a_full_disk_leaves_the_content_before_and_room_again_mends_it() throws IOException {
    var file = file();
    file.write("one");
    file.write("two");
    for (var room = 0; room < flash.length("state.b") + 2; room++) {
      flash.room(room);
      assertThatThrownBy(() -> file.write("three")).hasMessageContaining("No space left");
      assertThat(content(file)).isEqualTo("two");
      assertThat(content(file())).isEqualTo("two");
    }
    flash.room(1000);
    file.write("three");
    assertThat(file().read()).isEqualTo(whole("three", 3));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 22, 333, 4444, 55555, 666666, 7777777, 88888888})
  void months_of_cuts_kills_and_failures_lose_nothing_that_was_acknowledged(long seed)
      throws IOException {
    var random = new Random(seed);
    var damages = Damage.values();
    var acknowledged = "";
    Set<String> possible = new HashSet<>();
    var file = file();
    for (var round = 0; round < 5_000; round++) {
      if (random.nextInt(4) == 0) {
        flash.cutPowerAt(1 + random.nextInt(8));
      }
      if (random.nextInt(4) == 0) {
        flash.failAt(3 + random.nextInt(3));
      }
      var text = "text ".repeat(random.nextInt(6)) + round;
      try {
        file.write(text);
        acknowledged = text;
        possible.clear();
      } catch (IOException | PowerCut e) {
        possible.add(text);
      }
      flash.failAt(0);
      if (flash.isDark() || random.nextInt(10) == 0) {
        flash.powerOn(damages[random.nextInt(damages.length)], random.nextInt(LONGEST_FILE));
        file = file();
      } else if (random.nextInt(10) == 0) {
        file = file();
      }
      try {
        var found = file.read();
        if (found instanceof Found.Content content) {
          assertThat(content.text().equals(acknowledged) || possible.contains(content.text()))
              .as(
                  "seed %d, round %d: '%s' is neither '%s' nor one of %s",
                  seed, round, content.text(), acknowledged, possible)
              .isTrue();
        } else {
          assertThat(acknowledged)
              .as("seed %d, round %d: %s", seed, round, found)
              .isEmpty();
        }
      } catch (PowerCut e) {
        flash.powerOn(damages[random.nextInt(damages.length)], random.nextInt(LONGEST_FILE));
        file = file();
      }
    }
    assertThat(acknowledged).as("some writes were acknowledged").isNotEmpty();
  }

  private static int operationsOfAllWrites() throws IOException {
    var flash = new SimulatedFlash();
    assertThat(writeUntilDark(new DurableFile(flash, "state"))).isEqualTo(TEXTS.size());
    return flash.operations();
  }

  /** How many texts were acknowledged. */
  private static int writeUntilDark(DurableFile file) throws IOException {
    var acknowledged = 0;
    try {
      for (var text : TEXTS) {
        file.write(text);
        acknowledged++;
      }
    } catch (PowerCut e) {
      // The rest is dark.
    }
    return acknowledged;
  }

  private DurableFile file() {
    return new DurableFile(flash, "state");
  }

  private static String content(DurableFile file) throws IOException {
    var found = file.read();
    assertThat(found).isInstanceOf(Found.Content.class);
    return ((Found.Content) found).text();
  }

  private static Found whole(String text, long generation) {
    return new Found.Content(text, generation, Optional.empty());
  }
}
