package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.LedgerEntry;

/** A file system that is full, or may not be written. */
class FullDiskTest {
  @TempDir
  Path root;

  @Test
  void a_full_disk_stalls_the_books_and_they_go_on_once_there_is_room() throws Exception {
    try (var disk = SmallDisk.mount(root)) {
      stallAndGoOn(disk);
      SqliteBooksTest.ready(disk.folder().resolve("billing")).close();
    }
  }

  private static void stallAndGoOn(SmallDisk disk) throws IOException {
    try (var books = SqliteBooksTest.ready(disk.folder().resolve("billing"))) {
      var booked = new ArrayList<LedgerEntry>();
      var minute = 1;
      for (; minute <= 20; minute++) {
        assertThat(books.post(Sample.tick(minute, 3, 20))).isEqualTo(new Posted.Done(12));
        booked.addAll(Sample.tick(minute, 3, 20).entries());
      }
      var filler = disk.fill();
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
  }

  @Test
  void a_disk_that_may_not_be_written_is_told_and_opens_once_it_may() throws Exception {
    try (var disk = SmallDisk.mount(root)) {
      var folder = disk.folder().resolve("billing");
      SqliteBooksTest.ready(folder).close();
      disk.remount("ro");
      assertThat(SqliteBooks.open(folder, Sample.START, true)).isInstanceOf(Opened.NotNow.class);
      disk.remount("rw");
      SqliteBooksTest.ready(folder).close();
    }
  }

  @Test
  void a_folder_from_which_nothing_may_be_run_is_told() throws Exception {
    try (var disk = SmallDisk.mount(root)) {
      // In a JVM of its own: in this one the native part is loaded already.
      disk.remount("noexec");
      var output = root.resolve("output");
      var child = Child.start(
          List.of(),
          disk.folder().resolve("billing"),
          root.resolve("acknowledged"),
          1,
          1,
          9999,
          output);
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(output)).contains("NotNow").contains("nothing may be run from");
    }
  }
}
