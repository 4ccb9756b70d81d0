package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Wei;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Account.Own;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.metering.Positions;

class SqliteBooksTest {
  private static final Instant NOW = Sample.START;

  @TempDir
  Path folder;

  @Test
  void what_was_booked_is_there_after_opening_again() {
    var tick = Sample.tick(1, 3, 20);
    var said = Sample.agreed(1, 4, 700, 300, NOW);
    Map<Account, ?> balances;
    try (var books = ready(folder)) {
      assertThat(books.post(tick)).isEqualTo(new Posted.Done(12));
      assertThat(books.post(
              new Batch(List.of(), Optional.empty(), Optional.of(Sample.gap(1)), List.of(said))))
          .isEqualTo(new Posted.Done(0));
      balances = books.balances();
      assertThat(books.positions()).isEqualTo(tick.positions().orElseThrow());
    }
    try (var books = ready(folder)) {
      assertThat(books.balances()).isEqualTo(balances);
      assertThat(books.positions()).isEqualTo(tick.positions().orElseThrow());
      assertThat(books.latest(said.neighbour())).contains(said);
      assertThat(books.agreed(said.neighbour())).contains(said);
      assertThat(all(books).entries()).containsExactlyInAnyOrderElementsOf(tick.entries());
      assertThat(all(books).gaps()).containsExactly(Sample.gap(1));
      assertThat(all(books).statements()).containsExactly(said);
    }
  }

  @Test
  void the_same_batch_again_books_nothing() {
    try (var books = ready(folder)) {
      var tick = new Batch(
          Sample.tick(1, 2, 5).entries(),
          Sample.tick(1, 2, 5).positions(),
          Optional.of(Sample.gap(3)),
          List.of(Sample.agreed(0, 1, 5, 6, NOW)));
      books.post(tick);
      var before = all(books);
      assertThat(books.post(tick)).isEqualTo(new Posted.Done(0));
      assertThat(all(books)).isEqualTo(before);
    }
  }

  @Test
  void an_id_with_another_content_is_refused_and_nothing_of_its_batch_is_booked() {
    try (var books = ready(folder)) {
      var first = Sample.received("settled/1", 1, Wei.of(5), NOW);
      books.post(Batch.of(List.of(first)));
      var later = Sample.received("settled/1", 1, Wei.of(5), NOW.plusSeconds(1));
      var other = Sample.received("settled/2", 1, Wei.of(7), NOW);
      assertThat(books.post(Batch.of(List.of(other, later))))
          .isEqualTo(new Posted.Contradicted(new EntryId("settled/1")));
      assertThat(all(books).entries()).containsExactly(first);
      assertThat(
              books.post(Batch.of(List.of(other, Sample.received("settled/2", 1, Wei.of(8), NOW)))))
          .isEqualTo(new Posted.Contradicted(new EntryId("settled/2")));
      assertThat(books.post(Batch.of(List.of(other, other)))).isEqualTo(new Posted.Done(1));
    }
  }

