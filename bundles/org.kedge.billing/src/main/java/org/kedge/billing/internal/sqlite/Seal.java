package org.kedge.billing.internal.sqlite;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The checksum that stands in every row, over all else in it: SQLite finds out when its pages contradict each other, not when a bit
 * of a number turns. Not thread-safe.
 */
final class Seal {
  private final CRC32C crc = new CRC32C();
  private final byte[] eight = new byte[Long.BYTES];

  /** Begins a row of this table. */
  Seal of(String table) {
    crc.reset();
    return add(table);
  }

  Seal add(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    crc.update(bytes, 0, bytes.length);
    return this;
  }

  Seal add(long number) {
    for (var i = 0; i < Long.BYTES; i++) {
      eight[i] = (byte) (number >>> (Long.SIZE - Byte.SIZE * (i + 1)));
    }
    crc.update(eight, 0, Long.BYTES);
    return this;
  }

  long value() {
    return crc.getValue();
  }
}
