package org.kedge.billing.internal.sqlite;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.Tally;
import org.kedge.billing.internal.core.ledger.Traffic;

/**
 * Puts one entry in the place of many between the same two accounts. Settlements stay for ever: their ids are what keeps money from
 * being booked twice.
 */
final class RollUp {
  private static final int STATEMENTS = 500;

  private final Store store;
  private final int limit;

  /** Entries of one kind that become one. */
  private record Group(
      Account debit, Account credit, Optional<Traffic> traffic, boolean clockTrusted) {}

  /**
   * What is to go.
   *
   * @param at the time that the sums are of
   * @param name begins their ids
   */
  private record Piece(List<Entries.Row> rows, Instant at, String name, boolean byTraffic) {}

  /** @param limit entries that may go in one transaction */
  RollUp(Store store, int limit) {
    this.store = store;
    this.limit = limit;
  }

  /**
   * One piece in one transaction.
   *
   * @return how many entries and statements went
   */
  int piece(Instant now, Duration minutesKept, Duration hoursKept) throws SQLException, Damage {
    var hour = hour(now.minus(minutesKept).truncatedTo(ChronoUnit.HOURS));
    var piece = hour.isPresent() ? hour : oldest(now.minus(hoursKept).truncatedTo(ChronoUnit.DAYS));
    store.begin();
    var gone = store.talks.forget(now.minus(minutesKept), now.minus(hoursKept), STATEMENTS);
    if (piece.isPresent()) {
      gone += replace(piece.get());
    }
    if (gone == 0) {
      store.rollback();
    } else {
      store.commit();
    }
    return gone;
  }

  /** Charges of the oldest hour that has any, and agreements on them. */
  private Optional<Piece> hour(Instant before) throws SQLException, Damage {
    var rows = store.entries.charges(before, limit);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    var at = rows.get(0).entry().at().truncatedTo(ChronoUnit.HOURS);
    var beyond = at.plus(1, ChronoUnit.HOURS);
    var ofHour = rows.stream().filter(row -> row.entry().at().isBefore(beyond)).toList();
    return Optional.of(new Piece(ofHour, at, "hour/" + at, true));
  }

  /** The oldest entries, the sums of even older ones among them. */
  private Optional<Piece> oldest(Instant before) throws SQLException, Damage {
    var rows = store.entries.oldest(before, limit);
    var groups = rows.stream().map(row -> group(row.entry(), false)).distinct().count();
    if (rows.size() <= groups) {
      return Optional.empty();
    }
    var at = rows.get(rows.size() - 1).entry().at();
    return Optional.of(new Piece(rows, at, "before/" + at, false));
  }

  private int replace(Piece piece) throws SQLException, Damage {
    var sums = new LinkedHashMap<Group, LedgerEntry>();
    var before = new Tally();
    for (var row : piece.rows()) {
      before.add(row.entry());
      store.delete(row);
    }
    for (var row : piece.rows()) {
      sums.merge(
          group(row.entry(), piece.byTraffic()),
          sum(row.entry(), piece),
          (one, other) -> plus(one, other));
    }
    var after = new Tally();
    for (var sum : sums.values()) {
      var entry = free(sum);
      store.insert(entry);
      after.add(store.entries.find(entry.id()).orElseThrow());
    }
    if (!after.agreesWith(before)) {
      throw new IllegalStateException("Sums of " + piece.name() + " are not what went into them");
    }
    return piece.rows().size();
  }

  private static Group group(LedgerEntry entry, boolean byTraffic) {
    return new Group(
        entry.debit(),
        entry.credit(),
        byTraffic ? entry.traffic() : Optional.empty(),
        entry.clockTrusted());
  }

  private static LedgerEntry sum(LedgerEntry entry, Piece piece) {
    var group = group(entry, piece.byTraffic());
    return new LedgerEntry(
        new EntryId(
            piece.name() + "/" + entry.debit().name() + "/" + entry.credit().name()
                + group.traffic().map(traffic -> "/" + traffic).orElse("")
                + (group.clockTrusted() ? "" : "/untrusted")),
        Reason.ROLLED_UP,
        group.debit(),
        group.credit(),
        entry.amount(),
        entry.bytes(),
        group.traffic(),
        piece.at(),
        group.clockTrusted(),
        "");
  }

  private static LedgerEntry plus(LedgerEntry one, LedgerEntry other) {
    return with(
        one,
        one.id(),
        one.amount().plus(other.amount()),
        new Bytes(Math.addExact(one.bytes().count(), other.bytes().count())));
  }

  /** Late entries of an hour become a further sum of it. */
  private LedgerEntry free(LedgerEntry sum) throws SQLException, Damage {
    var id = sum.id();
    for (var number = 2; store.entries.find(id).isPresent(); number++) {
      id = new EntryId(sum.id().text() + "/" + number);
    }
    return with(sum, id, sum.amount(), sum.bytes());
  }

  private static LedgerEntry with(LedgerEntry entry, EntryId id, Wei amount, Bytes bytes) {
    return new LedgerEntry(
        id,
        entry.reason(),
        entry.debit(),
        entry.credit(),
        amount,
        bytes,
        entry.traffic(),
        entry.at(),
        entry.clockTrusted(),
        entry.note());
  }
}
