package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Wei;
import org.kedge.billing.internal.core.ledger.Account.Own;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.Reason;

class RollUpTest {
  private static final Duration MINUTES = Duration.ofDays(90);
  private static final Duration HOURS = Duration.ofDays(1095);

  @TempDir
  Path folder;

  @Test
  void minutes_become_hours_and_no_balance_changes() {
    try (var books = SqliteBooksTest.ready(folder)) {
      IntStream.range(0, 180).forEach(minute -> books.post(Sample.tick(minute, 3, 4)));
      var settled = Sample.received("settled/1", 1, Wei.of(5), Sample.START);
      var agreed = Sample.entry(
          "agreed/1", Reason.AGREED, Own.WRITE_OFF, Sample.account(1), Wei.of(9), 0, Sample.START);
      books.post(Batch.of(List.of(settled, agreed)));
      var balances = books.balances();
      // Two hours are old enough; the third is not.
      var now = Sample.START.plus(MINUTES).plus(Duration.ofMinutes(150));
      assertThat(rolledUp(books, now)).isEqualTo(2 * 60 * 12 + 1);
      assertThat(books.balances()).isEqualTo(balances);
      var entries = SqliteBooksTest.all(books).entries();
      assertThat(entries).hasSize(2 * 12 + 1 + 60 * 12 + 1).contains(settled);
      assertThat(entries.stream().filter(entry -> entry.reason() == Reason.ROLLED_UP))
          .hasSize(2 * 12 + 1)
          .allMatch(entry -> entry.at().getEpochSecond() % 3600 == 0);
    }
    SqliteBooksTest.ready(folder).close();
  }

  @Test
  void late_charges_of_an_hour_become_a_further_sum_of_it() {
    try (var books = SqliteBooksTest.ready(folder)) {
      var now = Sample.START.plus(MINUTES).plus(Duration.ofHours(2));
      for (var round = 1; round <= 3; round++) {
        books.post(Batch.of(List.of(Sample.carried("charge/" + round, 1, 7, Sample.START))));
        assertThat(rolledUp(books, now)).isEqualTo(1);
      }
      assertThat(SqliteBooksTest.all(books).entries())
          .hasSize(3)
          .allMatch(entry -> entry.reason() == Reason.ROLLED_UP);
    }
  }

  @Test
  void hours_become_one_sum_and_settlements_stay_for_ever() {
    try (var books = SqliteBooksTest.ready(folder)) {
      IntStream.range(0, 180).forEach(minute -> books.post(Sample.tick(minute, 3, 4)));
      var settled = Sample.received("settled/1", 1, Wei.of(5), Sample.START);
      books.post(Batch.of(List.of(settled)));
      var said = Sample.agreed(1, 1, 5, 5, Sample.START);
      var later = Sample.agreed(1, 2, 5, 5, Sample.START.plusSeconds(600));
      books.post(new Batch(List.of(), Optional.empty(), Optional.empty(), List.of(said, later)));
      var balances = books.balances();
      rolledUp(books, Sample.START.plus(HOURS).plus(Duration.ofDays(2)));
      assertThat(books.balances()).isEqualTo(balances);
      // Carried for and handed to each of three.
      assertThat(SqliteBooksTest.all(books).entries()).hasSize(6 + 1).contains(settled);
      assertThat(SqliteBooksTest.all(books).statements()).containsExactly(later);
      assertThat(books.post(Batch.of(List.of(settled)))).isEqualTo(new Posted.Done(0));
    }
    SqliteBooksTest.ready(folder).close();
  }

  private static int rolledUp(SqliteBooks books, Instant now) {
    var all = 0;
    for (var gone = 1; gone > 0; all += gone) {
      gone = ((Posted.Done) books.rollUp(now, MINUTES, HOURS)).booked();
    }
    return all;
  }
}
