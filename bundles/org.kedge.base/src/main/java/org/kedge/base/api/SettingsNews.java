package org.kedge.base.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What became of settings that were offered while this runtime runs; the latest are kept, and what is refused now. A service; any thread. */
public final class SettingsNews {
  private static final int KEPT = 50;

  private final Deque<Item> items = new ArrayDeque<>();
  private final List<Runnable> ears = new CopyOnWriteArrayList<>();
  private final Map<String, List<String>> refused = new TreeMap<>();
  private long count;

  /**
   * One offer that changed something or was refused.
   *
   * @param number from 1, one more with each, in this run of the runtime
   * @param pid of the component
   * @param words a line each for what changed, or for what is wrong; secrets are never in them
   */
  public record Item(long number, String pid, boolean isRefused, List<String> words) {
    public Item {
      words = List.copyOf(words);
    }
  }

  void tell(String pid, boolean isRefused, List<String> words) {
    synchronized (items) {
      if (isRefused) {
        refused.put(pid, List.copyOf(words));
      }
      count++;
      items.addLast(new Item(count, pid, isRefused, words));
      if (items.size() > KEPT) {
        items.removeFirst();
      }
    }
    ears.forEach(Runnable::run);
  }

  /** Settings are good, be they new or those in force already. */
  void good(String pid) {
    boolean isOver;
    synchronized (items) {
      isOver = refused.remove(pid) != null;
    }
    if (isOver) {
      ears.forEach(Runnable::run);
    }
  }

  /** What is refused now, a line each that tells what is in force instead, by PID. */
  public Map<String, List<String>> refused() {
    synchronized (items) {
      return new TreeMap<>(refused);
    }
  }

  /** Items with a greater number, oldest first. */
  public List<Item> after(long number) {
    synchronized (items) {
      return items.stream().filter(item -> item.number() > number).toList();
    }
  }

  /** @param ear called after each new item, and when what was refused is put right, on the thread that configures: post to your own lane and return */
  public void listen(Runnable ear) {
    ears.add(ear);
  }

  public void forget(Runnable ear) {
    ears.remove(ear);
  }
}
