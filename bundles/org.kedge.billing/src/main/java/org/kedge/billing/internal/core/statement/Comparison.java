package org.kedge.billing.internal.core.statement;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
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
 * the other. As two readings are not taken at one instant, a difference of this round may come from the one before, when more was
 * carried: then it is half a percent of the growth before. And where little was carried some bytes at the highest price are allowed,
 * or what was carried in one second of a period.
 *
 * @param base the last statements the two agreed on
 * @param before the agreed ones before those; empty after a restart, too
 * @param floor a difference of so many bytes does not matter
 */
record Comparison(
    Statement ours,
    Statement theirs,
    Optional<SignedStatements> base,
    Optional<SignedStatements> before,
    Bytes floor,
    Price highest,
    Duration period) {
  private static final BigInteger HALF_PERCENT = BigInteger.valueOf(200);

  /** Where the growth before the last is not known any more, it is taken to have been so many times the average. */
  private static final BigInteger BURST = BigInteger.valueOf(4);

  /**
   * Whether both may sign. Should the other side have missed the end of the last agreed round, then what it was to take off there is
   * still in its sums; it is known, is left out of account, and is taken off now, by nobody but the other side.
   */
  boolean agrees() {
    return isNear(ours.carried(), theirs.handed(), Statement::carried, Statement::handed)
        && isNear(ours.handed(), theirs.carried(), Statement::handed, Statement::carried)
        && (areNear(theirs.owed(), theirs.earned())
            || areNear(
                less(theirs.owed(), said(Statement::owed), earnedBefore()),
                less(theirs.earned(), said(Statement::earned), owedBefore())));
  }

  private boolean areNear(Wei theyOwe, Wei theyEarned) {
    return isNear(ours.earned(), theyOwe, earnedBefore(), Statement::earned)
        && isNear(ours.owed(), theyEarned, owedBefore(), Statement::owed);
  }

  /** The sum without what was to be taken off it. */
  private static Wei less(Wei sum, Wei said, Wei agreed) {
    var left = said.minus(agreed.min(said));
    return sum.minus(left.min(sum));
  }

  private Wei said(Function<Statement, Wei> sum) {
    return base.flatMap(SignedStatements::theirs).map(sum).orElse(Wei.NONE);
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
    return said(Statement::owed).min(base.map(both -> both.ours().earned()).orElse(Wei.NONE));
  }

  private Wei owedBefore() {
    return said(Statement::earned).min(base.map(both -> both.ours().owed()).orElse(Wei.NONE));
  }

  private boolean isNear(Wei one, Wei other, Wei agreed, Function<Statement, Wei> sum) {
    return isNear(
        one.amount().subtract(agreed.amount()),
        other.amount().subtract(agreed.amount()),
        lastGrowth(statement -> sum.apply(statement).amount()),
        highest.of(floor).amount());
  }

  private boolean isNear(
      Bytes one,
      Bytes other,
      Function<Statement, Bytes> oneSum,
      Function<Statement, Bytes> otherSum) {
    var mine = one.count() - base.map(both -> oneSum.apply(both.ours()).count()).orElse(0L);
    var its = other.count()
        - base.flatMap(SignedStatements::theirs)
            .map(said -> otherSum.apply(said).count())
            .orElse(0L);
    // Books that began anew count bytes anew; money is what has to fit then.
    return mine < 0
        || its < 0
        || isNear(
            BigInteger.valueOf(mine),
            BigInteger.valueOf(its),
            lastGrowth(statement -> BigInteger.valueOf(oneSum.apply(statement).count())),
            BigInteger.valueOf(floor.count()));
  }

  /** By how much a sum of this node grew in the last agreed round. */
  private BigInteger lastGrowth(Function<Statement, BigInteger> sum) {
    if (base.isEmpty()) {
      return BigInteger.ZERO;
    }
    var last = base.get().ours();
    var total = sum.apply(last);
    return before
        .map(both -> total.subtract(sum.apply(both.ours())))
        .orElseGet(() ->
            total.multiply(BURST).divide(BigInteger.valueOf(last.number())).min(total));
  }

  private boolean isNear(BigInteger one, BigInteger other, BigInteger last, BigInteger least) {
    var growth = one.max(other).max(last).max(BigInteger.ZERO);
    var allowed = growth
        .divide(HALF_PERCENT)
        .max(growth.divide(BigInteger.valueOf(Math.max(1, period.toSeconds()))))
        .max(least);
    return one.subtract(other).abs().compareTo(allowed) <= 0;
  }
}
