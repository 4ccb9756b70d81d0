package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a few MB, in memory, that can be filled. */
public final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /**
   * Skips the test where nothing can be mounted.
   *
   * @param root a folder of the test's
   */
  public static SmallDisk mount(Path root) throws IOException, InterruptedException {
    // A native part that came from the disk would keep it from being unmounted.
    SqliteBooksTest.ready(root.resolve("loading")).close();
    var folder = Files.createDirectory(root.resolve("disk"));
    var isMounted = run("mount", "-t", "tmpfs", "-o", "size=6m", "kedge-ledger", folder.toString());
    if (!isMounted) {
      System.out.println("SKIPPED: a full disk under the ledger needs root to mount one");
    }
    assumeTrue(isMounted, "needs root");
    return new SmallDisk(folder);
  }

  public Path folder() {
    return folder;
  }

  /** Until nothing more fits. @return what to delete to have room again */
  public Path fill() throws IOException {
    var filler = folder.resolve("filler");
    try (var out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
    return filler;
  }

  /** @param option of the mount, such as {@code ro} */
  void remount(String option) throws IOException, InterruptedException {
    assertThat(run("mount", "-o", "remount," + option, folder.toString())).isTrue();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    assertThat(run("umount", folder.toString())).isTrue();
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    return process.waitFor() == 0;
  }
}
