package org.kedge.billing.internal.core.statement;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.SignedStatements;

/**
 * Two statements of one round side by side.
 *
 * <p>What each side says of its growth since the last agreed statement may differ by half a percent of the larger: of the growth and
 * not of the whole sum, for otherwise, once sums are large, a neighbour could deny whole periods and have them written off one after
 * the other. A little more is allowed where little was carried, since the two readings are not taken at one instant: a mebibyte, or
 * what was carried in one second of a period, whichever is more.
 *
 * @param base the last statements the two agreed on
 */
record Comparison(
    Statement ours,
    Statement theirs,
    Optional<SignedStatements> base,
    Price highest,
    Duration period) {
  private static final BigInteger HALF_PERCENT = BigInteger.valueOf(200);
  private static final Bytes FLOOR = Bytes.mebi(1);

  boolean agrees() {
    return isNear(ours.earned(), theirs.owed(), earnedBefore())
        && isNear(ours.owed(), theirs.earned(), owedBefore())
        && areNear(
            ours.carried(),
            base.map(before -> before.ours().carried()),
            theirs.handed(),
            base.flatMap(SignedStatements::theirs).map(Statement::handed))
        && areNear(
            ours.handed(),
            base.map(before -> before.ours().handed()),
            theirs.carried(),
            base.flatMap(SignedStatements::theirs).map(Statement::carried));
  }

  /** What this node has to take off what it earned, so that both sides hold the smaller sum. */
  Wei earnedTooMuch() {
    return ours.earned().minus(ours.earned().min(theirs.owed()));
  }

  /** What this node has to take off what it owes. */
  Wei owedTooMuch() {
    return ours.owed().minus(ours.owed().min(theirs.earned()));
  }

  private Wei earnedBefore() {
    return base.flatMap(
            before -> before.theirs().map(said -> before.ours().earned().min(said.owed())))
        .orElse(Wei.NONE);
  }

  private Wei owedBefore() {
    return base.flatMap(
            before -> before.theirs().map(said -> before.ours().owed().min(said.earned())))
        .orElse(Wei.NONE);
  }

  private boolean isNear(Wei one, Wei other, Wei before) {
    return isNear(
        one.amount().subtract(before.amount()),
        other.amount().subtract(before.amount()),
        highest.of(FLOOR).amount());
  }

  private boolean areNear(
      Bytes one, Optional<Bytes> oneBefore, Bytes other, Optional<Bytes> otherBefore) {
    var mine = one.count() - oneBefore.orElse(Bytes.NONE).count();
    var its = other.count() - otherBefore.orElse(Bytes.NONE).count();
    // Books that began anew count bytes anew; money is what has to fit then.
    return mine < 0
        || its < 0
        || isNear(
            BigInteger.valueOf(mine), BigInteger.valueOf(its), BigInteger.valueOf(FLOOR.count()));
  }

  private boolean isNear(BigInteger one, BigInteger other, BigInteger floor) {
    var larger = one.max(other).max(BigInteger.ZERO);
    var allowed = larger
        .divide(HALF_PERCENT)
        .max(larger.divide(BigInteger.valueOf(Math.max(1, period.toSeconds()))))
        .max(floor);
    return one.subtract(other).abs().compareTo(allowed) <= 0;
  }
}
