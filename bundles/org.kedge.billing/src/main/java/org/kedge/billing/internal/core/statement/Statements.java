package org.kedge.billing.internal.core.statement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;
import org.kedge.billing.internal.core.statement.StatementMessage.Answer;
import org.kedge.billing.internal.core.statement.StatementMessage.Behind;
import org.kedge.billing.internal.core.statement.StatementMessage.Proposal;
import org.kedge.billing.internal.core.statement.StatementMessage.Verdict;
import org.kedge.billing.internal.core.statement.Step.Book;
import org.kedge.billing.internal.core.statement.Step.Say;
import org.kedge.billing.internal.core.statement.Step.TakeReading;

/**
 * Agrees with each neighbour at the end of each period. One thread.
 *
 * <p>Of two nodes the one with the smaller key proposes: it reads, charges and says its sums. The other does the same at once,
 * answers with its own sums, and says whether it agrees. The first judges too, books, and says its verdict; then the other books.
 * Where both agree each takes off its own sums what they are above the other's, so both hold the smaller. Otherwise nothing is
 * adopted and both statements are kept.
 *
 * <p>A message that is lost is said again a few times, a proposal after a fresh reading; then the next period has to do. Should one
 * side have booked a round and the other not, because a verdict was lost or a node died in between, then what the other did not take
 * off is in the difference of the next round, and is taken off there: sums count from the beginning, and what is taken off is worked
 * out from the sums of the round alone. While something is being booked nothing else is said, so no correction is worked out from
 * sums that lack another. A round is booked once: its number is on flash with it and never agreed on again.
 */
public final class Statements {
  private static final Duration PROPOSE_AGAIN = Duration.ofSeconds(10);
  private static final Duration ANSWER_AGAIN = Duration.ofSeconds(2);
  private static final int TRIES = 4;
  private static final Duration READING_MAX = Duration.ofMinutes(1);

  private static final Bytes FLOOR = Bytes.mebi(1);

  /** Where the end of a round was missed, two such differences stand in the next one. */
  private static final Bytes FLOOR_ANSWERING = Bytes.mebi(2);

  /** A number that is further ahead than statements of years is not believed. */
  private static final long AHEAD_MAX = 1_000_000;

  private BillingRules rules;
  private final NeighbourId self;
  private final Map<NeighbourId, Peer> peers = new TreeMap<>();

  /** Where a round stands. */
  private sealed interface Phase {
    record Idle() implements Phase {}

    record ReadingToPropose(int tries, Uptime since) implements Phase {}

    record Proposed(Figures figures, Statement ours, int tries, Uptime at) implements Phase {}

    record ReadingToAnswer(Statement theirs, String evidence, Uptime since) implements Phase {}

    /** Both statements stand, and this side agrees: the other has the last word. */
    record Answered(Figures figures, Statement ours, Statement theirs, int tries, Uptime at)
        implements Phase {}

    record Booking(SignedStatements statements) implements Phase {}
  }

  private static final class Peer {
    final boolean isOursToPropose;
    boolean isMet;
    Phase phase = new Phase.Idle();
    Uptime next;

    /** The highest number that is known to be used. */
    long number;

    Optional<SignedStatements> latest = Optional.empty();
    Optional<SignedStatements> agreed = Optional.empty();
    Optional<SignedStatements> agreedBefore = Optional.empty();

    Peer(boolean isOursToPropose, Uptime next) {
      this.isOursToPropose = isOursToPropose;
      this.next = next;
    }
  }

  /** @param self this node, by its key */
  public Statements(BillingRules rules, NeighbourId self) {
    this.rules = rules;
    this.self = self;
  }

  public void rules(BillingRules changed) {
    rules = changed;
  }

