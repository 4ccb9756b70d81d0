package org.kedge.babel.internal.supervisor;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.kedge.babel.internal.core.Sight.Answers;
import org.kedge.base.api.Lane;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.UptimeSource;

/** Asks an address again and again whether it is there. On the lane. */
final class AddressWatch {
  private static final Duration LIMIT = Duration.ofMillis(1500);
  private static final Duration MISS_PAUSE = Duration.ofMillis(500);

  private final Target target;
  private final Duration pause;
  private final Surroundings surroundings;
  private final Lane lane;
  private final UptimeSource uptime;
  private final Supplier<Optional<Answers>> before;
  private final Consumer<Answers> after;
  private Lane.Timer due = () -> {};
  private boolean closed;

  /**
   * @param pause from one answer to the next question
   * @param before what is known of its answers
   * @param after takes what is known after each question
   */
  AddressWatch(
      Target target,
      Duration pause,
      Surroundings surroundings,
      Lane lane,
      UptimeSource uptime,
      Supplier<Optional<Answers>> before,
      Consumer<Answers> after) {
    this.target = target;
    this.pause = pause;
    this.surroundings = surroundings;
    this.lane = lane;
    this.uptime = uptime;
    this.before = before;
    this.after = after;
  }

  /** Asks in a moment instead of at the next turn. */
  void askSoon() {
    askIn(MISS_PAUSE);
  }

  private void askIn(Duration wait) {
    due.cancel();
    if (!closed) {
      due = lane.after(wait, "ask " + target.text(), this::ask);
    }
  }

  private void ask() {
    lane.aside(
        "ask " + target.text(),
        LIMIT.plusSeconds(1),
        () -> surroundings.ask(target, LIMIT),
        outcome -> {
          var took = outcome instanceof Lane.Outcome.Done<Optional<Duration>> done
              ? done.value()
              : Optional.<Duration>empty();
          var now = uptime.now();
          var known = before.get().orElse(Answers.none(now, host()));
          var next = took.map(time -> known.answered(now, time)).orElseGet(() -> known.missed(now));
          after.accept(next);
          // A miss is followed up soon, so that three of them are a matter of seconds.
          askIn(next.isInDoubt() ? MISS_PAUSE : pause);
        });
  }

  /** Without the port: routes lead to addresses. */
  private String host() {
    var text = target.text();
    if (text.startsWith("[")) {
      return text.substring(1, text.indexOf(']'));
    }
    return target.port().isPresent() ? text.substring(0, text.indexOf(':')) : text;
  }

  void close() {
    closed = true;
    due.cancel();
  }
}
