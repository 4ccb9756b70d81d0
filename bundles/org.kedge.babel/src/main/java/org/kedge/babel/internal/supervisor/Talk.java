package org.kedge.babel.internal.supervisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.Conversation;
import org.kedge.babel.internal.core.Conversation.Event;
import org.kedge.babel.internal.core.LineFaults;
import org.kedge.base.api.Lane;
import org.kedge.base.api.UptimeSource;

/**
 * Keeps a conversation with babeld going: after an end it begins another one, with growing pauses. babeld serves four clients, so
 * there is never more than one connection. On the lane, but for {@link #close}.
 */
final class Talk implements AutoCloseable {
  private static final Duration BACKOFF_FIRST = Duration.ofMillis(500);
  private static final Duration BACKOFF_MOST = Duration.ofSeconds(4);

  private final Surroundings surroundings;
  private final Conversation.Limits limits;
  private final Lane lane;
  private final UptimeSource uptime;
  private final Listener listener;

  private final Deque<Consumer<Answer>> answers = new ArrayDeque<>();
  private Optional<Conversation> conversation = Optional.empty();
  private Lane.Timer due = () -> {};
  private Lane.Timer again = () -> {};
  private int failures;
  private long earlierMalformed;
  private Optional<String> firstMalformed = Optional.empty();

  // Written on the lane; closed on any thread, since a lane that closes drops what waits.
  private volatile Optional<Surroundings.Connection> connection = Optional.empty();
  private volatile boolean closed;

  /** Hears what comes of it; on the lane. */
  interface Listener {
    void told(RoutingTable table, boolean whole);

    /** One conversation has ended; another one is begun after a pause. */
    void over(String why, boolean refused);
  }

  /** @param taken whether babeld took the order; if not, {@code words} tell why */
  record Answer(boolean taken, String words) {}

  Talk(
      Surroundings surroundings,
      Conversation.Limits limits,
      Lane lane,
      UptimeSource uptime,
      Listener listener) {
    this.surroundings = surroundings;
    this.limits = limits;
    this.lane = lane;
    this.uptime = uptime;
    this.listener = listener;
  }

  /** Begins a conversation; ends one that is under way, without counting that as a failure. */
  void begin() {
    drop("begun anew");
    failures = 0;
    connect();
  }

  private void connect() {
    if (closed) {
      return;
    }
    var begun = new Conversation(limits, uptime.now());
    conversation = Optional.of(begun);
    try {
      var opened = surroundings.connect(lane, new Ear(begun));
      connection = Optional.of(opened);
      if (closed) {
        opened.close();
        return;
      }
      dueAgain(begun);
    } catch (IOException e) {
      over("no socket could be made: " + e.getMessage(), false);
    }
  }

  private final class Ear implements Surroundings.Ear {
    private final Conversation begun;

    Ear(Conversation begun) {
      this.begun = begun;
    }

    @Override
    public void received(ByteBuffer bytes) {
      if (isCurrent(begun)) {
        handle(begun, begun.received(bytes, uptime.now()));
      }
    }

    @Override
    public void ended(String why, boolean refused) {
      if (isCurrent(begun)) {
        over(why, refused);
      }
    }
  }

  private boolean isCurrent(Conversation begun) {
    return conversation.filter(current -> current == begun).isPresent();
  }

  private void handle(Conversation begun, List<Event> events) {
    for (var event : events) {
      if (event instanceof Event.Send send) {
        connection.ifPresent(open -> open.send(send.command()));
      } else if (event instanceof Event.Told told) {
        if (told.whole()) {
          failures = 0;
        }
        listener.told(told.table(), told.whole());
      } else if (event instanceof Event.Obeyed obeyed) {
        answers.remove().accept(new Answer(true, obeyed.command()));
      } else if (event instanceof Event.Declined declined) {
        answers
            .remove()
            .accept(new Answer(false, "'" + declined.command() + "': " + declined.words()));
      } else if (event instanceof Event.Over over) {
        over(over.why(), false);
        return;
      }
    }
    dueAgain(begun);
  }

  private void dueAgain(Conversation begun) {
    due.cancel();
    begun.due().ifPresent(next -> {
      var pause = next.since(uptime.now());
      due = lane.after(
          pause.isNegative() ? Duration.ZERO : pause,
          "conversation due",
          () -> handle(begun, begun.pass(uptime.now())));
    });
  }

  /** Gives babeld an order as soon as it owes no answer. */
  void order(String command, Consumer<Answer> answer) {
    if (conversation.isEmpty() || failures > 0) {
      answer.accept(new Answer(false, "'" + command + "': babeld is not connected"));
      return;
    }
    var current = conversation.get();
    answers.add(answer);
    handle(current, current.order(command, uptime.now()));
  }

  private void over(String why, boolean refused) {
    drop(why);
    failures++;
    var pause = BACKOFF_FIRST.multipliedBy(1L << Math.min(failures - 1, 8));
    again = lane.after(
        pause.compareTo(BACKOFF_MOST) < 0 ? pause : BACKOFF_MOST, "connect again", this::connect);
    listener.over(why, refused);
  }

  private void drop(String why) {
    due.cancel();
    again.cancel();
    connection.ifPresent(Surroundings.Connection::close);
    connection = Optional.empty();
    conversation.ifPresent(ended -> {
      earlierMalformed += ended.faults().malformed();
      firstMalformed = firstMalformed.or(() -> ended.faults().firstMalformed());
    });
    conversation = Optional.empty();
    var waiting = new ArrayList<>(answers);
    answers.clear();
    waiting.forEach(
        answer -> answer.accept(new Answer(false, "the conversation with babeld ended: " + why)));
  }

  /** As babeld greeted; empty text before. */
  String version() {
    return conversation.map(Conversation::version).orElse("");
  }

  /** From the latest question to the end of its answer. */
  Duration answerTook() {
    return conversation.map(Conversation::answerTook).orElse(Duration.ZERO);
  }

  /** Of this conversation and of all before. */
  LineFaults faults() {
    var now = conversation.map(Conversation::faults);
    return new LineFaults(
        earlierMalformed + now.map(LineFaults::malformed).orElse(0L),
        firstMalformed.or(() -> now.flatMap(LineFaults::firstMalformed)),
        now.map(LineFaults::unknownKinds).orElse(0L));
  }

  /** On any thread. */
  @Override
  public void close() {
    closed = true;
    connection.ifPresent(Surroundings.Connection::close);
    lane.after(Duration.ZERO, "close the conversation", () -> {
      due.cancel();
      again.cancel();
    });
  }
}
