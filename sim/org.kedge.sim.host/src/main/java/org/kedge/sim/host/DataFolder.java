package org.kedge.sim.host;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The data folder of one node, held by a lock so that two instances never share it. The kernel drops the lock of a dead holder. */
final class DataFolder implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile file;
  private final FileLock lock;

  private DataFolder(Path path, RandomAccessFile file, FileLock lock) {
    this.path = path;
    this.file = file;
    this.lock = lock;
  }

  /** Another instance holds it. */
  static final class InUse extends Exception {
    private static final long serialVersionUID = 1;

    InUse(String message) {
      super(message);
    }
  }

  static DataFolder take(Path folder) throws IOException, InUse {
    Files.createDirectories(folder);
    var file = new RandomAccessFile(folder.resolve("lock").toFile(), "rw");
    @Nullable FileLock lock = file.getChannel().tryLock();
    if (lock == null) {
      var holder = file.readLine();
      file.close();
      throw new InUse("The data folder "
          + folder
          + " is in use by another Kedge"
          + (holder == null ? "" : " (pid " + holder + ")")
          + ". Stop that one, or give this one a folder of its own with --data.");
    }
    file.setLength(0);
    file.write((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
    return new DataFolder(folder, file, lock);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    lock.release();
    file.close();
  }
}
