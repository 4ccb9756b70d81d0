package org.kedge.billing.internal.core.charging;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.charging.Counted.Unlisted;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.Traffic;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.pricing.PriceBook;

class ChargingTest {
  private static final NeighbourId NEIGHBOUR = NeighbourId.ofLink("wg0", "fe80::1c");
  private static final Account ACCOUNT = new Account.Neighbour(NEIGHBOUR);
  private static final Station STATION = new Station("wg0", "02:00:00:00:00:1c");
  private static final Station TUNNEL = new Station("tun3", "");
  private static final Target RELAYED = new Target.Mesh(address("2001:db8::1"));
  private static final Target OTHER = new Target.Mesh(address("2001:db8::2"));
  private static final Target OWN = new Target.Mesh(address("2001:db8:1::1"));
  private static final Instant AT = Instant.parse("2026-11-23T10:00:00Z");
  private static final Uptime NOW = Uptime.of(Duration.ofHours(1));

  private final Map<Station, NeighbourId> known = new HashMap<>(Map.of(STATION, NEIGHBOUR));
  private final Charging charging = new Charging(prices());

  private static IpPrefix address(String text) {
    return IpPrefix.of(text).orElseThrow();
  }

  /** Own fee 3, tariff 5 wei a byte. */
  private static PriceBook prices() {
    var coins = Wei.ofCoins(BigDecimal.ONE);
    var prices = new PriceBook(new BillingRules(
        new Price(3),
        new Price(5),
        new Price(100),
        coins,
        coins,
        Duration.ZERO,
        1000,
        List.of(),
        Duration.ofMinutes(10),
        Duration.ofDays(90),
        Duration.ofDays(1095)));
    var route =
        new Route("r", "2001:db8::/48", "::/0", true, "01", 96, 0, "fe80::9", "wg1", Map.of());
    prices.routes(
        new RoutingTable(
            NOW,
            List.of(),
            List.of(),
            List.of(new ExportedRoute("2001:db8:1::/48", "::/0", 0)),
            List.of(route),
            Map.of()),
        List.of(),
        NeighbourId::ofLink);
    return prices;
  }

  private List<LedgerEntry> charge(String tick, Map<MeterKey, Count> counts, Unlisted... unlisted) {
    return charging.charge(
        tick,
        new Counted(counts, List.of(unlisted)),
        station -> Optional.ofNullable(known.get(station)),
        NOW,
        AT,
        true);
  }

  private static MeterKey in(Station station, Target target) {
    return new MeterKey(Direction.IN, station, target);
  }

  private static MeterKey out(Station station, Target target) {
    return new MeterKey(Direction.OUT, station, target);
  }

  private static Count bytes(long bytes) {
    return new Count(1, bytes);
  }

  @Test
  void what_was_handed_over_is_owed_by_the_neighbour_and_what_was_handed_on_is_owed_to_it() {
    var entries = charge(
        "t1",
        Map.of(
            in(STATION, RELAYED), bytes(100),
            in(STATION, OTHER), bytes(10),
            in(STATION, OWN), bytes(7),
            in(STATION, new Target.Elsewhere()), bytes(1),
            in(STATION, new Target.Any()), bytes(118),
            out(STATION, RELAYED), bytes(20),
            out(STATION, OTHER), bytes(0)));

    assertThat(entries)
        .containsExactly(
            entry("in/local", Reason.CARRIED, ACCOUNT, Account.Own.INCOME, 0, 7, Traffic.LOCAL),
            entry(
                "in/relayed",
                Reason.CARRIED,
                ACCOUNT,
                Account.Own.INCOME,
                880,
                110,
                Traffic.RELAYED),
            entry("in/exit", Reason.CARRIED, ACCOUNT, Account.Own.INCOME, 3, 1, Traffic.EXIT),
            entry(
                "out/relayed",
                Reason.HANDED,
                Account.Own.EXPENSE,
                ACCOUNT,
                100,
                20,
                Traffic.RELAYED));
  }

  private static LedgerEntry entry(
      String id,
      Reason reason,
      Account debit,
      Account credit,
      long wei,
      long bytes,
      Traffic traffic) {
    return new LedgerEntry(
        new EntryId("charge/t1/link:wg0/fe80::1c/" + id),
        reason,
        debit,
        credit,
        Wei.of(wei),
        new Bytes(bytes),
        Optional.of(traffic),
        AT,
        true,
        "");
  }

