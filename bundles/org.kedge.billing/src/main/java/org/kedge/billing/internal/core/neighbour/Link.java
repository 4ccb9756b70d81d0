package org.kedge.billing.internal.core.neighbour;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;

/**
 * One link's far end. What this node offers begins one session and never another: so a message of an earlier session, whoever ended
 * it, echoes something that nobody says any more.
 */
final class Link {
  private static final Duration UNTIL_MET = Duration.ofSeconds(5);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  /** Three keep-alives lost. */
  private static final Duration LAPSE = Duration.ofSeconds(95);

  private static final Duration ANSWER_PAUSE = Duration.ofMillis(250);

  private final LinkAddress far;
  private final Supplier<String> draw;
  final TokenBucket in;
  final TokenBucket strangers;
  boolean isHeard = true;
  private String offer;
  private long number;
  private Optional<Session> session = Optional.empty();
  private Uptime helloDue;
  private Optional<Uptime> answered = Optional.empty();

  /**
   * What both sides agreed to talk in.
   *
   * @param own what this node offered
   * @param run of the neighbour
   * @param last number heard
   */
  record Session(
      String own,
      String theirs,
      NeighbourId neighbour,
      String run,
      Uptime begun,
      long last,
      Uptime lastAt) {
    Session heard(long number, Uptime now) {
      return new Session(own, theirs, neighbour, run, begun, number, now);
    }
  }

  /** @param in of what names the pinned key, {@code strangers} of what names others */
  Link(LinkAddress far, Supplier<String> draw, TokenBucket in, TokenBucket strangers, Uptime now) {
    this.far = far;
    this.draw = draw;
    this.in = in;
    this.strangers = strangers;
    offer = draw.get();
    helloDue = now;
  }

  /** The session, unless it lapsed. */
  Optional<Session> session(Uptime now) {
    if (session.isPresent() && now.since(session.get().lastAt()).compareTo(LAPSE) > 0) {
      session = Optional.empty();
      helloDue = now;
    }
    return session;
  }

  boolean isOffer(String echo) {
    return echo.equals(offer);
  }

  void begin(Message message, NeighbourId neighbour, String run, Uptime now) {
    session = Optional.of(
        new Session(offer, message.session(), neighbour, run, now, message.number(), now));
    offer = draw.get();
    helloDue = now.plus(KEEP_ALIVE);
  }

  void heard(Session heard) {
    session = Optional.of(heard);
  }

  void end(Uptime now) {
    session = Optional.empty();
    offer = draw.get();
    helloDue = now;
  }

  /** A hello, where one is due. */
  Optional<Saying> hello(Message.Hello hello, Uptime now) {
    var standing = session(now);
    if (!isHeard || now.isBefore(helloDue)) {
      return Optional.empty();
    }
    helloDue = now.plus(standing.isPresent() ? KEEP_ALIVE : UNTIL_MET);
    return Optional.of(
        standing.isPresent() ? inSession(standing.get(), hello) : offering("", hello));
  }

  /** An answer to who asks; none within a moment of the last one. */
  Optional<Saying> answer(Message asked, NeighbourId asking, Message.Hello hello, Uptime now) {
    if (answered.isPresent() && now.since(answered.get()).compareTo(ANSWER_PAUSE) < 0) {
      return Optional.empty();
    }
    answered = Optional.of(now);
    // It may be that only our hello was lost: then the session that stands here is the one to be
    // told.
    var same = session(now)
        .filter(standing ->
            standing.theirs().equals(asked.session()) && standing.neighbour().equals(asking));
    return Optional.of(
        same.isPresent() ? inSession(same.get(), hello) : offering(asked.session(), hello));
  }

  Saying inSession(Session standing, Message.Content content) {
    return new Saying(far, standing.own(), standing.theirs(), ++number, content);
  }

  private Saying offering(String echo, Message.Hello hello) {
    return new Saying(far, offer, echo, ++number, hello);
  }
}