  /**
   * A session with a neighbour began.
   *
   * @param latest the latest statements that the books hold, and {@code agreed} the latest agreed ones; looked at when it is met for
   *     the first time
   */
  public void met(
      NeighbourId neighbour,
      Optional<SignedStatements> latest,
      Optional<SignedStatements> agreed,
      Uptime now) {
    var peer = peers.get(neighbour);
    if (peer == null) {
      peer = new Peer(self.compareTo(neighbour) < 0, now.plus(rules.period()));
      peer.latest = latest;
      peer.agreed = agreed;
      peer.number = latest.map(last -> last.ours().number()).orElse(0L);
      peers.put(neighbour, peer);
    }
    peer.isMet = true;
    if (peer.phase instanceof Phase.Answered answered) {
      // It may have booked and died before it could say so.
      peer.phase = new Phase.Answered(
          answered.figures(), answered.ours(), answered.theirs(), 0, answered.at());
    }
  }

  /** The session is over. */
  public void lost(NeighbourId neighbour) {
    peer(neighbour).ifPresent(peer -> peer.isMet = false);
  }

  /** Called about once a second. */
  public List<Step> tick(Uptime now) {
    var steps = new ArrayList<Step>();
    peers.forEach((neighbour, peer) -> tick(neighbour, peer, now).ifPresent(steps::add));
    return steps;
  }

  private Optional<Step> tick(NeighbourId neighbour, Peer peer, Uptime now) {
    var phase = peer.phase;
    var isStuck =
        phase instanceof Phase.ReadingToPropose reading && isOver(reading.since(), READING_MAX, now)
            || phase instanceof Phase.ReadingToAnswer answering
                && isOver(answering.since(), READING_MAX, now);
    if (isStuck) {
      peer.phase = new Phase.Idle();
    }
    if (!peer.isMet) {
      return Optional.empty();
    }
    if (phase instanceof Phase.Proposed proposed && isOver(proposed.at(), PROPOSE_AGAIN, now)) {
      if (proposed.tries() >= TRIES) {
        peer.phase = new Phase.Idle();
        return Optional.empty();
      }
      peer.phase = new Phase.ReadingToPropose(proposed.tries(), now);
      return Optional.of(new TakeReading(neighbour));
    }
    if (phase instanceof Phase.Answered answered
        && answered.tries() < TRIES
        && isOver(answered.at(), ANSWER_AGAIN, now)) {
      peer.phase = new Phase.Answered(
          answered.figures(), answered.ours(), answered.theirs(), answered.tries() + 1, now);
      return Optional.of(new Say(neighbour, new Answer(answered.ours(), answered.theirs(), true)));
    }
    if (peer.isOursToPropose && phase instanceof Phase.Idle && !now.isBefore(peer.next)) {
      peer.next = now.plus(rules.period());
      peer.phase = new Phase.ReadingToPropose(0, now);
      return Optional.of(new TakeReading(neighbour));
    }
    return Optional.empty();
  }

  private static boolean isOver(Uptime since, Duration span, Uptime now) {
    return now.since(since).compareTo(span) >= 0;
  }

  /**
   * Takes a message of a neighbour that was met. What does not belong to the round as it stands is ignored.
   *
   * @param evidence the message as it came, with its signature
   */
  public List<Step> heard(NeighbourId from, StatementMessage message, String evidence, Uptime now) {
    var peer = peers.get(from);
    if (peer == null || peer.phase instanceof Phase.Booking) {
      return List.of();
    }
    if (peer.isOursToPropose) {
      if (message instanceof Answer answer) {
        return answered(from, peer, answer, evidence);
      }
      if (message instanceof Behind behind) {
        return behind(from, peer, behind, now);
      }
    } else {
      if (message instanceof Proposal proposal) {
        return proposed(from, peer, proposal.ours(), evidence, now);
      }
      if (message instanceof Verdict verdict) {
        return judged(from, peer, verdict, evidence);
      }
    }
    return List.of();
  }