  @Test
  void what_found_no_counter_of_its_own_is_charged_by_the_own_fee_alone() {
    var entries = charge(
        "t1",
        Map.of(in(STATION, RELAYED), bytes(100)),
        new Unlisted(Direction.IN, STATION, new Bytes(10)),
        new Unlisted(Direction.OUT, STATION, new Bytes(10)));

    assertThat(entries).extracting(LedgerEntry::amount).containsExactly(Wei.of(830), Wei.of(50));
  }

  @Test
  void what_an_unknown_station_sends_is_booked_and_moves_to_whose_it_was_once_that_is_known() {
    var first =
        charge("t1", Map.of(in(TUNNEL, RELAYED), bytes(100), out(TUNNEL, RELAYED), bytes(10)));
    var second = charge("t2", Map.of(in(TUNNEL, RELAYED), bytes(1)));
    known.put(TUNNEL, NEIGHBOUR);
    var third = charge("t3", Map.of(in(TUNNEL, RELAYED), bytes(2)));

    assertThat(first)
        .extracting(LedgerEntry::debit)
        .containsExactly(Account.Own.UNKNOWN, Account.Own.EXPENSE);
    assertThat(first)
        .extracting(LedgerEntry::credit)
        .containsExactly(Account.Own.INCOME, Account.Own.UNKNOWN);
    assertThat(first).extracting(LedgerEntry::note).containsOnly("station tun3");
    assertThat(first.get(0).id().text()).isEqualTo("charge/t1/unknown/tun3/in/relayed");
    assertThat(second).hasSize(1);
    assertThat(third).hasSize(3);
    assertThat(third.get(0))
        .isEqualTo(new LedgerEntry(
            new EntryId("identified/t3/tun3/in/relayed"),
            Reason.IDENTIFIED,
            ACCOUNT,
            Account.Own.UNKNOWN,
            Wei.of(808),
            new Bytes(101),
            Optional.of(Traffic.RELAYED),
            AT,
            true,
            "station tun3"));
    assertThat(third.get(1).debit()).isEqualTo(Account.Own.UNKNOWN);
    assertThat(third.get(1).credit()).isEqualTo(ACCOUNT);
    assertThat(charge("t4", Map.of())).isEmpty();
  }

  @Test
  void two_links_to_one_neighbour_make_one_entry() {
    known.put(TUNNEL, NEIGHBOUR);

    var entries =
        charge("t1", Map.of(in(TUNNEL, RELAYED), bytes(100), in(STATION, RELAYED), bytes(1)));

    assertThat(entries).singleElement().extracting(LedgerEntry::bytes).isEqualTo(new Bytes(101));
  }

  @Test
  void whatever_is_counted_is_booked_to_the_byte_and_unknown_ends_at_nothing() {
    var random = new Random(7);
    var counted = 0L;
    var booked = 0L;
    var unknown = Wei.NONE;
    var unknownTaken = Wei.NONE;
    for (var tick = 0; tick < 500; tick++) {
      var counts = new HashMap<MeterKey, Count>();
      for (var key = random.nextInt(6); key > 0; key--) {
        var station = new Station("wg" + random.nextInt(4), "");
        var direction = Direction.values()[random.nextInt(2)];
        counts.put(
            new MeterKey(direction, station, random.nextBoolean() ? RELAYED : OWN),
            bytes(random.nextLong(1L << 40)));
      }
      if (tick == 400) {
        for (var number = 0; number < 4; number++) {
          known.put(new Station("wg" + number, ""), NEIGHBOUR);
        }
      }
      counted += counts.values().stream().mapToLong(Count::bytes).sum();
      for (var entry : charge("t" + tick, counts)) {
        booked += entry.reason() == Reason.IDENTIFIED ? 0 : entry.bytes().count();
        unknown = entry.debit() == Account.Own.UNKNOWN ? unknown.plus(entry.amount()) : unknown;
        unknownTaken = entry.credit() == Account.Own.UNKNOWN
            ? unknownTaken.plus(entry.amount())
            : unknownTaken;
      }
    }
    assertThat(booked).isEqualTo(counted);
    assertThat(unknown).isEqualTo(unknownTaken).isNotEqualTo(Wei.NONE);
  }
}
