package org.kedge.billing.internal.sqlite;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;
import org.kedge.billing.internal.core.ledger.Traffic;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;

/** Batches as billing makes them. */
final class Sample {
  static final Instant START = Instant.parse("2026-11-23T08:00:00Z");
  private static final BigInteger PRICE = BigInteger.valueOf(200_000_001);

  private Sample() {}

  static NeighbourId neighbour(int number) {
    var key = new byte[32];
    new Random(number).nextBytes(key);
    return NeighbourId.ofKey(key);
  }

  static Account account(int number) {
    return new Account.Neighbour(neighbour(number));
  }

  static LedgerEntry entry(
      String id, Reason reason, Account debit, Account credit, Wei amount, long bytes, Instant at) {
    var isCharge = reason == Reason.CARRIED || reason == Reason.HANDED;
    return new LedgerEntry(
        new EntryId(id),
        reason,
        debit,
        credit,
        amount,
        new Bytes(bytes),
        isCharge ? Optional.of(Traffic.RELAYED) : Optional.empty(),
        at,
        true,
        "");
  }

  static Wei costOf(long bytes) {
    return new Wei(PRICE.multiply(BigInteger.valueOf(bytes)));
  }

  static LedgerEntry carried(String id, int neighbour, long bytes, Instant at) {
    return entry(
        id, Reason.CARRIED, account(neighbour), Account.Own.INCOME, costOf(bytes), bytes, at);
  }

  static LedgerEntry handed(String id, int neighbour, long bytes, Instant at) {
    return entry(
        id, Reason.HANDED, Account.Own.EXPENSE, account(neighbour), costOf(bytes), bytes, at);
  }

  static LedgerEntry received(String id, int neighbour, Wei amount, Instant at) {
    return entry(id, Reason.SETTLED, Account.Own.SETTLED, account(neighbour), amount, 0, at);
  }

  /** What is charged in one minute: four entries for each neighbour, and the counters that moved. */
  static Batch tick(int minute, int neighbours, int counters) {
    var random = new Random(minute);
    var at = START.plus(Duration.ofMinutes(minute));
    var entries = new ArrayList<LedgerEntry>();
    for (var neighbour = 0; neighbour < neighbours; neighbour++) {
      for (var kind = 0; kind < 4; kind++) {
        var bytes = random.nextInt(50_000_000) + 1L;
        var isIn = kind < 2;
        var traffic = kind % 2 == 0 ? Traffic.RELAYED : Traffic.EXIT;
        var id = "charge/" + at + "/" + neighbour(neighbour) + "/" + (isIn ? "IN" : "OUT") + "/"
            + traffic;
        var entry = isIn ? carried(id, neighbour, bytes, at) : handed(id, neighbour, bytes, at);
        entries.add(new LedgerEntry(
            entry.id(),
            entry.reason(),
            entry.debit(),
            entry.credit(),
            entry.amount(),
            entry.bytes(),
            Optional.of(traffic),
            at,
            true,
            ""));
      }
    }
    return new Batch(
        entries, Optional.of(positions(minute, neighbours, counters)), Optional.empty(), List.of());
  }

  static Positions positions(int minute, int neighbours, int counters) {
    var counts = new HashMap<MeterKey, Count>();
    for (var counter = 0; counter < counters; counter++) {
      var neighbour = counter % Math.max(1, neighbours);
      var station = new Station("wg" + neighbour, "02:00:5e:00:00:%02x".formatted(neighbour % 256));
      var address = IpPrefix.of("2001:db8::%x".formatted(counter + 1)).orElseThrow();
      counts.put(
          new MeterKey(
              counter % 2 == 0 ? Direction.IN : Direction.OUT, station, new Target.Mesh(address)),
          new Count(1000L * minute + counter, 1_000_000L * minute + counter));
    }
    return new Positions("boot-1/7", counts, Map.of("wg0", 5_000_000_000L + minute));
  }

  static SignedStatements agreed(int neighbour, long number, long earned, long owed, Instant at) {
    var ours =
        new Statement(number, new Bytes(1000), Wei.of(earned), new Bytes(2000), Wei.of(owed), at);
    var theirs =
        new Statement(number, new Bytes(2000), Wei.of(owed), new Bytes(1000), Wei.of(earned), at);
    return new SignedStatements(
        neighbour(neighbour),
        ours,
        Optional.of(theirs),
        Outcome.AGREED,
        "{\"signed\":\"" + number + "\"}");
  }

  static Gap gap(int number) {
    return new Gap(
        START.plusSeconds(number), START.plusSeconds(number + 60L), new Bytes(number), "test");
  }
}