  private List<Step> proposed(
      NeighbourId from, Peer peer, Statement theirs, String evidence, Uptime now) {
    if (theirs.number() <= peer.number) {
      return List.of(new Say(from, new Behind(peer.number)));
    }
    if (theirs.number() - peer.number > AHEAD_MAX) {
      return List.of();
    }
    if (peer.phase instanceof Phase.Answered answered && answered.theirs().equals(theirs)) {
      return List.of(new Say(from, new Answer(answered.ours(), theirs, true)));
    }
    var isReading = peer.phase instanceof Phase.ReadingToAnswer;
    peer.phase = new Phase.ReadingToAnswer(theirs, evidence, now);
    return isReading ? List.of() : List.of(new TakeReading(from));
  }

  private List<Step> answered(NeighbourId from, Peer peer, Answer answer, String evidence) {
    if (peer.phase instanceof Phase.Proposed proposed
        && answer.yours().equals(proposed.ours())
        && answer.ours().number() == proposed.ours().number()) {
      var comparison = comparison(peer, proposed.figures(), proposed.ours(), answer.ours());
      var agrees = answer.agrees() && comparison.agrees();
      return List.of(conclude(
          from,
          peer,
          proposed.figures(),
          comparison,
          agrees,
          evidence,
          List.of(new Verdict(proposed.ours(), answer.ours(), agrees))));
    }
    // Said again, as the verdict was lost: it stands on flash, also after a restart.
    return peer.latest
        .filter(last -> last.ours().equals(answer.yours())
            && last.theirs().filter(answer.ours()::equals).isPresent())
        .<List<Step>>map(last -> List.of(new Say(
            from, new Verdict(last.ours(), answer.ours(), last.outcome() == Outcome.AGREED))))
        .orElse(List.of());
  }

  private List<Step> judged(NeighbourId from, Peer peer, Verdict verdict, String evidence) {
    if (peer.phase instanceof Phase.Answered answered
        && verdict.yours().equals(answered.ours())
        && verdict.ours().equals(answered.theirs())) {
      var comparison = comparison(peer, answered.figures(), answered.ours(), answered.theirs());
      return List.of(conclude(
          from, peer, answered.figures(), comparison, verdict.agrees(), evidence, List.of()));
    }
    return List.of();
  }

  private List<Step> behind(NeighbourId from, Peer peer, Behind behind, Uptime now) {
    if (!(peer.phase instanceof Phase.Proposed proposed)
        || behind.number() < proposed.ours().number()
        || behind.number() - peer.number > AHEAD_MAX) {
      return List.of();
    }
    peer.number = behind.number();
    return propose(from, peer, proposed.figures(), proposed.tries(), now);
  }

  /** The reading that was asked for. */
  public List<Step> figures(NeighbourId neighbour, Figures figures, Uptime now) {
    var peer = peers.get(neighbour);
    if (peer == null) {
      return List.of();
    }
    if (peer.phase instanceof Phase.ReadingToPropose reading) {
      return propose(neighbour, peer, figures, reading.tries(), now);
    }
    if (peer.phase instanceof Phase.ReadingToAnswer reading) {
      var theirs = reading.theirs();
      var ours = figures.statement(theirs.number());
      var comparison = comparison(peer, figures, ours, theirs);
      if (!comparison.agrees()) {
        // Nothing that is said later can change that.
        return List.of(conclude(
            neighbour,
            peer,
            figures,
            comparison,
            false,
            reading.evidence(),
            List.of(new Answer(ours, theirs, false))));
      }
      peer.phase = new Phase.Answered(figures, ours, theirs, 1, now);
      return List.of(new Say(neighbour, new Answer(ours, theirs, true)));
    }
    return List.of();
  }

  private List<Step> propose(
      NeighbourId neighbour, Peer peer, Figures figures, int tries, Uptime now) {
    if (tries >= TRIES) {
      peer.phase = new Phase.Idle();
      return List.of();
    }
    var ours = figures.statement(peer.number + 1);
    peer.phase = new Phase.Proposed(figures, ours, tries + 1, now);
    return List.of(new Say(neighbour, new Proposal(ours)));
  }

