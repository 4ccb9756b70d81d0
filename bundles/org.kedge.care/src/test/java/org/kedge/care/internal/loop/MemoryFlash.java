package org.kedge.care.internal.loop;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Flash;

/**
 * Flash in memory, which can be read-only, tells how often it was written, and loses what was not synced when its power is cut at
 * a read, a write or a sync.
 */
final class MemoryFlash implements Flash {
  /** The power is gone. */
  static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Map<String, byte[]> seen = new HashMap<>();
  private final Map<String, byte[]> synced = new HashMap<>();
  private boolean readOnly;
  private boolean dark;
  private int writes;
  private int operations;
  private int cutAt;

  void setReadOnly(boolean now) {
    readOnly = now;
  }

  int writes() {
    return writes;
  }

  /** The power goes at operation {@code number} from now. */
  void cutPowerAt(int number) {
    cutAt = operations + number;
  }

  boolean isDark() {
    return dark;
  }

  /** The power is back; a cut write arrived if {@code kept}, else it did not. */
  void powerOn(boolean kept) {
    if (kept) {
      synced.putAll(seen);
    }
    seen.clear();
    seen.putAll(synced);
    dark = false;
    cutAt = 0;
  }

  @Override
  public Optional<byte[]> read(String name) {
    begin();
    return Optional.ofNullable(seen.get(name)).map(byte[]::clone);
  }

  @Override
  public void write(String name, byte[] content) throws IOException {
    if (readOnly) {
      throw new IOException("Read-only file system");
    }
    writes++;
    if (!dark) {
      seen.put(name, content.clone());
    }
    begin();
  }

  @Override
  public void sync(String name) {
    begin();
    Optional.ofNullable(seen.get(name)).ifPresent(content -> synced.put(name, content));
  }

  @Override
  public void append(String name, byte[] content) {
    throw new UnsupportedOperationException("care appends nothing");
  }

  @Override
  public void delete(String name) {
    throw new UnsupportedOperationException("care deletes nothing");
  }

  @Override
  public long free() {
    throw new UnsupportedOperationException("care asks for no room");
  }

  @Override
  public List<String> names() {
    throw new UnsupportedOperationException("care asks for no names");
  }

  private void begin() {
    operations++;
    dark |= operations == cutAt;
    if (dark) {
      throw new PowerCut();
    }
  }
}
