package org.kedge.billing.internal.sqlite;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks through a write-ahead log before SQLite does. SQLite leaves out all from the first frame on whose checksum fails, as a power
 * cut may have left half a transaction there. But a transaction is synced before the next begins: whole ones that follow behind
 * such a frame show that synced ones are damaged, which would otherwise be lost without a word. Damage within the last transaction
 * cannot be told from a cut.
 *
 * <p>This holds as Kedge never lets SQLite begin a log anew over an old one: it is cut to nothing after each checkpoint.
 */
final class WalLook {
  private static final int HEADER = 32;
  private static final int FRAME_HEADER = 24;
  private static final int MAGIC = 0x377f0682;

  private int one;
  private int other;
  private ByteOrder order = ByteOrder.BIG_ENDIAN;

  private WalLook() {}

  /** @return what is damaged; empty where nothing is, or where there is no log */
  static Optional<String> damage(Path wal) throws IOException {
    if (!Files.exists(wal) || Files.size(wal) <= HEADER) {
      return Optional.empty();
    }
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(wal)))) {
      return new WalLook().look(in, Files.size(wal));
    }
  }

  private Optional<String> look(DataInputStream in, long length) throws IOException {
    var header = new byte[HEADER];
    in.readFully(header);
    var fields = ByteBuffer.wrap(header);
    var magic = fields.getInt(0);
    var pageSize = fields.getInt(8);
    order = (magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    sum(header, HEADER - 8);
    // The header is synced before the first frame is written.
    if ((magic & ~1) != MAGIC || one != fields.getInt(24) || other != fields.getInt(28)) {
      return Optional.of("the head of its log fails its checksum");
    }
    var salt = fields.getLong(16);
    var frame = new byte[FRAME_HEADER + pageSize];
    var page = new byte[pageSize];
    var isWhole = true;
    var broken = 0L;
    var commitBehind = false;
    var frames = (length - HEADER) / frame.length;
    for (var number = 1L; number <= frames; number++) {
      in.readFully(frame);
      var head = ByteBuffer.wrap(frame);
      var isOfThisLog = head.getLong(8) == salt;
      if (isWhole) {
        sum(frame, 8);
        System.arraycopy(frame, FRAME_HEADER, page, 0, pageSize);
        sum(page, pageSize);
        isWhole = isOfThisLog && one == head.getInt(16) && other == head.getInt(20);
        broken = number;
      }
      if (!isWhole && isOfThisLog) {
        if (commitBehind) {
          return Optional.of("frame " + broken + " of its log fails its checksum, and whole "
              + "transactions follow");
        }
        commitBehind = head.getInt(4) != 0;
      }
    }
    return Optional.empty();
  }

  private void sum(byte[] bytes, int length) {
    var words = ByteBuffer.wrap(bytes, 0, length).order(order);
    while (words.remaining() >= 8) {
      one += words.getInt() + other;
      other += words.getInt() + one;
    }
  }
}
