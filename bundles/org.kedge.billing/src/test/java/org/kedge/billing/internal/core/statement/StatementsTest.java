package org.kedge.billing.internal.core.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;
import org.kedge.billing.internal.core.statement.Pair.Node;

class StatementsTest {
  private static final long MEGABYTE = 1_000_000;

  private static void assertEven(Pair pair) {
    assertThat(pair.small.earned()).isEqualTo(pair.large.owed());
    assertThat(pair.large.earned()).isEqualTo(pair.small.owed());
  }

  private static long agreed(Node node) {
    return node.booked.stream().filter(one -> one.outcome() == Outcome.AGREED).count();
  }

  @Test
  void at_the_end_of_each_period_both_sign_and_hold_the_same_sums_to_the_wei() {
    var pair = new Pair(1);

    pair.seconds(6100, MEGABYTE, 300);
    pair.seconds(600, 0, 0);

    assertThat(agreed(pair.small)).isEqualTo(11);
    assertThat(agreed(pair.large)).isEqualTo(11);
    assertEven(pair);
    for (var at = 0; at < 11; at++) {
      var one = pair.small.booked.get(at);
      var other = pair.large.booked.get(at);
      assertThat(one.ours().number()).isEqualTo(at + 1);
      assertThat(one.theirs()).contains(other.ours());
      assertThat(other.theirs()).contains(one.ours());
      assertThat(one.evidence()).contains("\"say\":\"answer\"");
      assertThat(other.evidence()).contains("\"say\":\"verdict\"");
    }
    assertThat(pair.small.statements.agreed(pair.large.id))
        .map(one -> one.number())
        .contains(11L);
  }

  @Test
  void
      a_difference_of_half_a_percent_is_written_off_and_a_larger_one_is_disputed_with_both_figures() {
    var pair = new Pair(2);
    pair.delayMax = 0;
    pair.small.lie = scaled(1000, 1005);

    pair.seconds(601, MEGABYTE, 0);
    pair.seconds(600, 0, 0);
    assertThat(pair.small.booked)
        .extracting(SignedStatements::outcome)
        .containsOnly(Outcome.AGREED);
    assertThat(pair.large.booked).hasSize(2);
    assertThat(pair.large.writtenOff()).isGreaterThan(Wei.of(50_000_000_000_000L));
    var corrections = pair.large.entries.size();

    pair.small.lie = scaled(990, 1000);
    pair.seconds(600, MEGABYTE, 0);
    for (var node : List.of(pair.small, pair.large)) {
      assertThat(node.booked.get(2).outcome()).isEqualTo(Outcome.DISPUTED);
    }
    assertThat(pair.small.entries).isEmpty();
    assertThat(pair.large.entries).hasSize(corrections);
    var dispute = pair.large.statements.dispute(pair.small.id).orElseThrow();
    assertThat(dispute.evidence())
        .startsWith(
            "statement 3: this node carried 1200000000 bytes for 0.023940 coins, the neighbour"
                + " says it handed over 1188000000 bytes for 0.023760 coins; this node handed over");
    assertThat(dispute.denied()).isEqualTo(Wei.of(180_199_004_975_124L));
    assertThat(pair.small.statements.dispute(pair.large.id).orElseThrow().denied())
        .isEqualTo(Wei.NONE);
  }

  /** Says so much in the place of so much. */
  private static UnaryOperator<Figures> scaled(long says, long truth) {
    return figures -> new Figures(
        scaled(figures.carried(), says, truth),
        scaled(figures.earned(), says, truth),
        scaled(figures.handed(), says, truth),
        scaled(figures.owed(), says, truth),
        figures.highest(),
        figures.at(),
        figures.clockTrusted());
  }

  private static Bytes scaled(Bytes bytes, long says, long truth) {
    return new Bytes(bytes.count() * says / truth);
  }

