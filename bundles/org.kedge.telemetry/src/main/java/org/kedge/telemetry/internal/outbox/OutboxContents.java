package org.kedge.telemetry.internal.outbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.kedge.telemetry.internal.core.Told;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Item;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Line;

/** What the files of an outbox hold, gathered one file after the other, oldest first, without the bodies. */
public final class OutboxContents {
  private final NavigableMap<Long, Found> waiting = new TreeMap<>();
  private final NavigableMap<Integer, Long> files = new TreeMap<>();
  private final Map<String, Long> sequences = new TreeMap<>();
  private final Set<Long> sent = new HashSet<>();
  private Told told = Told.NOTHING;
  private Duration age = Duration.ZERO;
  private long lastId;
  private int torn;
  private int lastFile;

  /** A message and where it stands. */
  record Found(Item item, int file, int offset, int length) {}

  /** @param number greater than of the files before */
  public void add(int number, byte[] content) {
    files.put(number, (long) content.length);
    lastFile = number;
    var parsed = OutboxBytes.parse(content);
    torn += parsed.torn();
    var bootId = "";
    for (var placed : parsed.lines()) {
      if (placed.line() instanceof Line.Head head) {
        bootId = head.bootId();
        if (head.journal() > 0) {
          told = new Told(bootId, head.journal());
        }
        sequences.merge(bootId, head.sequence(), Math::max);
        age = longer(age, head.age());
        lastId = Math.max(lastId, head.lastId());
      } else if (placed.line() instanceof Line.Kept kept) {
        var item = kept.item();
        waiting.put(item.id(), new Found(item, number, placed.offset(), placed.length()));
        lastId = Math.max(lastId, item.id());
        age = longer(age, item.age());
        sequences.merge(bootId, item.sequence(), Math::max);
        if (item.journal() > 0
            && (item.journal() > told.number() || !told.bootId().equals(bootId))) {
          told = new Told(bootId, item.journal());
        }
      } else if (placed.line() instanceof Line.Sent ids) {
        sent.addAll(ids.ids());
      }
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** A file that could not be read stays as it is: another start may read it. */
  public void addUnreadable(int number) {
    lastFile = number;
    torn++;
  }

  int lastFile() {
    return lastFile;
  }

  NavigableMap<Long, Found> waiting() {
    waiting.keySet().removeAll(sent);
    return waiting;
  }

  /** Bytes of each file. */
  NavigableMap<Integer, Long> files() {
    return files;
  }

  /** The last sequence number of a run; 0 for a new one. */
  long sequence(String bootId) {
    return sequences.getOrDefault(bootId, 0L);
  }

  Told told() {
    return told;
  }

  Duration age() {
    return age;
  }

  long lastId() {
    return Math.max(lastId, sent.stream().mapToLong(Long::longValue).max().orElse(0));
  }

  int torn() {
    return torn;
  }
}
