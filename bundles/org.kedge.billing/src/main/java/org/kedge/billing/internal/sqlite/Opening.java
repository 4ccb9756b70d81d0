package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.sqlite.AgreedFile.Agreed;

/** Opens the books of a folder, or sets them aside and begins new ones. */
final class Opening {
  static final String LOCK = "ledger.lock";
  private static final String DAMAGED = "ledger-damaged-";
  private static final int DAMAGED_KEPT = 3;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Batch NOTHING = Batch.of(List.of());

  private final Path folder;
  private final Instant now;
  private final boolean clockTrusted;
  private final long logLimit;
  private final AgreedFile agreedFile;

  Opening(Path folder, Instant now, boolean clockTrusted, long logLimit) {
    this.folder = folder;
    this.now = now;
    this.clockTrusted = clockTrusted;
    this.logLimit = logLimit;
    agreedFile = new AgreedFile(folder);
  }

  Opened open() {
    FileChannel lock = null;
    var isOpen = false;
    try {
      Files.createDirectories(folder);
      var missing = NativePart.load(folder.resolve("native"));
      if (missing.isPresent()) {
        return new Opened.NotNow(missing.get());
      }
      lock = lock();
      if (lock == null) {
        return new Opened.NotNow(
            "another process has this ledger: it holds the lock on " + folder.resolve(LOCK));
      }
      var opened = locked(lock);
      isOpen = !(opened instanceof Opened.NotNow);
      return opened;
    } catch (IOException e) {
      return new Opened.NotNow("the folder " + folder + " cannot be used: " + e);
    } finally {
      if (!isOpen) {
        close(lock);
      }
    }
  }