  private static Wei scaled(Wei amount, long says, long truth) {
    return new Wei(
        amount.amount().multiply(BigInteger.valueOf(says)).divide(BigInteger.valueOf(truth)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void who_claims_a_hundred_times_too_much_moves_nothing(boolean isProposer) {
    var pair = new Pair(3);
    pair.seconds(1300, MEGABYTE, MEGABYTE);
    var liar = isProposer ? pair.small : pair.large;
    liar.lie = scaled(100, 1);
    var before = liar.other.entries.size();
    var owed = liar.other.owed();

    pair.seconds(6000, MEGABYTE, MEGABYTE);

    assertThat(liar.other.entries).hasSize(before);
    assertThat(liar.other.owed().minus(owed)).isEqualTo(Pair.PRICE.of(new Bytes(6000 * MEGABYTE)));
    assertThat(liar.other.statements.dispute(liar.id)).isPresent();
    assertThat(liar.other.booked).hasSizeGreaterThanOrEqualTo(12);

    liar.lie = figures -> figures;
    pair.seconds(1300, MEGABYTE, MEGABYTE);
    assertThat(liar.other.statements.dispute(liar.id)).isEmpty();
    assertThat(liar.statements.dispute(liar.other.id)).isEmpty();
  }

  @Test
  void who_denies_whole_periods_is_found_out_however_large_the_sums_are() {
    var pair = new Pair(4);
    pair.seconds(600 * 1000, MEGABYTE, 0);
    assertThat(agreed(pair.large)).isGreaterThan(990);
    var admitted = pair.small.owed();
    var earned = pair.large.earned();
    pair.small.lie = figures -> new Figures(
        figures.carried(),
        figures.earned(),
        figures.handed(),
        admitted,
        figures.highest(),
        figures.at(),
        figures.clockTrusted());

    pair.seconds(6000, MEGABYTE, 0);

    var denied = pair.large.statements.dispute(pair.small.id).orElseThrow().denied();
    // Ten periods of 600 MB for 0.012 coins each, and none of it written off.
    assertThat(denied).isGreaterThan(Wei.of(100_000_000_000_000_000L));
    assertThat(pair.large.earned().minus(earned))
        .isEqualTo(Pair.PRICE.of(new Bytes(6000 * MEGABYTE)));
  }

  @Test
  void books_that_were_lost_are_disputed_and_named_so() {
    var pair = new Pair(5);
    pair.seconds(3100, MEGABYTE, MEGABYTE);
    var owed = pair.large.owed();
    pair.small.loseBooks();

    pair.seconds(1300, MEGABYTE, MEGABYTE);

    assertThat(pair.large.statements.dispute(pair.small.id).orElseThrow().evidence())
        .endsWith(
            "; that is less than it signed in statement 5, so its books seem to have begun anew");
    assertThat(pair.large.owed()).isGreaterThan(owed);
    // It counts on from where the other one is.
    assertThat(pair.small.booked).isNotEmpty();
    assertThat(pair.small.booked.get(0).ours().number()).isEqualTo(6);
    assertThat(pair.small.statements.dispute(pair.large.id)).isPresent();
  }

  @Test
  void while_something_is_being_booked_nothing_else_is_said() {
    var pair = new Pair(6);
    pair.delayMax = 0;
    var small = pair.small;
    var large = pair.large;
    pair.seconds(599, MEGABYTE, 0);
    var now = pair.now();
    var figures =
        new Figures(Bytes.NONE, Wei.NONE, Bytes.NONE, Wei.NONE, Pair.PRICE, Instant.EPOCH, true);
    assertThat(small.statements.tick(now.plus(Pair.PERIOD))).isNotEmpty();
    var proposal = (Step.Say) small.statements.figures(large.id, figures, now).get(0);
    large.statements.heard(small.id, proposal.message(), "", now);
    var answer = (Step.Say) large.statements.figures(small.id, figures, now).get(0);
    assertThat(small.statements.heard(large.id, answer.message(), "", now).get(0))
        .isInstanceOf(Step.Book.class);

    assertThat(small.statements.heard(large.id, answer.message(), "", now)).isEmpty();
    assertThat(small.statements.tick(now.plus(Pair.PERIOD.multipliedBy(3)))).isEmpty();
    assertThat(small.statements.agreed(large.id)).isEmpty();

    small.statements.booked(large.id);
    assertThat(small.statements.agreed(large.id)).isPresent();
    assertThat(small.statements.heard(large.id, answer.message(), "", now))
        .containsExactly(new Step.Say(
            large.id,
            new StatementMessage.Verdict(
                ((StatementMessage.Proposal) proposal.message()).ours(),
                ((StatementMessage.Answer) answer.message()).ours(),
                true)));
    assertThat(small.statements.tick(now.plus(Pair.PERIOD.multipliedBy(4)))).isNotEmpty();
  }

  @Test
  void a_number_far_beyond_belief_is_not_taken_over() {
    var pair = new Pair(7);
    var now = pair.now();
    pair.seconds(605, MEGABYTE, 0);
    var far =
        new Statement(Long.MAX_VALUE, Bytes.NONE, Wei.NONE, Bytes.NONE, Wei.NONE, Instant.EPOCH);

    assertThat(
            pair.large.statements.heard(pair.small.id, new StatementMessage.Proposal(far), "", now))
        .isEmpty();
    assertThat(pair.small.statements.heard(
            pair.large.id, new StatementMessage.Behind(Long.MAX_VALUE), "", now))
        .isEmpty();
    pair.seconds(605, MEGABYTE, 0);
    assertThat(agreed(pair.small)).isEqualTo(2);
  }

  @Test
  void what_one_side_was_to_take_off_and_never_heard_of_is_taken_off_in_the_next_round() {
    var pair = new Pair(8);
    pair.delayMax = 0;
    pair.seconds(605, 0, 10 * MEGABYTE);
    // So much was sent and never arrived.
    pair.large.handed += 20 * MEGABYTE;
    pair.lost = StatementMessage.Verdict.class::isInstance;
    pair.seconds(605, 0, 0);
    assertThat(agreed(pair.small)).isEqualTo(2);
    assertThat(agreed(pair.large)).isEqualTo(1);
    pair.large.die();
    pair.lost = message -> false;

    pair.seconds(605, 0, 0);

    assertThat(agreed(pair.small)).isEqualTo(3);
    assertThat(agreed(pair.large)).isEqualTo(2);
    assertEven(pair);
    assertThat(pair.large.writtenOff()).isEqualTo(Pair.PRICE.of(new Bytes(20 * MEGABYTE)));
  }

  /** A round takes about a dozen steps; whoever dies at whichever of them, in a first, second or third round. */
  @Test
  void whoever_dies_at_whichever_step_the_next_round_sets_both_even_and_nothing_is_booked_twice() {
    for (var dieAt = 1; dieAt <= 34; dieAt++) {
      for (var seed = 0; seed < 4; seed++) {
        var pair = new Pair(seed);
        pair.dieAt = dieAt;
        pair.seconds(2000, MEGABYTE, 10 * MEGABYTE);
        pair.seconds(1300, 0, 0);

        assertThat(pair.done).isGreaterThan(dieAt);
        assertEven(pair);
        assertThat(pair.small.statements.dispute(pair.large.id)).isEmpty();
        assertThat(pair.large.statements.dispute(pair.small.id)).isEmpty();
      }
    }
  }

  @Test
  void whatever_is_lost_doubled_late_or_dies_both_end_even_and_little_is_written_off() {
    var rounds = 0L;
    for (var seed = 100; seed < 130; seed++) {
      var pair = new Pair(seed);
      var random = new Random(seed);
      for (var hour = 0; hour < 12; hour++) {
        pair.lossPercent = random.nextInt(40);
        pair.doublePercent = random.nextInt(30);
        pair.delayMax = random.nextInt(2);
        if (random.nextInt(3) == 0) {
          pair.dieAt = pair.done + random.nextInt(20);
        }
        pair.seconds(3600, random.nextInt(2_000_000), random.nextInt(2_000_000));
      }
      pair.lossPercent = 0;
      pair.seconds(1900, 0, 0);

      assertEven(pair);
      assertThat(pair.small.statements.dispute(pair.large.id)).isEmpty();
      assertThat(pair.large.statements.dispute(pair.small.id)).isEmpty();
      var all = Pair.PRICE.of(new Bytes(pair.small.carried + pair.small.handed));
      for (var node : List.of(pair.small, pair.large)) {
        assertThat(node.writtenOff().amount().multiply(BigInteger.valueOf(200)))
            .isLessThan(all.amount());
      }
      rounds += agreed(pair.small);
    }
    assertThat(rounds).isGreaterThan(30 * 40);
  }
}
