package org.kedge.kura.internal.core;

import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.Uptime;

/**
 * What is known of Kura's connection. Kura tells its changes only, not how it stands, and a change may be missed; so while it is
 * not known to stand one message may be tried now and then, and its confirmation proves the connection.
 *
 * @param since when it became known
 * @param tried when a message was tried last, since then
 * @param why it is not known to stand; for people
 */
public record Link(Known known, Uptime since, Optional<Uptime> tried, String why) {
  /**
   * From one trial to the next. What is tried while the broker is away lies in Kura's memory until it is back, and arrives twice:
   * this often it costs less than a megabyte a day.
   */
  static final Duration QUIET = Duration.ofMinutes(5);

  /** What was heard last. */
  enum Known {
    NOTHING,
    UP,
    DOWN,
    /** Nothing new was heard since it was up, but confirmations that were due did not come. */
    DOUBTED
  }

  /** A publisher was just found; mostly its connection has been standing for long. */
  public static Link unheard(Uptime now) {
    return new Link(Known.NOTHING, now, Optional.empty(), "nothing was heard of Kura's connection");
  }

  public boolean isUp() {
    return known == Known.UP;
  }

  /** Why no message may be handed over now; empty if one may. */
  public Optional<String> refusal(Uptime now) {
    var quietSince = known == Known.NOTHING ? tried : tried.or(() -> Optional.of(since));
    var isQuiet = quietSince.filter(from -> now.isBefore(from.plus(QUIET))).isPresent();
    if (isUp() || !isQuiet) {
      return Optional.empty();
    }
    return Optional.of(
        tried.isEmpty() ? why : why + "; one message each " + QUIET.toMinutes() + " min is tried");
  }

  /** Why another connection is better, as long as there is one: then nothing is tried here that may wait here long. */
  public Optional<String> reluctance() {
    return isUp() || (known == Known.NOTHING && tried.isEmpty())
        ? Optional.empty()
        : Optional.of(why);
  }

  public Link established(Uptime now) {
    return new Link(Known.UP, now, Optional.empty(), "");
  }

  public Link down(String reason, Uptime now) {
    return new Link(Known.DOWN, now, Optional.empty(), reason);
  }

  public Link doubted(String reason, Uptime now) {
    return new Link(Known.DOUBTED, now, Optional.empty(), reason);
  }

  /**
   * A message was handed over.
   *
   * @param isConfirmable false if no confirmation will come: then there is nothing to wait for, but a loss that was heard counts
   */
  public Link tried(boolean isConfirmable, Uptime now) {
    var waits = isConfirmable || known == Known.DOWN;
    return !isUp() && waits ? new Link(known, since, Optional.of(now), why) : this;
  }

  /**
   * A message is confirmed.
   *
   * @param handed when it was handed over: it left after that
   */
  public Link confirmed(Uptime handed, Uptime now) {
    // Confirmations and the news of a loss come on threads of their own: one may be of before the
    // loss.
    var isOld = known == Known.DOWN && !since.isBefore(handed);
    return isUp() || isOld ? this : established(now);
  }
}
