package org.kedge.telemetry.internal.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.kedge.care.api.CareJournal;

/**
 * Entries of care's journal of the last day, as far as they were seen: care itself keeps the latest few, and a night in trouble
 * has more. Any thread.
 */
public final class DayJournal {
  /** Some 200 KB at most. */
  static final int ENTRIES = 400;

  private static final Duration DAY = Duration.ofDays(1);

  private final TreeMap<Long, CareJournal.Entry> byNumber = new TreeMap<>();

  /** Takes what is new in it; of too many the oldest go. */
  public synchronized void note(CareJournal journal) {
    journal.entries().forEach(entry -> byNumber.put(entry.number(), entry));
    while (byNumber.size() > ENTRIES) {
      byNumber.pollFirstEntry();
    }
  }

  /** Oldest first. The day is that of the wall clock: what was written while the clock was wrong may be missing. */
  public synchronized List<CareJournal.Entry> entries(Instant now) {
    var begin = now.minus(DAY);
    return byNumber.values().stream().filter(entry -> entry.at().isAfter(begin)).toList();
  }
}
