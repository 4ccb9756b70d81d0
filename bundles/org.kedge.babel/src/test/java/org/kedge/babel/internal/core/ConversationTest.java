package org.kedge.babel.internal.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.babel.api.Route;
import org.kedge.babel.internal.core.Conversation.Event;
import org.kedge.base.api.Uptime;

class ConversationTest {
  private static final Conversation.Limits LIMITS =
      new Conversation.Limits(Duration.ofSeconds(1), Duration.ofSeconds(5));
  private static final String GREETING =
      "BABEL 1.0\nversion babeld-1.12.1\nhost node1\nmy-id 6c:2a:80:bd:40:54:e3:4f\nok\n";
  private static final String TABLE = "add interface to2 up true ipv6 fe80::1\n"
      + "add neighbour n2 address fe80::2 if to2 reach ffff ureach 0000 rxcost 96 txcost 96 cost 96\n"
      + route("add", 96);

  private static String route(String verb, int metric) {
    return verb + " route r1 prefix 2001:db8:2::1/128 from ::/0 installed yes"
        + " id c8:b6:b3:9f:43:23:16:26 metric " + metric + " refmetric 0 via fe80::2 if to2\n";
  }

  private final Conversation conversation = new Conversation(LIMITS, at(0));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100, 100_000})
  void the_recorded_bytes_in_chunks_of_any_size_lead_from_the_greeting_over_monitor_to_dump(
      int chunkMax) {
    var random = new Random(chunkMax);
    var monitored =
        new String(Session.transcript("line-n2-monitor-neighbour-sigterm.txt"), ISO_8859_1);
    var greetingEnd = monitored.indexOf("\nok\n") + 4;
    var tableEnd = monitored.indexOf("\nok\n", greetingEnd) + 4;
    var dumped = new String(Session.transcript("line-n2-dump.txt"), ISO_8859_1);
    dumped = dumped.substring(dumped.indexOf("\nok\n") + 4);

    var greeting = feed(monitored.substring(0, greetingEnd), 10, chunkMax, random);
    assertThat(greeting).containsExactly(new Event.Send("monitor"));
    assertThat(conversation.version()).isEqualTo("babeld-1.12.1");

    var table = feed(monitored.substring(greetingEnd, tableEnd), 20, chunkMax, random);
    assertThat(table).hasSize(1);
    assertThat(told(table.get(0)).whole()).isTrue();
    assertThat(told(table.get(0)).table().interfaces()).hasSize(2);
    assertThat(told(table.get(0)).table().routes()).hasSize(12);
    assertThat(told(table.get(0)).table().at()).isEqualTo(at(20));
    assertThat(conversation.answerTook()).hasMillis(10);

    assertThat(feed(monitored.substring(tableEnd), 30, chunkMax, random)).isEmpty();
    var news = conversation.pass(at(270));
    assertThat(news).hasSize(1);
    assertThat(told(news.get(0)).whole()).isFalse();
    assertThat(told(news.get(0)).table().routes().stream().filter(Route::carries))
        .hasSize(2);

    assertThat(conversation.pass(at(5_010))).containsExactly(new Event.Send("dump"));
    var dump = feed(dumped, 5_014, chunkMax, random);
    assertThat(dump).hasSize(1);
    assertThat(told(dump.get(0)).whole()).isTrue();
    assertThat(told(dump.get(0)).table().routes().stream().filter(Route::carries))
        .hasSize(6);
    assertThat(conversation.answerTook()).hasMillis(4);
    assertThat(conversation.faults()).isEqualTo(new LineFaults(0, Optional.empty(), 0));
  }

  @Test
  void a_babeld_that_does_not_greet_within_the_limit_is_left() {
    assertThat(conversation.due()).contains(at(1_000));
    assertThat(conversation.pass(at(999))).isEmpty();
    assertThat(conversation.pass(at(1_000)))
        .containsExactly(new Event.Over("no greeting within 1000 ms"));
  }

  @Test
  void silence_while_it_owes_the_answer_to_monitor_ends_it() {
    feed(GREETING, 400);
    assertThat(conversation.due()).contains(at(1_400));
    assertThat(conversation.pass(at(1_399))).isEmpty();
    assertThat(over(conversation.pass(at(1_400))))
        .isEqualTo("no whole answer to 'monitor' within 1000 ms");
  }

  @Test
  void silence_while_it_owes_the_answer_to_dump_ends_it() {
    feed(GREETING, 0);
    feed(TABLE + "ok\n", 1);
    conversation.pass(at(5_000));
    assertThat(feed("add interface to2 up true\n", 5_700)).isEmpty();
    assertThat(conversation.pass(at(6_699))).isEmpty();
    assertThat(over(conversation.pass(at(6_700))))
        .isEqualTo("no whole answer to 'dump' within 1700 ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"greeting", "monitor", "dump"})
  void an_answer_that_trickles_may_take_ten_times_the_limit_and_no_longer(String stage) {
    var begin = 0;
    if (!stage.equals("greeting")) {
      feed(GREETING, 0);
    }
    if (stage.equals("dump")) {
      feed(TABLE + "ok\n", 0);
      begin = 5_000;
      assertThat(conversation.pass(at(begin))).containsExactly(new Event.Send("dump"));
    }
    for (var after = 900; after < 10_000; after += 900) {
      assertThat(feed("l", begin + after)).as("after %d ms", after).isEmpty();
    }
    assertThat(conversation.pass(at(begin + 9_999))).isEmpty();
    assertThat(over(conversation.pass(at(begin + 10_000)))).contains(stage, "10000 ms");
  }

  @Test
  void a_slow_answer_that_comes_whole_in_the_end_counts() {
    feed(GREETING, 0);
    List<Event> last = List.of();
    var millis = 0;
    for (var line : (Iterable<String>) (TABLE + "ok").lines()::iterator) {
      millis += 900;
      last = feed(line + "\n", millis);
    }
    assertThat(told(last.get(0)).whole()).isTrue();
    assertThat(conversation.answerTook()).hasMillis(3_600);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad\n", "no\n", "no Not today\n"})
  void a_refusal_ends_it(String refusal) {
    feed(GREETING, 0);
    var events = feed(refusal, 5);
    assertThat(over(events)).contains("refused", "MONITOR");
  }

  @Test
  void an_answer_that_nobody_asked_for_ends_it() {
    feed(GREETING, 0);
    feed(TABLE + "ok\n", 1);
    assertThat(over(feed("ok\n", 2))).contains("nothing had asked for");
  }

  @Test
  void an_answer_in_one_piece_with_the_greeting_answers_no_question_of_ours() {
    var events = feed(GREETING + "ok\n", 0);
    assertThat(events).last().isInstanceOf(Event.Over.class);
    assertThat(events).noneMatch(Event.Told.class::isInstance);
  }

  @Test
  void news_are_told_at_most_every_250_ms_and_the_last_state_is_told_in_the_end() {
    feed(GREETING, 0);
    feed(TABLE + "ok\n", 0);
    var toldAt = new ArrayList<Integer>();
    var last = -1L;
    for (var now = 1; now <= 3_000; now++) {
      // From 2 s on the route stays unreachable.
      var events = now % 10 == 0
          ? feed(route("change", now < 2_000 && now % 20 == 0 ? 96 : 65535), now)
          : conversation.pass(at(now));
      for (var event : events) {
        toldAt.add(now);
        last = told(event).table().routes().stream().filter(Route::carries).count();
      }
    }
    assertThat(toldAt).hasSizeBetween(7, 9);
    for (var i = 1; i < toldAt.size(); i++) {
      assertThat(toldAt.get(i) - toldAt.get(i - 1)).isGreaterThanOrEqualTo(250);
    }
    assertThat(toldAt.get(0)).isEqualTo(250);
    assertThat(last).isZero();
  }

  @Test
  void repeats_and_small_changes_are_no_news() {
    feed(GREETING, 0);
    feed(TABLE + "ok\n", 0);
    var due = conversation.due();
    for (var now = 10; now < 4_000; now += 10) {
      assertThat(feed(route("change", 96 + now), now)).isEmpty();
    }
    assertThat(conversation.due()).isEqualTo(due);
    assertThat(conversation.pass(at(4_000))).isEmpty();
  }

  @Test
  void the_next_dump_is_due_from_the_question_of_the_one_before() {
    feed(GREETING, 100);
    feed(TABLE + "ok\n", 900);
    assertThat(conversation.due()).contains(at(5_100));
    assertThat(conversation.pass(at(5_099))).isEmpty();
    assertThat(conversation.pass(at(5_130))).containsExactly(new Event.Send("dump"));
    feed(TABLE + "ok\n", 5_700);
    assertThat(conversation.due()).contains(at(10_130));
  }

  @Test
  void a_dump_that_took_longer_than_its_interval_is_followed_by_the_next_at_once() {
    var slow = new Conversation(
        new Conversation.Limits(Duration.ofSeconds(1), Duration.ofMillis(500)), at(0));
    slow.received(bytes(GREETING), at(0));
    var events = slow.received(bytes(TABLE + "ok\n"), at(800));
    assertThat(events).hasSize(2);
    assertThat(told(events.get(0)).whole()).isTrue();
    assertThat(events.get(1)).isEqualTo(new Event.Send("dump"));
  }

  @Test
  void after_the_end_nothing_more_comes_of_it() {
    feed(GREETING, 0);
    feed("no\n", 1);
    assertThat(conversation.due()).isEmpty();
    assertThat(feed(TABLE + "ok\n" + GREETING, 2)).isEmpty();
    assertThat(conversation.pass(at(100_000))).isEmpty();
    assertThat(conversation.due()).isEmpty();
  }

  @Test
  void a_refusal_in_the_midst_of_a_chunk_drops_what_follows_in_it() {
    feed(GREETING, 0);
    var events = feed(TABLE + "no\n" + TABLE + "ok\n", 1);
    assertThat(events).hasSize(1).first().isInstanceOf(Event.Over.class);
  }

  @Test
  void lines_that_are_none_are_counted_and_quoted() {
    feed(GREETING, 0);
    feed("add route gibberish\n" + TABLE + "ok\n", 1);
    assertThat(conversation.faults().malformed()).isEqualTo(1);
    assertThat(conversation.faults().firstMalformed().orElseThrow()).contains("gibberish");
  }

  /** Passing time each millisecond and passing it only when due tell the same at the same time. */
  @Test
  void passing_time_only_when_due_loses_nothing() {
    for (var seed = 0; seed < 150; seed++) {
      var busy = new Talk(seed);
      var lazy = new Talk(seed);
      for (var now = 0; now < 15_000; now++) {
        busy.step(now, true);
        lazy.step(now, false);
      }
      assertThat(lazy.log).as("seed %d", seed).isEqualTo(busy.log);
      assertThat(busy.log).as("seed %d", seed).isNotEmpty();
      assertThat(lazy.passes).isLessThan(busy.passes);
    }
  }

  /** A babeld of moods, the same for one seed: quick, slow, silent, refusing, talkative. */
  private static final class Talk {
    private final Random random;
    private final Conversation conversation = new Conversation(
        new Conversation.Limits(Duration.ofMillis(300), Duration.ofMillis(1_100)), at(0));
    private final List<String> log = new ArrayList<>();
    private String owed = GREETING;
    private int nextBytes;
    private int passes;

    Talk(long seed) {
      random = new Random(seed);
      nextBytes = random.nextInt(200);
    }

    void step(int now, boolean always) {
      if (now >= nextBytes) {
        note(now, conversation.received(bytes(speak()), at(now)));
        var mood = random.nextInt(200);
        nextBytes = now + (mood == 0 ? 4_000 : 1 + random.nextInt(mood < 20 ? 290 : 40));
      }
      if (always || conversation.due().filter(due -> !at(now).isBefore(due)).isPresent()) {
        passes++;
        note(now, conversation.pass(at(now)));
      }
    }

    private String speak() {
      if (owed.isEmpty()) {
        return random.nextInt(600) == 0
            ? "ok\n"
            : route("change", random.nextInt(3) == 0 ? 65535 : 96 + random.nextInt(3));
      }
      var part = Math.min(owed.length(), 1 + random.nextInt(300));
      var said = owed.substring(0, part);
      owed = owed.substring(part);
      return said;
    }

    private void note(int now, List<Event> events) {
      for (var event : events) {
        log.add(now + " " + event);
        if (event instanceof Event.Send) {
          owed = random.nextInt(50) == 0 ? "no\n" : TABLE + "ok\n";
        }
      }
    }
  }

  private List<Event> feed(String text, int millis) {
    return conversation.received(bytes(text), at(millis));
  }

  private List<Event> feed(String text, int millis, int chunkMax, Random random) {
    var events = new ArrayList<Event>();
    for (var begin = 0; begin < text.length(); ) {
      var end = Math.min(text.length(), begin + 1 + random.nextInt(chunkMax));
      events.addAll(feed(text.substring(begin, end), millis));
      begin = end;
    }
    return events;
  }

  private static Event.Told told(Event event) {
    assertThat(event).isInstanceOf(Event.Told.class);
    return (Event.Told) event;
  }

  private static String over(List<Event> events) {
    assertThat(events).hasSize(1).first().isInstanceOf(Event.Over.class);
    return ((Event.Over) events.get(0)).why();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static Uptime at(int millis) {
    return Uptime.of(Duration.ofMillis(millis));
  }
}
