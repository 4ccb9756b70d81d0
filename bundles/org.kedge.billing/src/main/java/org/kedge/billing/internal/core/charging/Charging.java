package org.kedge.billing.internal.core.charging;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.Traffic;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.pricing.PriceBook;
import org.kedge.billing.internal.core.pricing.Quote;

/**
 * Makes entries of what was counted: one for each neighbour, direction and kind of traffic, the exact sum of bytes times price. All
 * bytes of a charge pay the prices in force since it began; a fall meanwhile holds for all of them, a rise for none. One thread.
 */
public final class Charging {
  /** Who has been unknown longest beyond this many is not told apart any more: it stays unknown. */
  static final int STATIONS_MAX = 1_024;

  private static final Target UNLISTED = new Target.Any();
  private static final String NOBODY = "::";

  private final PriceBook prices;

  /** Booked to unknown in this run, by station. What stood there before a restart stays there, for a person. */
  private final Map<Station, Map<Kind, Sum>> unknown = new LinkedHashMap<>();

  private record Kind(Direction direction, Traffic traffic) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      return direction == other.direction
          ? traffic.compareTo(other.traffic)
          : direction.compareTo(other.direction);
    }

    String text() {
      return direction.name().toLowerCase(Locale.ROOT)
          + "/"
          + traffic.name().toLowerCase(Locale.ROOT);
    }
  }

  private record Sum(Bytes bytes, Wei amount) {
    Sum plus(Sum other) {
      return new Sum(
          new Bytes(Math.addExact(bytes.count(), other.bytes.count())), amount.plus(other.amount));
    }
  }

  /** When, for all entries of a charge. */
  private record Moment(String tick, Instant at, boolean clockTrusted) {}

  public Charging(PriceBook prices) {
    this.prices = prices;
  }

  /**
   * Entries for all that was counted, and for what was unknown before and is not any more. Prices that are due at {@code now} hold
   * from here on.
   *
   * @param tick names this charge for ever; letters, digits and {@code . _ : / -}, at most 60
   * @param now when the counters were read
   * @param at for people
   */
  public List<LedgerEntry> charge(
      String tick,
      Counted counted,
      Function<Station, Optional<NeighbourId>> who,
      Uptime now,
      Instant at,
      boolean clockTrusted) {
    var moment = new Moment(tick, at, clockTrusted);
    var entries = new ArrayList<>(identified(moment, who));
    var known = new TreeMap<NeighbourId, Map<Kind, Sum>>();
    var strange = new LinkedHashMap<Station, Map<Kind, Sum>>();
    var whoIs = new LinkedHashMap<Station, Optional<NeighbourId>>();
    counted.targets().forEach((key, count) -> {
      if (!(key.target() instanceof Target.Any)) {
        add(
            key.direction(),
            key.station(),
            key.target(),
            new Bytes(count.bytes()),
            whoIs.computeIfAbsent(key.station(), who),
            known,
            strange);
      }
    });
    counted
        .unlisted()
        .forEach(rest -> add(
            rest.direction(),
            rest.station(),
            UNLISTED,
            rest.bytes(),
            whoIs.computeIfAbsent(rest.station(), who),
            known,
            strange));
    known.forEach((neighbour, sums) -> sums.forEach((kind, sum) -> entries.add(entry(
        moment,
        "charge/" + tick + "/" + neighbour.value() + "/" + kind.text(),
        new Account.Neighbour(neighbour),
        kind,
        sum,
        ""))));
    strange.forEach((station, sums) -> sums.forEach((kind, sum) -> {
      entries.add(entry(
          moment,
          "charge/" + tick + "/unknown/" + name(station) + "/" + kind.text(),
          Account.Own.UNKNOWN,
          kind,
          sum,
          "station " + name(station)));
      remember(station, kind, sum);
    }));
    prices.charged(now);
    return List.copyOf(entries);
  }

  private void add(
      Direction direction,
      Station station,
      Target target,
      Bytes bytes,
      Optional<NeighbourId> neighbour,
      Map<NeighbourId, Map<Kind, Sum>> known,
      Map<Station, Map<Kind, Sum>> strange) {
    if (bytes.count() == 0) {
      return;
    }
    // Who is not known is priced as one that says nothing.
    var party = neighbour.orElseGet(() -> NeighbourId.ofLink(station.interfaceName(), NOBODY));
    var quote = quote(direction, party, target);
    var sums = neighbour.isPresent()
        ? known.computeIfAbsent(neighbour.get(), any -> new TreeMap<>())
        : strange.computeIfAbsent(station, any -> new TreeMap<>());
    sums.merge(
        new Kind(direction, quote.traffic()), new Sum(bytes, quote.price().of(bytes)), Sum::plus);
  }

  private Quote quote(Direction direction, NeighbourId party, Target target) {
    return direction == Direction.IN ? prices.charge(party, target) : prices.ask(party, target);
  }

  private void remember(Station station, Kind kind, Sum sum) {
    var sums = unknown.computeIfAbsent(station, any -> new TreeMap<>());
    sums.merge(kind, sum, Sum::plus);
    if (unknown.size() > STATIONS_MAX) {
      unknown.remove(unknown.keySet().iterator().next());
    }
  }

  /** What was booked to unknown, moved to whose it was. */
  private List<LedgerEntry> identified(
      Moment moment, Function<Station, Optional<NeighbourId>> who) {
    var entries = new ArrayList<LedgerEntry>();
    for (var station : List.copyOf(unknown.keySet())) {
      var neighbour = who.apply(station);
      if (neighbour.isPresent()) {
        unknown.getOrDefault(station, Map.of()).forEach((kind, sum) -> {
          var account = new Account.Neighbour(neighbour.get());
          var isIn = kind.direction() == Direction.IN;
          entries.add(new LedgerEntry(
              new EntryId("identified/" + moment.tick() + "/" + name(station) + "/" + kind.text()),
              Reason.IDENTIFIED,
              isIn ? account : Account.Own.UNKNOWN,
              isIn ? Account.Own.UNKNOWN : account,
              sum.amount(),
              sum.bytes(),
              Optional.of(kind.traffic()),
              moment.at(),
              moment.clockTrusted(),
              "station " + name(station)));
        });
        unknown.remove(station);
      }
    }
    return entries;
  }

  private static LedgerEntry entry(
      Moment moment, String id, Account account, Kind kind, Sum sum, String note) {
    var isIn = kind.direction() == Direction.IN;
    return new LedgerEntry(
        new EntryId(id),
        isIn ? Reason.CARRIED : Reason.HANDED,
        isIn ? account : Account.Own.EXPENSE,
        isIn ? Account.Own.INCOME : account,
        sum.amount(),
        sum.bytes(),
        Optional.of(kind.traffic()),
        moment.at(),
        moment.clockTrusted(),
        note);
  }

  private static String name(Station station) {
    return station.mac().isEmpty()
        ? station.interfaceName()
        : station.interfaceName() + "/" + station.mac();
  }
}
