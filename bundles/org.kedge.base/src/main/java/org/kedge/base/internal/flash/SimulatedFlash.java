package org.kedge.base.internal.flash;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Flash;

/**
 * Flash whose power can be cut at any operation. What was written and not yet synced arrives as the {@link Damage} says. An
 * operation is a read, a write or a sync; they are counted from 1.
 */
public final class SimulatedFlash implements Flash {
  private static final int BLOCK = 16;

  /** What a cut makes of a write that was not synced; {@code at} is a byte of it. */
  public enum Damage {
    /** Nothing of it arrived. */
    LOST,
    /** All of it arrived. */
    KEPT,
    /** The file was made, with the first bytes in it. */
    TORN,
    /** The first bytes went over the old content. */
    TORN_OVER_OLD,
    /** The file has its length, but zeros after the first bytes. */
    ZEROS,
    /** Blocks from this one on arrived, those before it did not. */
    REORDERED,
    /** A block stands there twice. */
    DOUBLED,
    /** A block of the old content stands in the new. */
    OLD_BLOCK_BACK
  }

  /** The power is gone: nothing works until it is back. */
  public static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Map<String, byte[]> durable = new HashMap<>();
  private final Map<String, byte[]> seen = new HashMap<>();
  private int operations;
  private int cutAt;
  private int failAt;
  private int roomBytes = Integer.MAX_VALUE;
  private int totalBytes = Integer.MAX_VALUE;
  private boolean readOnly;
  private boolean dark;

  /** The power goes while operation {@code number} from now runs. */
  public void cutPowerAt(int number) {
    cutAt = operations + number;
  }

  /** Operation {@code number} from now fails; a write leaves half of its bytes. */
  public void failAt(int number) {
    failAt = operations + number;
  }

  /** Files longer than this cannot be written whole. */
  public void room(int bytes) {
    roomBytes = bytes;
  }

  /** All files together cannot be longer than this. */
  public void total(int bytes) {
    totalBytes = bytes;
  }

  /** The file system has been mounted read-only, as kernels do after an error. */
  public void readOnly(boolean on) {
    readOnly = on;
  }

  public int operations() {
    return operations;
  }

  public boolean isDark() {
    return dark;
  }

  /** The power is back, after a cut now if there was none. */
  public void powerOn(Damage damage, int at) {
    if (damage == Damage.KEPT) {
      durable.keySet().retainAll(seen.keySet());
    }
    for (var name : seen.keySet()) {
      var before = durable.getOrDefault(name, new byte[0]);
      var written = seen.getOrDefault(name, new byte[0]);
      if (damage == Damage.LOST || Arrays.equals(before, written)) {
        continue;
      }
      // What was appended to may tear from there on, and not in what was durable before.
      var isAppended = written.length > before.length
          && Arrays.equals(before, 0, before.length, written, 0, before.length);
      var from = isAppended ? (before.length + BLOCK - 1) / BLOCK * BLOCK : 0;
      durable.put(
          name, arrived(before, written, damage, Math.min(Math.max(at, from), written.length)));
    }
    seen.clear();
    durable.forEach((name, content) -> seen.put(name, content.clone()));
    dark = false;
    cutAt = 0;
    failAt = 0;
  }

  /** Spoils what is on the flash for good. */
  public void flipBit(String name, int bit) {
    var content = durable.getOrDefault(name, new byte[0]).clone();
    content[bit / 8] ^= (byte) (1 << (bit % 8));
    durable.put(name, content);
    seen.put(name, content.clone());
  }

  public int length(String name) {
    return durable.getOrDefault(name, new byte[0]).length;
  }

  /** Bytes of all files, as a reader sees them now. */
  public int size() {
    return size("");
  }

  /** Bytes of the files whose names begin so. */
  public int size(String prefix) {
    return seen.entrySet().stream()
        .filter(file -> file.getKey().startsWith(prefix))
        .mapToInt(file -> file.getValue().length)
        .sum();
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    begin();
    return Optional.ofNullable(seen.get(name)).map(byte[]::clone);
  }

