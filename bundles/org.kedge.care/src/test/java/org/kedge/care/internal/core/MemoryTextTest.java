package org.kedge.care.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.core.RecoveryMemory.Climb;
import org.kedge.care.internal.core.RecoveryMemory.Entry;
import org.kedge.care.internal.core.RecoveryMemory.Order;
import org.kedge.care.internal.core.RecoveryMemory.Pause;
import org.kedge.care.internal.core.RecoveryMemory.Spent;

class MemoryTextTest {
  private static final String START = "kedge-care 1\nage 9000 boot-1 4000\nboots 1\n";

  @Test
  void whatever_is_remembered_is_read_back_the_same() {
    for (var seed = 0; seed < 2_000; seed++) {
      var memory = memory(new Random(seed));
      assertThat(MemoryText.parse(MemoryText.write(memory))).as("seed %d", seed).contains(memory);
    }
    assertThat(MemoryText.parse(MemoryText.write(RecoveryMemory.NONE)))
        .hasValueSatisfying(none -> assertThat(none.climbs()).isEmpty());
  }

  @Test
  void free_words_cannot_break_the_lines() {
    var memory = new RecoveryMemory(
        Duration.ofSeconds(9),
        "boot 1\nspent",
        Duration.ofSeconds(4),
        1,
        Map.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.of(new Pause(Duration.ofSeconds(10), "roof\nboots 99\r\n\tand mast ")),
        0,
        "3f2a9c1d",
        1,
        List.of(new Entry(
            1,
            Duration.ofSeconds(1),
            Instant.EPOCH,
            Topic.FOUND,
            Optional.empty(),
            Optional.empty(),
            "seen:\njournal 77\n")));
    var read = MemoryText.parse(MemoryText.write(memory)).orElseThrow();
    assertThat(read.boots()).isEqualTo(1);
    assertThat(read.journalCount()).isEqualTo(1);
    assertThat(read.kernelBoot()).isEqualTo("boot_1_spent");
    assertThat(read.pause().orElseThrow().reason()).isEqualTo("roof boots 99 and mast");
    assertThat(read.journal().get(0).words()).isEqualTo("seen: journal 77");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kedge-care 2\nage 9000 boot-1 4000\n",
        "kedge",
        "\n",
        START + "unheard of",
        START + "spent 1 reboot-node",
        START + "spent 1 reboot-node earthquake A",
        START + "spent -1 reboot-node node A",
        START + "climb A one 0 false none - -",
        START + "climb A 1 0 false none -5 -",
        START + "climb A 99999999999 0 false none - -",
        START + "pause soon work",
        START + "pause 9223372036854775807 work",
        START + "entry 1 1 yesterday found - - words",
        START + "entry 1 1 2026-11-22T00:00:00Z lost - - words",
        START + "order reboot-node node A 0 1",
        "kedge-care 1\nage 4000 boot-1 9000\n",
        "kedge-care 1\nage 9223372036854775807 boot-1 0\n",
      })
  void what_is_no_memory_of_this_version_is_none(String text) {
    assertThat(MemoryText.parse(text)).isEmpty();
  }

  @Test
  void no_text_makes_it_or_the_recovery_throw() {
    var random = new Random(11);
    var resumed = 0;
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder(MemoryText.write(memory(random)));
      for (var spoil = random.nextInt(3); spoil >= 0 && text.length() > 0; spoil--) {
        var at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) (' ' + random.nextInt(95)));
          case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(60)));
          case 2 -> text.insert(at, random.nextBoolean() ? "9999999999" : "\n");
          default -> text.setLength(at + 1);
        }
      }
      var now = Uptime.of(Duration.ofSeconds(9));
      var recovery = Recovery.resume(text.toString(), "boot-1", now, Instant.EPOCH);
      if (recovery.isPresent()) {
        resumed++;
        var nothing = new Recovery.Look(
            new CareReport(now, List.of(), List.of(), List.of()), Set.of(), Set.of(), Set.of("A"));
        recovery.get().look(nothing, RecoveryRig.ladder(""), Map.of(), true, now, Instant.EPOCH);
        assertThat(MemoryText.parse(recovery.get().text(now))).as("%s", text).isPresent();
      }
    }
    assertThat(resumed).as("some still said something").isGreaterThan(100);
  }

  private static RecoveryMemory memory(Random random) {
    var since = new HashMap<String, Duration>();
    several(random, () -> since.put(name(random), time(random)));
    var age = time(random);
    return new RecoveryMemory(
        age,
        "boot-" + random.nextInt(9),
        Duration.ofMillis((long) (random.nextDouble() * age.toMillis())),
        random.nextInt(1000),
        since,
        several(
            random,
            () -> new Climb(
                name(random),
                random.nextInt(9),
                random.nextInt(100),
                random.nextBoolean(),
                effect(random),
                maybe(random, () -> time(random)),
                maybe(random, () -> time(random)))),
        several(random, () -> new Spent(time(random), "restart-it", effect(random), name(random))),
        maybe(
            random,
            () -> new Order(
                "restart-it",
                effect(random),
                "restarted it, as told",
                name(random),
                random.nextInt(9),
                9,
                random.nextInt(9),
                9,
                time(random),
                time(random),
                maybe(random, () -> time(random)))),
        maybe(random, () -> new Pause(time(random), random.nextBoolean() ? "" : "work - on it")),
        random.nextInt(1441),
        random.nextBoolean() ? "" : Integer.toHexString(random.nextInt()),
        random.nextInt(100_000),
        several(
            random,
            () -> new Entry(
                random.nextInt(100_000),
                time(random),
                Instant.ofEpochMilli(random.nextLong() >> random.nextInt(20)),
                Topic.values()[random.nextInt(Topic.values().length)],
                maybe(random, () -> name(random)),
                maybe(random, () -> "restart-it"),
                random.nextBoolean()
                    ? ""
                    : "Restarted it; \"helped\" - \u00fcber 3.0 s \ud83d\udef0")));
  }

  private static <T> List<T> several(Random random, Supplier<T> one) {
    var all = new ArrayList<T>();
    for (var left = random.nextInt(5); left > 0; left--) {
      all.add(one.get());
    }
    return all;
  }

  private static <T> Optional<T> maybe(Random random, Supplier<T> one) {
    return random.nextBoolean() ? Optional.of(one.get()) : Optional.empty();
  }

  private static String name(Random random) {
    return "FAULT_" + random.nextInt(20);
  }

  private static Effect effect(Random random) {
    return Effect.values()[random.nextInt(Effect.values().length)];
  }

  private static Duration time(Random random) {
    return Duration.ofMillis(random.nextInt(Integer.MAX_VALUE));
  }
}
