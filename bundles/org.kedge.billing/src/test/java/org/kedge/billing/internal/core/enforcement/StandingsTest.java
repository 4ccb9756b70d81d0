package org.kedge.billing.internal.core.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Standing;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.enforcement.Facts.Doubts;

class StandingsTest {
  private static final NeighbourId NEIGHBOUR = NeighbourId.ofKey(new byte[32]);
  private static final Duration GRACE = Duration.ofHours(1);
  private static final Uptime START = Uptime.of(Duration.ofHours(5));
  private final Standings standings = new Standings(rules());

  private static BillingRules rules() {
    return new BillingRules(
        Price.FREE,
        Price.FREE,
        Price.FREE,
        coins("0.3"),
        coins("3"),
        GRACE,
        1000,
        List.of(),
        Duration.ofMinutes(10),
        Duration.ofDays(90),
        Duration.ofDays(1095));
  }

  private static Wei coins(String coins) {
    return Wei.ofCoins(new BigDecimal(coins));
  }

  private static Facts owing(String coins) {
    return new Facts(coins(coins), Wei.NONE, true, Doubts.NONE);
  }

  private Judgement judge(Facts facts, Duration after) {
    return standings.judge(NEIGHBOUR, facts, START.plus(after));
  }

  @Test
  void up_to_the_pay_threshold_is_good_and_up_to_the_debt_limit_is_due() {
    assertThat(judge(owing("0.3"), Duration.ZERO))
        .isEqualTo(new Judgement(Standing.GOOD, false, "owes 0.3000 coins"));
    assertThat(judge(owing("0.31"), Duration.ZERO))
        .isEqualTo(new Judgement(
            Standing.DUE, false, "owes 0.3100 coins, more than the pay threshold of 0.3000"));
    assertThat(judge(owing("3"), GRACE.multipliedBy(5)).standing()).isEqualTo(Standing.DUE);
  }

  @Test
  void beyond_the_debt_limit_for_longer_than_the_grace_time_is_slowed() {
    judge(owing("3.1"), Duration.ZERO);

    assertThat(judge(owing("3.1"), GRACE).isSlowed()).isFalse();
    assertThat(judge(owing("3.1"), GRACE.plusSeconds(1)))
        .isEqualTo(new Judgement(
            Standing.OVERDUE,
            true,
            "owes 3.1000 coins, more than the debt limit of 3.0000 for 3601 s"));
  }

  @Test
  void who_paid_down_to_the_limit_is_let_go_at_once_and_the_grace_time_begins_anew() {
    judge(owing("9"), Duration.ZERO);
    assertThat(judge(owing("9"), GRACE.plusSeconds(1)).isSlowed()).isTrue();
    assertThat(judge(owing("3"), GRACE.plusSeconds(2)).isSlowed()).isFalse();
    assertThat(judge(owing("9"), GRACE.plusSeconds(3)).isSlowed()).isFalse();
    assertThat(judge(owing("9"), GRACE.multipliedBy(2)).isSlowed()).isFalse();
    assertThat(judge(owing("9"), GRACE.multipliedBy(2).plusSeconds(4)).isSlowed())
        .isTrue();
  }

  @Test
  void nobody_is_slowed_in_doubt_nor_who_was_never_told_a_price_and_why_is_said() {
    judge(owing("9"), Duration.ZERO);
    var later = GRACE.plusSeconds(1);
    assertThat(judge(owing("9"), later).isSlowed()).isTrue();
    var no = Optional.<String>empty();
    var yes = Optional.of("something is wrong");
    for (var doubts : List.of(
        new Doubts(yes, no, no, no),
        new Doubts(no, yes, no, no),
        new Doubts(no, no, yes, no),
        new Doubts(no, no, no, yes))) {
      var judgement = judge(new Facts(coins("9"), Wei.NONE, true, doubts), later);
      assertThat(judgement.isSlowed()).isFalse();
      assertThat(judgement.why()).endsWith("; not slowed, as something is wrong");
    }
    assertThat(judge(new Facts(coins("9"), Wei.NONE, false, Doubts.NONE), later).why())
        .endsWith("not slowed, as it was never told a price over the neighbour channel");
    assertThat(judge(owing("9"), later).isSlowed()).isTrue();
  }

  @Test
  void what_is_denied_counts_once_it_is_more_than_the_debt_limit() {
    var little = new Facts(coins("5.5"), coins("3"), true, Doubts.NONE);
    assertThat(judge(little, Duration.ZERO).why())
        .isEqualTo(
            "owes 2.5000 coins, not counting 3.0000 it denies, more than the pay threshold of 0.3000");
    var much = new Facts(coins("5.5"), coins("3.1"), true, Doubts.NONE);
    assertThat(judge(much, Duration.ofSeconds(1)).why())
        .startsWith("owes 5.5000 coins, counting 3.1000 it denies, more than the debt limit");
    // Books that were lost after all was paid: much is denied, nothing is owed.
    var lost = new Facts(Wei.NONE, coins("100"), true, Doubts.NONE);
    assertThat(judge(lost, Duration.ofSeconds(2)).standing()).isEqualTo(Standing.GOOD);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void over_any_history_only_who_owed_too_much_all_through_the_grace_time_is_slowed(long seed) {
    var random = new Random(seed);
    var after = Duration.ZERO;
    var fine = after;
    for (var step = 0; step < 20_000; step++) {
      after = after.plusSeconds(random.nextInt(1, 900));
      var owes = coins(random.nextInt(10) == 0 ? "2.9" : "3.5");
      var denied = coins(random.nextInt(6) == 0 ? "0.6" : "0");
      var isInDoubt = random.nextInt(8) == 0;
      var doubts = new Doubts(
          Optional.empty(),
          isInDoubt ? Optional.of("counters are old") : Optional.empty(),
          Optional.empty(),
          Optional.empty());
      var judgement = judge(new Facts(owes, denied, true, doubts), after);

      var isBeyond = owes.minus(denied).compareTo(coins("3")) > 0;
      if (!isBeyond) {
        fine = after;
        assertThat(judgement.isSlowed()).isFalse();
      }
      if (judgement.isSlowed()) {
        assertThat(isInDoubt).isFalse();
        assertThat(after.minus(fine)).isGreaterThan(GRACE);
        assertThat(judgement.standing()).isEqualTo(Standing.OVERDUE);
      } else if (isBeyond && !isInDoubt) {
        // The first look beyond may come up to 900 s after the last that was fine.
        assertThat(after.minus(fine)).isLessThanOrEqualTo(GRACE.plusSeconds(900));
      }
    }
  }
}
