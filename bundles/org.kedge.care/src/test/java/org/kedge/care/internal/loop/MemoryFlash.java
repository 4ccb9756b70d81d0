package org.kedge.care.internal.loop;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Flash;

/** Flash in memory, which can be read-only and tells how often it was written. */
final class MemoryFlash implements Flash {
  private final Map<String, byte[]> files = new HashMap<>();
  private boolean readOnly;
  private int writes;

  void setReadOnly(boolean now) {
    readOnly = now;
  }

  int writes() {
    return writes;
  }

  @Override
  public Optional<byte[]> read(String name) {
    return Optional.ofNullable(files.get(name)).map(byte[]::clone);
  }

  @Override
  public void write(String name, byte[] content) throws IOException {
    if (readOnly) {
      throw new IOException("Read-only file system");
    }
    writes++;
    files.put(name, content.clone());
  }

  @Override
  public void sync(String name) {}
}