  @Override
  public void write(String name, byte[] content) throws IOException {
    var half = Arrays.copyOf(content, content.length / 2);
    try {
      begin();
    } catch (PowerCut e) {
      seen.put(name, content.clone());
      throw e;
    } catch (IOException e) {
      seen.put(name, half);
      throw e;
    }
    if (readOnly) {
      throw new IOException("Read-only file system");
    }
    var others = size() - seen.getOrDefault(name, new byte[0]).length;
    var room = Math.min(roomBytes, totalBytes - others);
    if (content.length > room) {
      seen.put(name, Arrays.copyOf(content, Math.max(0, room)));
      throw new IOException("No space left on device");
    }
    seen.put(name, content.clone());
  }

  @Override
  public void append(String name, byte[] content) throws IOException {
    var before = seen.getOrDefault(name, new byte[0]);
    var whole = Arrays.copyOf(before, before.length + content.length);
    System.arraycopy(content, 0, whole, before.length, content.length);
    var half = Arrays.copyOf(whole, before.length + content.length / 2);
    try {
      begin();
    } catch (PowerCut e) {
      seen.put(name, whole);
      throw e;
    } catch (IOException e) {
      seen.put(name, half);
      throw e;
    }
    if (readOnly) {
      throw new IOException("Read-only file system");
    }
    var room = totalBytes - size();
    if (content.length > room) {
      seen.put(name, Arrays.copyOf(whole, before.length + Math.max(0, room)));
      throw new IOException("No space left on device");
    }
    seen.put(name, whole);
  }

  @Override
  public void sync(String name) throws IOException {
    begin();
    var content = seen.get(name);
    if (content == null) {
      throw new IOException("No such file: " + name);
    }
    durable.put(name, content.clone());
    durable.keySet().retainAll(seen.keySet());
  }

  @Override
  public void delete(String name) throws IOException {
    begin();
    if (readOnly) {
      throw new IOException("Read-only file system");
    }
    seen.remove(name);
  }

  @Override
  public long free() throws IOException {
    begin();
    return totalBytes - size();
  }

  @Override
  public List<String> names() throws IOException {
    begin();
    return seen.keySet().stream().sorted().toList();
  }

  private void begin() throws IOException {
    if (dark) {
      throw new PowerCut();
    }
    operations++;
    if (operations == cutAt) {
      dark = true;
      throw new PowerCut();
    }
    if (operations == failAt) {
      throw new IOException("Input/output error at operation " + operations);
    }
  }

  private static byte[] arrived(byte[] before, byte[] written, Damage damage, int at) {
    var block = at / BLOCK * BLOCK;
    var blockEnd = Math.min(block + BLOCK, written.length);
    return switch (damage) {
      case LOST -> before;
      case KEPT -> written.clone();
      case TORN -> Arrays.copyOf(written, at);
      case TORN_OVER_OLD -> {
        var mixed = Arrays.copyOf(before, Math.max(before.length, at));
        System.arraycopy(written, 0, mixed, 0, at);
        yield mixed;
      }
      case ZEROS -> Arrays.copyOf(Arrays.copyOf(written, at), written.length);
      case REORDERED -> {
        var mixed = Arrays.copyOf(before, written.length);
        System.arraycopy(written, block, mixed, block, written.length - block);
        yield mixed;
      }
      case DOUBLED -> {
        var doubled = Arrays.copyOf(written, written.length + blockEnd - block);
        System.arraycopy(written, block, doubled, blockEnd, written.length - block);
        yield doubled;
      }
      case OLD_BLOCK_BACK -> {
        var mixed = written.clone();
        var end = Math.min(blockEnd, before.length);
        if (end > block) {
          System.arraycopy(before, block, mixed, block, end - block);
        }
        yield mixed;
      }
    };
  }
}