  @Test
  void an_entry_that_only_a_bug_can_make_is_an_exception_and_books_nothing() {
    try (var books = ready(folder)) {
      var takesOff = Sample.entry(
          "agreed/1", Reason.AGREED, Own.WRITE_OFF, Sample.account(1), Wei.of(5), 0, NOW);
      var between = Sample.entry(
          "moved/1", Reason.IDENTIFIED, Sample.account(1), Sample.account(2), Wei.of(5), 0, NOW);
      var huge = Sample.received("settled/1", 1, new Wei(BigInteger.TEN.pow(28)), NOW);
      for (var entry : List.of(takesOff, between, huge)) {
        assertThatThrownBy(
                () -> books.post(Batch.of(List.of(Sample.carried("charge/1", 2, 5, NOW), entry))))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(all(books).entries()).isEmpty();
      assertThat(books.balances()).isEmpty();
    }
  }

  @Test
  void counters_of_another_generation_take_the_place_of_those_before() {
    try (var books = ready(folder)) {
      books.post(Sample.tick(1, 3, 20));
      var next = new Positions("boot-2/1", Map.of(), Map.of("wg7", 9L));
      books.post(new Batch(List.of(), Optional.of(next), Optional.empty(), List.of()));
      assertThat(books.positions()).isEqualTo(next);
    }
    try (var books = ready(folder)) {
      assertThat(books.positions().generation()).isEqualTo("boot-2/1");
      assertThat(books.positions().links()).isEqualTo(Map.of("wg7", 9L));
    }
  }

  @Test
  void a_second_opening_is_told_who_holds_the_lock() {
    try (var books = ready(folder)) {
      books.post(Sample.tick(1, 1, 1));
      assertThat(SqliteBooks.open(folder, NOW, true))
          .isInstanceOfSatisfying(
              Opened.NotNow.class, refused -> assertThat(refused.why()).contains("ledger.lock"));
      assertThat(books.post(Sample.tick(2, 1, 1))).isEqualTo(new Posted.Done(4));
    }
    ready(folder).close();
  }

  @Test
  void a_ledger_of_a_newer_kedge_is_left_as_it_is() throws Exception {
    ready(folder).close();
    var file = folder.resolve("ledger.db");
    try (var connection = Store.connect(file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 2");
      statement.execute("PRAGMA application_id = " + (0x4b656400 + 2));
    }
    var before = Files.readAllBytes(file);
    assertThat(SqliteBooks.open(folder, NOW, true))
        .isInstanceOfSatisfying(
            Opened.NotNow.class, refused -> assertThat(refused.why()).contains("newer Kedge"));
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_folder_that_cannot_be_made_is_told() throws IOException {
    var file = Files.createFile(folder.resolve("billing"));
    assertThat(SqliteBooks.open(file, NOW, true))
        .isInstanceOfSatisfying(
            Opened.NotNow.class, refused -> assertThat(refused.why()).contains(file.toString()));
  }

  @Test
  void loading_leaves_the_property_of_others_alone() {
    System.setProperty("org.sqlite.tmpdir", "/somewhere");
    try {
      ready(folder).close();
      assertThat(System.getProperty("org.sqlite.tmpdir")).isEqualTo("/somewhere");
    } finally {
      System.clearProperty("org.sqlite.tmpdir");
    }
  }

  @Test
  void new_books_begin_from_what_was_agreed_once_the_old_are_damaged() throws IOException {
    var agreed = new Batch(
        List.of(), Optional.empty(), Optional.empty(), List.of(Sample.agreed(1, 9, 700, 300, NOW)));
    try (var books = ready(folder)) {
      books.post(Batch.of(List.of(Sample.received("settled/1", 1, Wei.of(50), NOW))));
      books.post(agreed);
      books.post(Sample.tick(1, 2, 5));
    }
    Files.write(folder.resolve("ledger.db"), new byte[] {1, 2, 3});
    var opened = SqliteBooks.open(folder, NOW, true);
    assertThat(opened).isInstanceOf(Opened.SetAside.class);
    var aside = (Opened.SetAside) opened;
    assertThat(aside.damaged()).hasBinaryContent(new byte[] {1, 2, 3});
    try (var books = aside.books()) {
      var balance = Optional.ofNullable(books.balances().get(Sample.account(1))).orElseThrow();
      assertThat(balance.earned()).isEqualTo(Wei.of(700));
      assertThat(balance.spent()).isEqualTo(Wei.of(300));
      assertThat(balance.received()).isEqualTo(Wei.of(50));
      assertThat(balance.carried().count()).isEqualTo(1000);
      assertThat(books.positions().generation()).isEqualTo(Books.LOST);
      assertThat(books.agreed(Sample.neighbour(1)).orElseThrow().ours().number())
          .isEqualTo(9);
      assertThat(books.post(Sample.tick(2, 2, 5))).isEqualTo(new Posted.Done(8));
    }
    ready(folder).close();
  }

  @Test
  void books_that_vanished_are_missed_and_only_three_damaged_ones_are_kept() throws IOException {
    for (var round = 0; round < 6; round++) {
      ((Opened.Ready) SqliteBooks.open(folder, NOW.plusSeconds(round), true))
          .books()
          .close();
      if (round == 0) {
        Files.delete(folder.resolve("ledger.db"));
      } else {
        Files.write(folder.resolve("ledger.db"), new byte[] {1, 2, 3});
      }
      var opened = SqliteBooks.open(folder, NOW.plusSeconds(round), true);
      assertThat(opened).isInstanceOf(Opened.SetAside.class);
      ((Opened.SetAside) opened).books().close();
    }
    try (var files = Files.list(folder)) {
      assertThat(files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.contains("damaged")))
          .containsExactlyInAnyOrder(
              "ledger-damaged-20261123T080003Z.db",
              "ledger-damaged-20261123T080004Z.db",
              "ledger-damaged-20261123T080005Z.db");
    }
  }

  /** Against a model of ten lines: whatever is offered, in whatever order, again and again, and opened again at any time. */
  @Test
  void random_books_are_what_a_map_of_entries_says() {
    var seed = System.nanoTime();
    var random = new Random(seed);
    var model = new LinkedHashMap<EntryId, LedgerEntry>();
    var offered = new ArrayList<Batch>();
    var books = ready(folder);
    try {
      for (var step = 0; step < 400; step++) {
        if (random.nextInt(20) == 0) {
          books.close();
          books = ready(folder);
        }
        var batch = !offered.isEmpty() && random.nextInt(4) == 0
            ? offered.get(random.nextInt(offered.size()))
            : Batch.of(randomEntries(random, model));
        offered.add(batch);
        var next = new LinkedHashMap<>(model);
        var clash = Optional.<EntryId>empty();
        for (var entry : batch.entries()) {
          var before = next.putIfAbsent(entry.id(), entry);
          if (before != null && !before.equals(entry) && clash.isEmpty()) {
            clash = Optional.of(entry.id());
          }
        }
        var expected = clash.isPresent()
            ? new Posted.Contradicted(clash.get())
            : new Posted.Done(next.size() - model.size());
        assertThat(books.post(batch)).as("seed %d, step %d", seed, step).isEqualTo(expected);
        if (clash.isEmpty()) {
          model = next;
        }
        assertThat(sums(books)).as("seed %d, step %d", seed, step).isEqualTo(sums(model));
      }
      assertThat(all(books).entries())
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(model.values());
    } finally {
      books.close();
    }
  }

  private static List<LedgerEntry> randomEntries(Random random, Map<EntryId, LedgerEntry> model) {
    var entries = new ArrayList<LedgerEntry>();
    for (var count = random.nextInt(6); count >= 0; count--) {
      // Few ids, so that some come twice with another content.
      var id = "charge/" + random.nextInt(2000) + "/" + Sample.neighbour(random.nextInt(4));
      var at = NOW.plusSeconds(random.nextInt(100) - 50);
      var neighbour = random.nextInt(4);
      var amount = new Wei(new BigInteger(70, random));
      entries.add(
          random.nextBoolean()
              ? Sample.entry(
                  id,
                  Reason.CARRIED,
                  Sample.account(neighbour),
                  Own.INCOME,
                  amount,
                  random.nextInt(99),
                  at)
              : Sample.received(id, neighbour, amount, at));
    }
    return entries;
  }

  private static Map<Account, BigInteger> sums(Map<EntryId, LedgerEntry> model) {
    var sums = new HashMap<Account, BigInteger>();
    model.values().forEach(entry -> {
      sums.merge(entry.debit(), entry.amount().amount(), BigInteger::add);
      sums.merge(entry.credit(), entry.amount().amount().negate(), BigInteger::add);
    });
    return sums;
  }

  private static Map<Account, BigInteger> sums(SqliteBooks books) {
    var sums = new HashMap<Account, BigInteger>();
    books
        .balances()
        .forEach((account, balance) ->
            sums.put(account, balance.debit().amount().subtract(balance.credit().amount())));
    return sums;
  }

  @Test
  void history_adds_up_bytes_by_slot_and_neighbour() {
    try (var books = ready(folder)) {
      books.post(Batch.of(List.of(
          Sample.carried("a", 1, 10, NOW),
          Sample.carried("b", 1, 20, NOW.plusSeconds(59)),
          Sample.handed("c", 1, 5, NOW.plusSeconds(59)),
          Sample.carried("d", 1, 40, NOW.plusSeconds(60)),
          Sample.carried("e", 1, 80, NOW.plusSeconds(180)))));
      assertThat(books.history(NOW, NOW.plusSeconds(180), Duration.ofMinutes(1)))
          .containsExactly(
              new Books.Slot(NOW, Sample.neighbour(1), 30, 5),
              new Books.Slot(NOW.plusSeconds(60), Sample.neighbour(1), 40, 0));
    }
  }

  static SqliteBooks ready(Path folder) {
    var opened = SqliteBooks.open(folder, NOW, true);
    assertThat(opened).isInstanceOf(Opened.Ready.class);
    return ((Opened.Ready) opened).books();
  }

  /** All that stands in books. */
  record All(List<LedgerEntry> entries, List<SignedStatements> statements, List<Gap> gaps) {}

  static All all(SqliteBooks books) {
    var all = new All(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      books.read(Instant.EPOCH, NOW.plus(Duration.ofDays(9999)), new LedgerReader() {
        @Override
        public void entry(LedgerEntry entry) {
          all.entries().add(entry);
        }

        @Override
        public void statements(SignedStatements statements) {
          all.statements().add(statements);
        }

        @Override
        public void gap(Gap gap) {
          all.gaps().add(gap);
        }
      });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return all;
  }
}
