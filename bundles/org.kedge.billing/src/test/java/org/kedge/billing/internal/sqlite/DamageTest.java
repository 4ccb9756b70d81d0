package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bits turn, files end early: it is noticed, or it changes nothing. */
class DamageTest {
  private Path root = Path.of("");

  @BeforeEach
  void make() throws IOException {
    root = Scratch.make();
  }

  @AfterEach
  void clear() throws IOException {
    Scratch.delete(root);
  }

  @Test
  void a_bit_that_turns_anywhere_in_the_database_is_noticed_or_changes_nothing()
      throws IOException {
    harm("ledger.db", 300, (content, random) -> {
      content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
      return content;
    });
  }

  @Test
  void a_database_that_ends_early_is_noticed() throws IOException {
    harm(
        "ledger.db",
        100,
        (content, random) -> Arrays.copyOf(content, random.nextInt(content.length)));
  }

  @Test
  void a_bit_that_turns_in_the_log_is_noticed_or_takes_the_last_batch_alone() throws IOException {
    harm("ledger.db-wal", 200, (content, random) -> {
      content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
      return content;
    });
  }

  private interface Harm {
    byte[] to(byte[] content, Random random);
  }

  private void harm(String file, int times, Harm harm) throws IOException {
    var batches = 30;
    var sound = Files.createDirectory(root.resolve("sound"));
    var logOf = Files.createDirectory(root.resolve("log"));
    try (var books = SqliteBooksTest.ready(sound)) {
      for (var number = 1; number <= batches; number++) {
        books.post(CrashWriter.batch(number));
      }
      // As it stands while the node runs: with a log.
      for (var name :
          new String[] {"ledger.db", "ledger.db-wal", "billing-agreed.a", "billing-agreed.b"}) {
        if (Files.exists(sound.resolve(name))) {
          Files.copy(sound.resolve(name), logOf.resolve(name));
        }
      }
    }
    var from = file.endsWith("-wal") ? logOf : sound;
    var seed = System.nanoTime();
    var random = new Random(seed);
    var noticed = 0;
    for (var time = 0; time < times; time++) {
      var what = "seed " + seed + ", time " + time;
      var folder = Files.createDirectory(root.resolve("harmed-" + time));
      try (var files = Files.newDirectoryStream(from, "*[.ablw]")) {
        for (var one : files) {
          if (Files.isRegularFile(one)) {
            Files.copy(one, folder.resolve(one.getFileName()));
          }
        }
      }
      Files.write(folder.resolve(file), harm.to(Files.readAllBytes(from.resolve(file)), random));
      var opened = SqliteBooks.open(folder, Sample.START, true);
      if (opened instanceof Opened.SetAside aside) {
        noticed++;
        assertThat(aside.why()).as(what).isNotBlank();
        aside.books().close();
      } else {
        assertThat(opened).as(what).isInstanceOf(Opened.Ready.class);
        try (var books = ((Opened.Ready) opened).books()) {
          var entries = SqliteBooksTest.all(books).entries().size();
          assertThat(entries)
              .as(what)
              .isIn(
                  batches * CrashWriter.ENTRIES,
                  file.endsWith("-wal")
                      ? (batches - 1) * CrashWriter.ENTRIES
                      : batches * CrashWriter.ENTRIES);
          assertThat(books.positions())
              .as(what)
              .isEqualTo(CrashWriter.positions(entries / CrashWriter.ENTRIES));
        }
      }
    }
    System.out.println("ledger: " + file + " harmed " + times + " times, noticed " + noticed
        + ", never wrong without a word");
    assertThat(noticed).isPositive();
  }
}
