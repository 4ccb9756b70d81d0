package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.LedgerEntry;

/** A file system that is full, or may not be written. */
class FullDiskTest {
  @TempDir
  Path root;

  private Path disk = Path.of("");
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    // A native part that came from the disk would keep it from being unmounted.
    SqliteBooksTest.ready(root.resolve("loading")).close();
    disk = Files.createDirectory(root.resolve("disk"));
    isMounted = run("mount", "-t", "tmpfs", "-o", "size=6m", "kedge-ledger", disk.toString());
    if (!isMounted) {
      System.out.println("SKIPPED: a full disk under the ledger needs root to mount one");
    }
    assumeTrue(isMounted, "needs root");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void a_full_disk_stalls_the_books_and_they_go_on_once_there_is_room() throws IOException {
    try (var books = SqliteBooksTest.ready(disk.resolve("billing"))) {
      var booked = new ArrayList<LedgerEntry>();
      var minute = 1;
      for (; minute <= 20; minute++) {
        assertThat(books.post(Sample.tick(minute, 3, 20))).isEqualTo(new Posted.Done(12));
        booked.addAll(Sample.tick(minute, 3, 20).entries());
      }
      var filler = fill();
      Posted posted = books.post(Sample.tick(minute, 3, 20));
      while (posted instanceof Posted.Done) {
        booked.addAll(Sample.tick(minute, 3, 20).entries());
        minute++;
        posted = books.post(Sample.tick(minute, 3, 20));
      }
      assertThat(posted).isInstanceOf(Posted.Stalled.class);
      assertThat(books.post(Sample.tick(minute, 3, 20))).isInstanceOf(Posted.Stalled.class);
      assertThat(books.positions()).isEqualTo(Sample.positions(minute - 1, 3, 20));
      Files.delete(filler);
      assertThat(books.post(Sample.tick(minute, 3, 20))).isEqualTo(new Posted.Done(12));
      booked.addAll(Sample.tick(minute, 3, 20).entries());
      assertThat(SqliteBooksTest.all(books).entries()).containsExactlyElementsOf(booked);
    }
    SqliteBooksTest.ready(disk.resolve("billing")).close();
  }

  @Test
  void a_disk_that_may_not_be_written_is_told_and_opens_once_it_may() throws Exception {
    SqliteBooksTest.ready(disk.resolve("billing")).close();
    assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();
    assertThat(SqliteBooks.open(disk.resolve("billing"), Sample.START, true))
        .isInstanceOf(Opened.NotNow.class);
    assertThat(run("mount", "-o", "remount,rw", disk.toString())).isTrue();
    SqliteBooksTest.ready(disk.resolve("billing")).close();
  }

  @Test
  void a_folder_from_which_nothing_may_be_run_is_told() throws Exception {
    // In a JVM of its own: in this one the native part is loaded already.
    assertThat(run("mount", "-o", "remount,noexec", disk.toString())).isTrue();
    var output = root.resolve("output");
    var child = Child.start(
        List.of(), disk.resolve("billing"), root.resolve("acknowledged"), 1, 1, 9999, output);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output)).contains("NotNow").contains("nothing may be run from");
  }

  private Path fill() throws IOException {
    var filler = disk.resolve("filler");
    try (var out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
    return filler;
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    return process.waitFor() == 0;
  }
}
