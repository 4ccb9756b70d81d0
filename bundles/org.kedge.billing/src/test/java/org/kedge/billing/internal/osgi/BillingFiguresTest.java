package org.kedge.billing.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Standing;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.osgi.BillingState.Stage;
import org.kedge.sim.schema.MessageCheck;

class BillingFiguresTest {
  private static final MessageCheck SCHEMA = MessageCheck.ofThisBuild();
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final String KEY = "3vKx81Qa6789abcdefghijABCDEFGHIJ0123456789-";

  private static final BillingState WELL = new BillingState(
      Stage.OK,
      Optional.empty(),
      41,
      0,
      Duration.ZERO,
      Bytes.NONE,
      Bytes.NONE,
      Optional.of("key:0123456789abcdefghijABCDEFGHIJ0123456789-_x"));

  private static final BillingState STALLED = new BillingState(
      Stage.STALLED,
      Optional.of("the flash is full"),
      41,
      42,
      Duration.ofMillis(61_500),
      new Bytes(43),
      new Bytes(44),
      Optional.empty());

  @Test
  void every_figure_is_described_in_the_schema_and_every_described_one_is_told() {
    var told = List.of(
        BillingFigures.of(STALLED, List.of(debtor(), silent("wg3", 17))),
        BillingFigures.of(WELL, List.of()));
    assertThat(told)
        .allSatisfy(figures -> assertThat(SCHEMA.problems("billing", figures)).isEmpty());
    assertThat(SCHEMA.missing("billing", told)).isEmpty();
  }

  @Test
  void billing_in_every_stage_and_neighbours_of_every_standing_are_described() {
    for (var stage : Stage.values()) {
      for (var standing : Standing.values()) {
        var state = new BillingState(
            stage, Optional.empty(), 0, 0, Duration.ZERO, Bytes.NONE, Bytes.NONE, Optional.empty());
        var figures = BillingFigures.of(state, List.of(account("wg1", standing, 1, 2)));
        assertThat(SCHEMA.problems("billing", figures)).isEmpty();
        assertThat(figures.values().get("state")).isEqualTo(stage.name().toLowerCase(Locale.ROOT));
      }
    }
  }

  @Test
  void money_is_told_to_the_last_wei_and_a_balance_in_one_direction_alone() {
    var one = neighbours(BillingFigures.of(WELL, List.of(debtor()))).get(0).values();
    assertThat(one)
        .containsEntry("earned_wei", "123456789012345678901234567891")
        .containsEntry("received_wei", "1000000000000000000")
        .containsEntry("owes_wei", "123456789011345678901234567891")
        .containsEntry("owed_wei", "0")
        .containsEntry("charges_wei_per_gigabyte", "40000000001000000000")
        .doesNotContainKey("asks_wei_per_gigabyte");
  }

  @Test
  void sums_are_over_all_neighbours_also_over_those_that_are_not_told() {
    var accounts = IntStream.rangeClosed(1, 100)
        .mapToObj(number -> silent("wg" + number, number))
        .toList();
    var figures = BillingFigures.of(WELL, accounts);
    assertThat(figures.values())
        .containsEntry("neighbours_count", 100L)
        .containsEntry("carried_bytes", 5050L)
        .containsEntry("handed_bytes", 50_500L)
        .containsEntry("owes_wei", "0")
        .containsEntry("owed_wei", "700");
    assertThat(SCHEMA.problems("billing", figures)).isEmpty();
  }

  @Test
  void of_a_crowd_those_with_the_most_bytes_are_told_first() {
    var accounts = new ArrayList<NeighbourAccount>();
    for (var number = 1; number <= 100; number++) {
      accounts.add(silent("wg" + number, number));
    }
    accounts.add(account("sky", Standing.GOOD, Long.MAX_VALUE / 2, 1));
    var told = neighbours(BillingFigures.of(WELL, accounts));
    assertThat(told).hasSize(BillingFigures.NEIGHBOURS_MAX);
    assertThat(told.get(0).values()).containsEntry("id", "link:sky/fe80::1c");
    assertThat(told.get(1).values()).containsEntry("carried_bytes", 100L);
    assertThat(told.get(31).values()).containsEntry("carried_bytes", 70L);
  }

  @Test
  void an_id_is_short_enough_to_be_said() {
    assertThat(BillingFigures.shortly(new NeighbourId("key:" + KEY))).isEqualTo("3vKx81Qa");
    assertThat(BillingFigures.shortly(NeighbourId.ofLink("wg1", "fe80::1c")))
        .isEqualTo("wg1/fe80::1c");
  }

  private static NeighbourAccount debtor() {
    var earned = new Wei(new BigInteger("123456789012345678901234567891"));
    return new NeighbourAccount(
        new NeighbourId("key:" + KEY),
        Optional.of("roof-8"),
        List.of("wg1 fe80::1c"),
        new Bytes(9_007_199_254_740_993L),
        new Bytes(17),
        earned,
        Wei.NONE,
        Wei.of(1_000_000_000_000_000_000L),
        Wei.NONE,
        Optional.of(new Price(40_000_000_001L)),
        Optional.empty(),
        Standing.OVERDUE,
        true,
        "owes 123 coins for 2 h",
        Optional.of(new Statement(88, new Bytes(9_000), Wei.of(7), new Bytes(16), Wei.NONE, NOON)),
        true);
  }

  /** One that does not speak Kedge. */
  private static NeighbourAccount silent(String link, long bytes) {
    return account(link, Standing.GOOD, bytes, 10 * bytes);
  }

  private static NeighbourAccount account(
      String link, Standing standing, long carried, long handed) {
    return new NeighbourAccount(
        NeighbourId.ofLink(link, "fe80::1c"),
        Optional.empty(),
        List.of(),
        new Bytes(carried),
        new Bytes(handed),
        Wei.NONE,
        Wei.of(7),
        Wei.NONE,
        Wei.NONE,
        Optional.empty(),
        Optional.of(new Price(20_000_000)),
        standing,
        false,
        "",
        Optional.empty(),
        false);
  }

  private static List<Figures> neighbours(Figures billing) {
    return billing.values().get("neighbours") instanceof List<?> list
        ? list.stream().map(Figures.class::cast).toList()
        : List.of();
  }
}
