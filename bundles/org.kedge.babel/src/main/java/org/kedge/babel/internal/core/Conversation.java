package org.kedge.babel.internal.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Uptime;

/**
 * One connection to babeld's control socket, from the greeting to its end: bytes and time in, what to send and what was learnt
 * out. After the greeting {@code monitor} stays open and a {@code dump} is asked for again and again: the dump is the truth, what
 * the monitor pushes in between is news until the next one. One thread.
 */
public final class Conversation {
  /** News are told at most this often, so that a storm of change lines costs the reader of them nothing. */
  static final Duration NEWS_PAUSE = Duration.ofMillis(250);

  /** An answer may go on this many times its limit as long as bytes keep coming: 50,000 routes are 8 MB. */
  private static final int PATIENCE = 10;

  private final Limits limits;
  private final LineParser parser = new LineParser();
  private final LiveTable table = new LiveTable();
  private final LineReader reader =
      new LineReader((bytes, offset, length) -> line(parser.parse(bytes, offset, length)));
  private final List<Event> events = new ArrayList<>();
  private final Deque<String> orders = new ArrayDeque<>();
  private Stage stage = Stage.GREETING;
  private Uptime now;
  private Uptime asked;
  private Uptime heard;
  private Uptime nextDump;
  private Uptime toldAt;
  private boolean news;
  private String version = "";
  private Duration answerTook = Duration.ZERO;

  /**
   * @param answer how long babeld may keep silent while it owes an answer
   * @param dump from one dump to the next
   */
  public record Limits(Duration answer, Duration dump) {}

  /** What follows from what was heard. */
  public sealed interface Event {
    /** Send this line, without its end. */
    record Send(String command) implements Event {}

    /** @param whole true for the answer to a dump, false for news in between */
    record Told(RoutingTable table, boolean whole) implements Event {}

    /** babeld took an order. */
    record Obeyed(String command) implements Event {}

    /** babeld did not take an order, and said this; the conversation goes on. */
    record Declined(String command, String words) implements Event {}

    /** Close the connection; nothing more comes of it. Waiting and a new connection may help. */
    record Over(String why) implements Event {}
  }

  private enum Stage {
    GREETING("no greeting"),
    MONITOR("no whole answer to 'monitor'"),
    DUMP("no whole answer to 'dump'"),
    ORDER("no answer to an order"),
    QUIET(""),
    OVER("");

    private final String missing;

    Stage(String missing) {
      this.missing = missing;
    }

    boolean owesAnswer() {
      return this != QUIET && this != OVER;
    }
  }

  public Conversation(Limits limits, Uptime now) {
    this.limits = limits;
    this.now = now;
    this.asked = now;
    this.heard = now;
    this.nextDump = now;
    this.toldAt = now;
  }

  /** Bytes arrived. */
  public List<Event> received(ByteBuffer bytes, Uptime at) {
    now = at;
    heard = at;
    reader.feed(bytes);
    return pass(at);
  }

  /** Time passed. */
  public List<Event> pass(Uptime at) {
    now = at;
    if (stage.owesAnswer() && !now.isBefore(deadline())) {
      over(stage.missing + " within " + now.since(asked).toMillis() + " ms");
    } else if (stage == Stage.QUIET && !orders.isEmpty()) {
      send(orders.element(), Stage.ORDER);
    } else if (stage == Stage.QUIET && !now.isBefore(nextDump)) {
      ask("dump", Stage.DUMP);
    }
    if (news && stage != Stage.OVER && !now.isBefore(toldAt.plus(NEWS_PAUSE))) {
      tell(table.snapshot(now), false);
    }
    var out = List.copyOf(events);
    events.clear();
    return out;
  }

  /** Gives babeld an order, such as {@code interface wlan0}, once it owes no answer; its outcome is an event, unless all is over. */
  public List<Event> order(String command, Uptime at) {
    orders.add(command);
    return pass(at);
  }

  /** When {@link #pass} is due next; empty once over. */
  public Optional<Uptime> due() {
    if (stage == Stage.OVER) {
      return Optional.empty();
    }
    var due = stage.owesAnswer() ? deadline() : nextDump;
    var newsDue = toldAt.plus(NEWS_PAUSE);
    return Optional.of(news && newsDue.isBefore(due) ? newsDue : due);
  }

  /** As babeld greeted, such as {@code babeld-1.12.1}; empty text before. */
  public String version() {
    return version;
  }

  public LineFaults faults() {
    return table.faults();
  }

  /** From the question to the end of the latest answer. */
  public Duration answerTook() {
    return answerTook;
  }

  private Uptime deadline() {
    var silence = heard.plus(limits.answer());
    var whole = asked.plus(limits.answer().multipliedBy(PATIENCE));
    return silence.isBefore(whole) ? silence : whole;
  }

  private void line(BabelLine line) {
    if (line instanceof BabelLine.Ok) {
      answered();
    } else if (stage == Stage.ORDER
        && (line instanceof BabelLine.Bad || line instanceof BabelLine.No)) {
      ordered(new Event.Declined(
          orders.remove(), line instanceof BabelLine.No no ? "no " + no.reason() : "bad"));
    } else if (line instanceof BabelLine.Bad || line instanceof BabelLine.No) {
      over("babeld refused what Kedge asked, in stage " + stage + ": " + line);
    } else if (line instanceof BabelLine.Greeting greeting) {
      if (greeting.topic() == BabelLine.Greeting.Topic.VERSION) {
        version = greeting.value();
      }
    } else if (table.apply(line)) {
      news = true;
    }
  }

  private void answered() {
    if (events.stream().anyMatch(Event.Send.class::isInstance)) {
      // It came in one piece with the end of the greeting, before the question was sent.
      over("babeld sent an answer that nothing had asked for");
      return;
    }
    if (stage == Stage.ORDER) {
      ordered(new Event.Obeyed(orders.remove()));
      return;
    }
    answerTook = now.since(asked);
    switch (stage) {
      case GREETING -> ask("monitor", Stage.MONITOR);
      case MONITOR, DUMP -> {
        stage = Stage.QUIET;
        nextDump = asked.plus(limits.dump());
        tell(table.endDump(now), true);
      }
      case ORDER, QUIET, OVER -> over("babeld sent an answer that nothing had asked for");
    }
  }

  /** What an order changed is told by a dump at once. */
  private void ordered(Event event) {
    events.add(event);
    stage = Stage.QUIET;
    nextDump = now;
  }

  private void ask(String command, Stage next) {
    table.beginDump();
    send(command, next);
  }

  private void send(String command, Stage next) {
    stage = next;
    asked = now;
    heard = now;
    events.add(new Event.Send(command));
  }

  private void tell(RoutingTable told, boolean whole) {
    news = false;
    toldAt = now;
    events.add(new Event.Told(told, whole));
  }

  private void over(String why) {
    if (stage != Stage.OVER) {
      stage = Stage.OVER;
      events.add(new Event.Over(why));
    }
  }
}
