package org.kedge.care.internal.core;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.core.RecoveryMemory.Climb;
import org.kedge.care.internal.core.RecoveryMemory.Entry;
import org.kedge.care.internal.core.RecoveryMemory.Order;
import org.kedge.care.internal.core.RecoveryMemory.Pause;
import org.kedge.care.internal.core.RecoveryMemory.Spent;

/** The memory as text for flash: a line each, words with single blanks between, free words last, {@code -} for nothing. */
final class MemoryText {
  private static final String HEADER = "kedge-care 1";
  private static final String NOTHING = "-";

  /** No node grows this old, and no sum of such times overflows. */
  private static final long AGE_MAX_MILLIS = Duration.ofDays(1_000_000).toMillis();

  private MemoryText() {}

  static String write(RecoveryMemory memory) {
    var text = new StringBuilder(1024);
    line(text, HEADER);
    line(text, "age", memory.age(), word(memory.kernelBoot()), memory.uptime());
    line(text, "boots", memory.boots());
    line(text, "pause-setting", memory.pauseSetting());
    line(text, "ladder", word(memory.ladder()));
    memory.pause().ifPresent(pause -> line(text, "pause", pause.until(), flat(pause.reason())));
    memory.faultSince().forEach((fault, since) -> line(text, "since", fault, since));
    for (var climb : memory.climbs()) {
      line(
          text,
          "climb",
          climb.fault(),
          climb.rung(),
          climb.failed(),
          climb.anyFailed(),
          climb.latest(),
          climb.restUntil(),
          climb.goneSince());
    }
    for (var spent : memory.spent()) {
      line(text, "spent", spent.at(), spent.remedy(), spent.effect(), word(spent.fault()));
    }
    memory
        .order()
        .ifPresent(order -> line(
            text,
            "order",
            order.remedy(),
            order.effect(),
            order.fault(),
            order.rung(),
            order.rungs(),
            order.attempt(),
            order.tries(),
            order.at(),
            order.settle(),
            order.settlesUntil(),
            flat(order.deed())));
    line(text, "journal", memory.journalCount());
    for (var entry : memory.journal()) {
      line(
          text,
          "entry",
          entry.number(),
          entry.at(),
          entry.wallClock(),
          entry.topic(),
          entry.fault().orElse(NOTHING),
          entry.remedy().orElse(NOTHING),
          flat(entry.words()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, Object... words) {
    for (var i = 0; i < words.length; i++) {
      text.append(i == 0 ? "" : " ").append(told(words[i]));
    }
    text.append('\n');
  }

  private static String told(Object word) {
    if (word instanceof Duration time) {
      return Long.toString(time.toMillis());
    }
    if (word instanceof Optional<?> maybe) {
      return maybe.map(MemoryText::told).orElse(NOTHING);
    }
    return word instanceof Enum<?> one ? one.name().toLowerCase(Locale.ROOT) : word.toString();
  }

  private static String word(String text) {
    return text.isEmpty() ? NOTHING : text.replaceAll("\\s", "_");
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  /** The memory in a text; empty if it is not one. */
  static Optional<RecoveryMemory> parse(String text) {
    try {
      return Optional.of(read(text.lines().toList()));
    } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
      // The checksum held, so another version wrote it; there is no telling what it meant.
      return Optional.empty();
    }
  }

  private static RecoveryMemory read(List<String> lines) {
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IllegalArgumentException("no " + HEADER);
    }
    var memory = RecoveryMemory.NONE;
    Map<String, Duration> since = new LinkedHashMap<>();
    List<Climb> climbs = new ArrayList<>();
    List<Spent> spent = new ArrayList<>();
    List<Entry> journal = new ArrayList<>();
    var age = memory.age();
    var boot = memory.kernelBoot();
    var uptime = memory.uptime();
    long boots = 0;
    long count = 0;
    var pauseSetting = 0;
    var ladder = memory.ladder();
    Optional<Pause> pause = Optional.empty();
    Optional<Order> order = Optional.empty();
    for (var line : lines.subList(1, lines.size())) {
      var words = new Words(line);
      switch (words.next()) {
        case "age" -> {
          age = words.time();
          boot = words.next();
          uptime = words.time();
          if (uptime.compareTo(age) > 0) {
            throw new IllegalArgumentException("up for longer than it ever ran: " + line);
          }
        }
        case "boots" -> boots = words.number();
        case "pause-setting" -> pauseSetting = words.count();
        case "ladder" -> ladder = words.maybe().orElse("");
        case "pause" -> pause = Optional.of(new Pause(words.time(), words.rest()));
        case "since" -> since.put(words.next(), words.time());
        case "climb" ->
          climbs.add(new Climb(
              words.next(),
              words.count(),
              words.count(),
              words.flag(),
              words.effect(),
              words.maybeTime(),
              words.maybeTime()));
        case "spent" ->
          spent.add(new Spent(words.time(), words.next(), words.effect(), words.next()));
        case "order" -> order = Optional.of(order(words));
        case "journal" -> count = words.number();
        case "entry" -> journal.add(entry(words));
        default -> throw new IllegalArgumentException(line);
      }
    }
    return new RecoveryMemory(
        age,
        boot,
        uptime,
        boots,
        since,
        climbs,
        spent,
        order,
        pause,
        pauseSetting,
        ladder,
        count,
        journal);
  }

  private static Order order(Words words) {
    var remedy = words.next();
    var effect = words.effect();
    var fault = words.next();
    var rung = words.count();
    var rungs = words.count();
    var attempt = words.count();
    var tries = words.count();
    var at = words.time();
    var settle = words.time();
    var until = words.maybeTime();
    return new Order(
        remedy, effect, words.rest(), fault, rung, rungs, attempt, tries, at, settle, until);
  }

  private static Entry entry(Words words) {
    return new Entry(
        words.number(),
        words.time(),
        Instant.parse(words.next()),
        Topic.valueOf(words.next().toUpperCase(Locale.ROOT)),
        words.maybe(),
        words.maybe(),
        words.rest());
  }

  /** The words of one line; each read fails with an exception of the JDK where the word is not of its kind. */
  private static final class Words {
    private final String line;
    private int at;

    Words(String line) {
      this.line = line;
    }

    String next() {
      if (at >= line.length()) {
        throw new IllegalArgumentException("cut short: " + line);
      }
      var end = line.indexOf(' ', at);
      var word = line.substring(at, end < 0 ? line.length() : end);
      at = end < 0 ? line.length() : end + 1;
      return word;
    }

    String rest() {
      var rest = line.substring(Math.min(at, line.length()));
      at = line.length();
      return rest;
    }

    Optional<String> maybe() {
      return Optional.of(next()).filter(word -> !word.equals(NOTHING));
    }

    long number() {
      var number = Long.parseLong(next());
      if (number < 0) {
        throw new IllegalArgumentException("below zero: " + line);
      }
      return number;
    }

    int count() {
      return Integer.parseInt(Long.toString(number()));
    }

    boolean flag() {
      return next().equals("true");
    }

    Duration time() {
      return age(next());
    }

    Optional<Duration> maybeTime() {
      return maybe().map(Words::age);
    }

    private static Duration age(String word) {
      var millis = Long.parseLong(word);
      if (millis < 0 || millis > AGE_MAX_MILLIS) {
        throw new IllegalArgumentException("no age of a node: " + word);
      }
      return Duration.ofMillis(millis);
    }

    Effect effect() {
      return Effect.valueOf(next().toUpperCase(Locale.ROOT));
    }
  }
}
