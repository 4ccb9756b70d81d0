package org.kedge.billing.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.charging.Charging;
import org.kedge.billing.internal.core.charging.Counted;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.pricing.PriceBook;
import org.kedge.billing.internal.core.pricing.PriceMessage.Change;
import org.kedge.billing.internal.core.pricing.PriceMessage.Offer;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SqliteBooks;

/** What neighbours and destinations cost in each second and in each charge; figures for {@code sim/bench ledger}. */
@Tag("thorough")
class TickCostTest {
  private static final int TIMES = 20;
  private static final Instant AT = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir
  Path folder;

  private final PriceBook prices = new PriceBook(TwoNodes.rules("3"));
  private Uptime now = Uptime.of(Duration.ofHours(1));

  @ParameterizedTest
  @CsvSource({"10, 100", "100, 100", "1000, 20"})
  void a_second_and_a_charge_take_less_than_a_second(int neighbours, int destinations)
      throws IOException {
    var ids = IntStream.range(0, neighbours).mapToObj(TickCostTest::key).toList();
    var targets = IntStream.range(0, destinations)
        .mapToObj(number ->
            IpPrefix.of("2001:db8:" + Integer.toHexString(number) + "::1").orElseThrow())
        .toList();
    routes(ids, targets, 0);
    ids.forEach(id -> prices.met(id, now));
    var offers = targets.stream()
        .map(target ->
            new Change(target, Optional.of(new Offer(new Price(20_000_000), Optional.empty()))))
        .toList();
    ids.forEach(id -> prices.heard(id, new Prices(1, 1, offers, true), now));
    settle();
    assertThat(ids).allMatch(prices::isTold);

    // What the page shows is looked up in each second, too.
    var idle = millis(run -> {
      second();
      ids.forEach(id -> assertThat(prices.charges(id).or(() -> prices.asks(id))).isPresent());
    });
    var moved = millis(run -> {
      routes(ids, targets, run + 1);
      second();
    });
    settle();
    var stations = new HashMap<Station, NeighbourId>();
    var counts = new HashMap<MeterKey, Count>();
    for (var number = 0; number < neighbours; number++) {
      var station =
          new Station("wg0", "02:00:00:00:%02x:%02x".formatted(number / 256, number % 256));
      stations.put(station, ids.get(number));
      for (var target : targets) {
        counts.put(
            new MeterKey(Direction.IN, station, new Target.Mesh(target)), new Count(9, 9000));
      }
    }
    var counted = new Counted(counts, List.of());
    var charging = new Charging(prices);
    var charged = millis(run -> charging.charge(
        "warm/" + run,
        counted,
        station -> Optional.ofNullable(stations.get(station)),
        now,
        AT,
        true));
    try (var books = ((Opened.Ready)
            SqliteBooks.open(Files.createDirectory(folder.resolve("books")), AT, true))
        .books()) {
      var booked = millis(run -> {
        var entries = charging.charge(
            "booked/" + run,
            counted,
            station -> Optional.ofNullable(stations.get(station)),
            now,
            AT,
            true);
        assertThat(books.post(Batch.of(entries))).isInstanceOf(Posted.Done.class);
      });
      System.out.printf(
          Locale.ROOT,
          "ledger: %d neighbours, %d destinations: a second without news %.2f ms, with a route that moved %.1f ms; a charge of %d counters"
              + " priced %.1f ms, priced and booked %.1f ms%n",
          neighbours,
          destinations,
          idle,
          moved,
          counts.size(),
          charged,
          booked);
      assertThat(Math.max(moved, booked)).isLessThan(1000);
    }
  }

  private static NeighbourId key(int number) {
    var key = new byte[32];
    Arrays.fill(key, (byte) number);
    key[0] = (byte) (number >> 8);
    return NeighbourId.ofKey(key);
  }

  /** Each destination behind one of the neighbours; the first moves on with each call. */
  private void routes(List<NeighbourId> ids, List<IpPrefix> targets, int run) {
    var routes = IntStream.range(0, targets.size())
        .mapToObj(number -> new Route(
            "r",
            targets.get(number).toString(),
            "::/0",
            true,
            "01",
            96,
            0,
            ids.get(Math.floorMod(number == 0 ? run : number, ids.size())).value(),
            "wg0",
            Map.of()))
        .toList();
    prices.routes(
        new RoutingTable(now, List.of(), List.of(), List.of(), routes, Map.of()),
        List.of(),
        (interfaceName, via) -> new NeighbourId(via));
  }

  /** Until all is told and acknowledged. */
  private void settle() {
    while (second() > 0) {
      now = now.plus(Duration.ofMillis(1));
    }
  }

  private int second() {
    now = now.plus(Duration.ofSeconds(1));
    var outgoing = prices.tick(now);
    outgoing.forEach(one -> {
      if (one.message() instanceof Prices said) {
        prices.heard(one.to(), new Taken(said.run(), said.number()), now);
      }
    });
    return (int)
        outgoing.stream().filter(one -> one.message() instanceof Prices).count();
  }

  private interface Work {
    void run(int time);
  }

  private static double millis(Work work) {
    for (var warm = 0; warm < 5; warm++) {
      work.run(-1 - warm);
    }
    var begun = System.nanoTime();
    for (var time = 0; time < TIMES; time++) {
      work.run(time);
    }
    return (System.nanoTime() - begun) / 1e6 / TIMES;
  }
}
