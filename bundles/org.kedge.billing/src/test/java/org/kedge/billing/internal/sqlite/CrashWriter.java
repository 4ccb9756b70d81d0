package org.kedge.billing.internal.sqlite;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Promise;
import org.kedge.billing.internal.core.ledger.Promise.Side;
import org.kedge.billing.internal.core.ledger.Promise.Step;
import org.kedge.billing.internal.core.ledger.Promise.Terms;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;

/** Books one batch after the other in a process of its own and says so after each: {@code FOLDER ACKNOWLEDGED FIRST LAST LOG_LIMIT}. */
final class CrashWriter {
  static final int ENTRIES = 10;

  private CrashWriter() {}

  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    var opened = SqliteBooks.open(folder, Sample.START, true, Long.parseLong(arguments[4]));
    if (!(opened instanceof Opened.Ready)) {
      System.out.println(opened);
      return;
    }
    try (var acknowledged = new FileOutputStream(arguments[1], true);
        var books = ((Opened.Ready) opened).books()) {
      for (var number = Integer.parseInt(arguments[2]);
          number <= Integer.parseInt(arguments[3]);
          number++) {
        if (books.post(batch(number)) instanceof Posted.Done) {
          acknowledged.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
  }

  /** Of ten entries with the positions that belong to them; now and then with a statement. */
  static Batch batch(int number) {
    var at = Sample.START.plusSeconds(60L * number);
    var entries = new ArrayList<LedgerEntry>();
    for (var entry = 0; entry < ENTRIES; entry++) {
      entries.add(Sample.carried(
          "charge/" + at + "/" + Sample.neighbour(entry % 3) + "/" + entry,
          entry % 3,
          1000L * number + entry,
          at));
    }
    var statements = number % 25 == 0
        ? List.of(Sample.agreed(number % 3, number, number, 0, at))
        : List.<SignedStatements>of();
    return new Batch(
        entries,
        Optional.of(positions(number)),
        Optional.empty(),
        statements,
        List.of(
            promise(number % 4, Optional.of(terms(number))),
            promise((number + 1) % 4, Optional.empty())));
  }

  private static Terms terms(int number) {
    var rises = number % 2 == 0
        ? List.of(new Step(new Price(200L * number), new Uptime(1_000_000_000L * number)))
        : List.<Step>of();
    return new Terms(new Price(100L * number), rises);
  }

  private static Promise promise(int destination, Optional<Terms> holds) {
    return new Promise(
        Sample.neighbour(destination % 3),
        Side.values()[destination % 2],
        IpPrefix.of("2001:db8:" + destination + "::/48").orElseThrow(),
        holds);
  }

  /** Prices that hold after a batch: a later one changes or takes back all that was promised four batches before. */
  static Set<Promise> promises(int number) {
    var all = new HashMap<IpPrefix, Promise>();
    for (var batch = Math.max(1, number - 4); batch <= number; batch++) {
      for (var promise : batch(batch).promises()) {
        all.put(promise.destination(), promise);
      }
    }
    return all.values().stream()
        .filter(promise -> promise.holds().isPresent())
        .collect(Collectors.toSet());
  }

  static Positions positions(int number) {
    var counts = new HashMap<MeterKey, Count>();
    for (var counter = 0; counter < 5; counter++) {
      counts.put(
          new MeterKey(Direction.IN, new Station("wg" + counter, ""), new Target.Any()),
          new Count(number, 1500L * number));
    }
    return new Positions("boot/1", counts, Map.of());
  }
}