  private @Nullable FileChannel lock() throws IOException {
    var channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This process has it already: as if another had.
    }
    channel.close();
    return null;
  }

  private Opened locked(FileChannel lock) throws IOException {
    Optional<String> agreedDamage = Optional.empty();
    Optional<Map<NeighbourId, Agreed>> agreed = Optional.empty();
    try {
      agreed = agreedFile.read();
    } catch (Damage e) {
      agreedDamage =
          Optional.of("what was agreed with neighbours, kept beside the ledger, is lost: "
              + e.getMessage() + "; it is written anew with the next agreement");
      agreed = Optional.of(Map.of());
    }
    var wasThere =
        Files.exists(folder.resolve(Store.FILE)) && Files.size(folder.resolve(Store.FILE)) > 0;
    if (!wasThere && agreed.isPresent()) {
      return anew(lock, agreed.get(), "it is gone or empty, though books were begun here");
    }
    var wasBegun = agreed.isPresent();
    try {
      var store = Store.open(folder, logLimit, agreed.map(this::first).orElse(NOTHING));
      var isOpen = false;
      try {
        var tally = store.verify();
        var books = new SqliteBooks(
            folder, logLimit, lock, store, tally, agreedFile, agreed.orElse(Map.of()));
        if (agreed.isEmpty() || agreedDamage.isPresent()) {
          agreedFile.write(books.agreedNow());
        }
        var promises = store.promises.all();
        isOpen = true;
        return new Opened.Ready(books, promises, agreedDamage.or(() -> news(store, wasBegun)));
      } finally {
        if (!isOpen) {
          store.close();
        }
      }
    } catch (Damage e) {
      return anew(lock, agreed.orElse(Map.of()), String.valueOf(e.getMessage()));
    } catch (Store.Newer e) {
      return new Opened.NotNow(folder.resolve(Store.FILE) + " was written by a newer Kedge: "
          + e.getMessage() + "; it is left as it is");
    } catch (SQLException e) {
      var failure = Failure.of(e);
      return switch (failure.kind()) {
        case DAMAGED -> anew(lock, agreed.orElse(Map.of()), failure.why());
        case TAKEN ->
          new Opened.NotNow(
              "another process has " + folder.resolve(Store.FILE) + " open and holds its lock");
        case STALLED -> new Opened.NotNow(folder.resolve(Store.FILE) + ": " + failure.why());
      };
    }
  }

  /** Power failed while new books were begun in the place of damaged ones. */
  private static Optional<String> news(Store store, boolean wasBegun) {
    return store.isNew() && wasBegun
        ? Optional.of("the ledger found was empty; the books begin from what was last agreed")
        : Optional.empty();
  }

  /** Sets aside what there is and begins with what was agreed. */
  private Opened anew(FileChannel lock, Map<NeighbourId, Agreed> agreed, String why)
      throws IOException {
    var damaged = setAside();
    try {
      var store = Store.open(folder, logLimit, first(agreed));
      return new Opened.SetAside(
          new SqliteBooks(folder, logLimit, lock, store, store.verify(), agreedFile, agreed),
          damaged,
          why);
    } catch (SQLException | Damage | Store.Newer e) {
      return new Opened.NotNow("the ledger was damaged (" + why + ") and set aside as " + damaged
          + "; new books cannot be begun: " + e.getMessage());
    }
  }

  /**
   * Renames the database first: a power cut between the two must not leave a database without its log, which would open as older
   * books than they were.
   */
  private Path setAside() throws IOException {
    var stamp = STAMP.format(now);
    var to = folder.resolve(DAMAGED + stamp + ".db");
    for (var number = 2; Files.exists(to) || Files.exists(beside(to, "-wal")); number++) {
      to = folder.resolve(DAMAGED + stamp + "-" + number + ".db");
    }
    for (var suffix : List.of("", "-wal", "-journal")) {
      var from = folder.resolve(Store.FILE + suffix);
      if (Files.exists(from)) {
        Files.move(from, beside(to, suffix), StandardCopyOption.ATOMIC_MOVE);
        sync();
      }
    }
    forgetOldest();
    return to;
  }

  private void forgetOldest() throws IOException {
    var all = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(folder, DAMAGED + "*.db")) {
      files.forEach(all::add);
    }
    all.sort(null);
    for (var old : all.subList(0, Math.max(0, all.size() - DAMAGED_KEPT))) {
      for (var suffix : List.of("", "-wal", "-journal")) {
        Files.deleteIfExists(beside(old, suffix));
      }
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private void sync() throws IOException {
    try (var names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private Batch first(Map<NeighbourId, Agreed> agreed) {
    var entries = new ArrayList<LedgerEntry>();
    var statements = new ArrayList<SignedStatements>();
    for (var one : new HashMap<>(agreed).values()) {
      var neighbour = new Account.Neighbour(one.statements().neighbour());
      var ours = one.statements().ours();
      add(entries, "earned", neighbour, Account.Own.OPENING, one.earned(), ours.carried());
      add(entries, "spent", Account.Own.OPENING, neighbour, one.spent(), ours.handed());
      add(entries, "received", Account.Own.SETTLED, neighbour, one.received(), Bytes.NONE);
      add(entries, "paid", neighbour, Account.Own.SETTLED, one.paid(), Bytes.NONE);
      statements.add(one.statements());
    }
    return new Batch(
        entries,
        Optional.of(new Positions(Books.LOST, Map.of(), Map.of())),
        Optional.empty(),
        statements);
  }

  private void add(
      List<LedgerEntry> entries,
      String what,
      Account debit,
      Account credit,
      Wei amount,
      Bytes bytes) {
    if (amount.isNone() && bytes.count() == 0) {
      return;
    }
    var neighbour = debit instanceof Account.Neighbour ? debit : credit;
    entries.add(new LedgerEntry(
        new EntryId("opened/" + STAMP.format(now) + "/" + neighbour.name() + "/" + what),
        Reason.OPENED,
        debit,
        credit,
        amount,
        bytes,
        Optional.empty(),
        now,
        clockTrusted,
        "as last agreed, after the ledger before was damaged"));
  }

  private static void close(@Nullable FileChannel lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException("The lock of the ledger cannot be given back", e);
      }
    }
  }
}
