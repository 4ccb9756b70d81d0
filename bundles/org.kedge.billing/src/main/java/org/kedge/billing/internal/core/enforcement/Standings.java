package org.kedge.billing.internal.core.enforcement;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Standing;
import org.kedge.billing.internal.core.BillingRules;

/**
 * Judges neighbours: the one place where it is decided who is slowed. One thread.
 *
 * <p>Counted against a neighbour is what it owes less what it denies; all that it owes once it denies more than the debt limit, so
 * that denying pays nobody. Who owes more than the pay threshold is due, who owes more than the debt limit for longer than the grace
 * time is overdue. Who is overdue is slowed, unless it was never told a price, or anything is in doubt: then it is let go at once. So
 * is who owes no more than the debt limit. The grace time runs through doubts, and anew after a restart of this node.
 */
public final class Standings {
  private static final int DECIMALS = 4;

  private BillingRules rules;
  private final Map<NeighbourId, Uptime> beyondSince = new HashMap<>();

  public Standings(BillingRules rules) {
    this.rules = rules;
  }

  public void rules(BillingRules changed) {
    rules = changed;
  }

  public Judgement judge(NeighbourId neighbour, Facts facts, Uptime now) {
    var counts = counts(facts);
    var owes = "owes " + counts.inCoins(DECIMALS) + " coins" + denied(facts, counts);
    if (counts.compareTo(rules.debtLimit()) <= 0) {
      beyondSince.remove(neighbour);
      return counts.compareTo(rules.payThreshold()) > 0
          ? new Judgement(
              Standing.DUE,
              false,
              owes + ", more than the pay threshold of " + rules.payThreshold().inCoins(DECIMALS))
          : new Judgement(Standing.GOOD, false, owes);
    }
    var lasting = now.since(beyondSince.computeIfAbsent(neighbour, any -> now));
    var beyond = owes + ", more than the debt limit of " + rules.debtLimit().inCoins(DECIMALS)
        + " for " + lasting.toSeconds() + " s";
    if (lasting.compareTo(rules.grace()) <= 0) {
      return new Judgement(
          Standing.DUE, false, beyond + "; slowed after " + seconds(rules.grace()));
    }
    return doubt(facts)
        .map(why -> new Judgement(Standing.OVERDUE, false, beyond + "; not slowed, as " + why))
        .orElseGet(() -> new Judgement(Standing.OVERDUE, true, beyond));
  }

  private Wei counts(Facts facts) {
    if (facts.denied().compareTo(rules.debtLimit()) > 0) {
      return facts.owes();
    }
    return facts.owes().minus(facts.denied().min(facts.owes()));
  }

  private static String denied(Facts facts, Wei counts) {
    if (facts.denied().isNone()) {
      return "";
    }
    var left = counts.equals(facts.owes()) ? ", counting " : ", not counting ";
    return left + facts.denied().inCoins(DECIMALS) + " it denies";
  }

  private static Optional<String> doubt(Facts facts) {
    var untold = facts.isTold()
        ? Optional.<String>empty()
        : Optional.of("it was never told a price over the neighbour channel");
    var doubts = facts.doubts();
    return Stream.of(untold, doubts.prices(), doubts.counters(), doubts.clock(), doubts.ledger())
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static String seconds(Duration span) {
    return span.toSeconds() + " s";
  }
}
