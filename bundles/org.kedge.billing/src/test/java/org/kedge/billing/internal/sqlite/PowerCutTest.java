package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.sqlite.Recording.Damage;

/** Power fails before every file operation of a run of a thousand entries, and the process dies at any time. */
class PowerCutTest {
  private static final int BATCHES = 100;

  /** So that the log is written back several times in a run. */
  private static final long LOG_LIMIT = 200_000;

  /** Entries of the batches from the first on, as far as they were asked for. */
  private static final List<LedgerEntry> EXPECTED = new ArrayList<>();

  private static Path work = Path.of("");

  @BeforeAll
  static void make() throws IOException {
    work = Scratch.make();
  }

  @AfterAll
  static void clear() throws IOException {
    Scratch.delete(work);
  }

  @Test
  void power_fails_before_every_operation_and_nothing_acknowledged_is_lost_or_booked_twice()
      throws Exception {
    var random = new Random(7);
    cut(
        recorded(),
        operation -> List.of(Damage.values()[random.nextInt(Damage.values().length)]),
        random);
  }

  @Test
  @Tag("thorough")
  void power_fails_before_every_operation_in_every_way() throws Exception {
    cut(recorded(), operation -> List.of(Damage.values()), new Random(11));
  }

  private interface Kinds {
    List<Damage> of(int operation);
  }

  private static Recording recorded() throws Exception {
    if (!Child.hasStrace()) {
      System.out.println("SKIPPED: power cuts of the ledger need strace");
    }
    assumeTrue(Child.hasStrace(), "needs strace");
    var folder =
        Files.createDirectory(Files.createTempDirectory(work, "recorded").resolve("billing"));
    var trace = folder.resolveSibling("trace");
    var acknowledged = folder.resolveSibling("acknowledged");
    var output = folder.resolveSibling("output");
    var strace = List.of(
        "strace",
        "-f",
        "-y",
        "-xx",
        "-s",
        "1000000",
        "-e",
        "trace=openat,write,pwrite64,ftruncate,fsync,fdatasync,unlink",
        "-o",
        trace.toString());
    var child = Child.start(strace, folder, acknowledged, 1, BATCHES, LOG_LIMIT, output);
    try {
      assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      child.destroyForcibly();
    }
    assertThat(Files.readString(output)).isEmpty();
    var recording = Recording.of(trace, folder, acknowledged);
    Files.delete(trace);
    return recording;
  }

  private static void cut(Recording recording, Kinds kinds, Random random) throws IOException {
    var states = 0;
    var folder = work.resolve("state");
    for (var operation = 0; operation <= recording.size(); operation++) {
      for (var kind : kinds.of(operation)) {
        var files = recording.cut(kind, random);
        Scratch.delete(folder);
        Files.createDirectory(folder);
        for (var file : files.entrySet()) {
          Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        check(
            folder,
            recording.acknowledged(),
            BATCHES,
            "power fails before operation " + operation + ", " + kind);
        states++;
      }
      if (operation < recording.size()) {
        recording.advance();
      }
    }
    assertThat(recording.acknowledged()).isEqualTo(BATCHES);
    System.out.println("ledger: power cut before each of " + recording.size() + " operations, "
        + states + " states; lost 0, twice 0");
  }

  /** Opens what is left, which has to be all that was acknowledged and at most one batch more, and goes on from there. */
  private static void check(Path folder, int acknowledged, int batches, String what)
      throws IOException {
    var opened = SqliteBooks.open(folder, Sample.START, true);
    assertThat(opened).as(what).isInstanceOf(Opened.Ready.class);
    var ready = (Opened.Ready) opened;
    try (var books = ready.books()) {
      var found = prefix(books, what);
      assertThat(found).as(what).isBetween(acknowledged, acknowledged + 1);
      assertThat(Set.copyOf(ready.promises())).as(what).isEqualTo(CrashWriter.promises(found));
      if (found > 0) {
        assertThat(books.positions()).as(what).isEqualTo(CrashWriter.positions(found));
      }
      if (acknowledged < batches) {
        assertThat(books.post(CrashWriter.batch(acknowledged + 1)))
            .as(what)
            .isEqualTo(new Posted.Done(found > acknowledged ? 0 : CrashWriter.ENTRIES));
        assertThat(prefix(books, what)).as(what).isEqualTo(acknowledged + 1);
      }
    }
  }

  /** How many batches there are; all of them whole, the first ones, and none twice. */
  private static int prefix(SqliteBooks books, String what) {
    var entries = SqliteBooksTest.all(books).entries();
    var count = entries.size() / CrashWriter.ENTRIES;
    while (EXPECTED.size() < entries.size()) {
      EXPECTED.addAll(
          CrashWriter.batch(EXPECTED.size() / CrashWriter.ENTRIES + 1).entries());
    }
    assertThat(entries.equals(EXPECTED.subList(0, count * CrashWriter.ENTRIES)))
        .as(what)
        .isTrue();
    assertThat(new HashSet<>(
            entries.stream().map(LedgerEntry::id).map(EntryId::text).toList()))
        .as(what)
        .hasSameSizeAs(entries);
    return count;
  }

  @Test
  void a_writer_killed_at_any_moment_loses_nothing_that_it_acknowledged() throws Exception {
    kill(30);
  }

  @Test
  @Tag("thorough")
  void a_writer_killed_two_hundred_times_loses_nothing_that_it_acknowledged() throws Exception {
    kill(200);
  }

  private static void kill(int times) throws Exception {
    var random = new Random(3);
    var folder =
        Files.createDirectory(Files.createTempDirectory(work, "killed").resolve("billing"));
    var acknowledged = folder.resolveSibling("acknowledged");
    Files.createFile(acknowledged);
    var booked = 0;
    for (var time = 0; time < times; time++) {
      var output = folder.resolveSibling("output");
      var child = Child.start(
          List.of(), folder, acknowledged, booked + 1, Integer.MAX_VALUE, 20_000, output);
      try {
        var before = Files.size(acknowledged);
        var patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (Files.size(acknowledged) <= before + random.nextInt(200)
            && child.isAlive()
            && System.nanoTime() < patience) {
          Thread.onSpinWait();
        }
      } finally {
        child.destroyForcibly().waitFor();
      }
      assertThat(Files.readString(output)).isEmpty();
      var lines = Files.readAllLines(acknowledged);
      var said = lines.isEmpty() ? 0 : Integer.parseInt(lines.get(lines.size() - 1));
      check(folder, said, Integer.MAX_VALUE, "killed for the " + time + "th time");
      booked = said + 1;
    }
    System.out.println("ledger: killed " + times + " times while it booked " + booked
        + " batches; lost 0, twice 0");
  }
}