  private Step conclude(
      NeighbourId neighbour,
      Peer peer,
      Figures figures,
      Comparison comparison,
      boolean agrees,
      String evidence,
      List<StatementMessage> after) {
    var statements = new SignedStatements(
        neighbour,
        comparison.ours(),
        Optional.of(comparison.theirs()),
        agrees ? Outcome.AGREED : Outcome.DISPUTED,
        evidence);
    peer.phase = new Phase.Booking(statements);
    var entries = agrees ? corrections(neighbour, figures, comparison) : List.<LedgerEntry>of();
    return new Book(
        neighbour,
        new Batch(entries, Optional.empty(), Optional.empty(), List.of(statements)),
        after);
  }

  private static List<LedgerEntry> corrections(
      NeighbourId neighbour, Figures figures, Comparison comparison) {
    var account = new Account.Neighbour(neighbour);
    var entries = new ArrayList<LedgerEntry>();
    if (!comparison.earnedTooMuch().isNone()) {
      entries.add(correction(
          "earned",
          Account.Own.WRITE_OFF,
          account,
          comparison.earnedTooMuch(),
          neighbour,
          figures,
          comparison));
    }
    if (!comparison.owedTooMuch().isNone()) {
      entries.add(correction(
          "owed",
          account,
          Account.Own.WRITE_OFF,
          comparison.owedTooMuch(),
          neighbour,
          figures,
          comparison));
    }
    return entries;
  }

  private static LedgerEntry correction(
      String what,
      Account debit,
      Account credit,
      Wei amount,
      NeighbourId neighbour,
      Figures figures,
      Comparison comparison) {
    var number = comparison.ours().number();
    return new LedgerEntry(
        new EntryId("agreed/" + neighbour.value() + "/" + number + "/" + what),
        Reason.AGREED,
        debit,
        credit,
        amount,
        Bytes.NONE,
        Optional.empty(),
        figures.at(),
        figures.clockTrusted(),
        "statement " + number + ", " + what);
  }

  private Comparison comparison(Peer peer, Figures figures, Statement ours, Statement theirs) {
    var floor = peer.isOursToPropose ? FLOOR : FLOOR_ANSWERING;
    return new Comparison(
        ours, theirs, peer.agreed, peer.agreedBefore, floor, figures.highest(), rules.period());
  }

  /** What was to be booked is durable; balances hold it. */
  public void booked(NeighbourId neighbour) {
    var peer = peers.get(neighbour);
    if (peer != null && peer.phase instanceof Phase.Booking booking) {
      var statements = booking.statements();
      peer.latest = Optional.of(statements);
      peer.number = Math.max(peer.number, statements.ours().number());
      if (statements.outcome() == Outcome.AGREED) {
        peer.agreedBefore = peer.agreed;
        peer.agreed = peer.latest;
      }
      peer.phase = new Phase.Idle();
    }
  }

  /** What was asked for could not be done, and will not be. */
  public void dropped(NeighbourId neighbour) {
    peer(neighbour).ifPresent(peer -> peer.phase = new Phase.Idle());
  }

  /** The last statement that both signed, as this node said it. */
  public Optional<Statement> agreed(NeighbourId neighbour) {
    return peer(neighbour).flatMap(peer -> peer.agreed).map(SignedStatements::ours);
  }

  /** Present where the latest statements of the two do not agree. */
  public Optional<Dispute> dispute(NeighbourId neighbour) {
    return peer(neighbour)
        .flatMap(peer -> peer.latest
            .filter(last -> last.outcome() == Outcome.DISPUTED)
            .flatMap(
                last -> last.theirs().map(theirs -> Dispute.of(last.ours(), theirs, peer.agreed))));
  }

  private Optional<Peer> peer(NeighbourId neighbour) {
    return Optional.ofNullable(peers.get(neighbour));
  }
}
