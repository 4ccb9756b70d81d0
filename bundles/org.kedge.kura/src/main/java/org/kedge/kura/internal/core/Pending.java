package org.kedge.kura.internal.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.base.api.Uptime;

/**
 * Which message an id of Kura's means. Ids of all publishers on a connection are told to everybody, in any order, late, twice or
 * never, and begin again at low numbers once Kura's store is made anew: what is told of an id is about the message that got it
 * last. Guarded by whoever has it.
 */
public final class Pending {
  /** A confirmation of anything older is given up; that message was handed over again long ago. */
  static final int KEPT = 256;

  /** While one message is handed over, others may be confirmed; more than these are not ours. */
  static final int MEANWHILE = 1024;

  private final Map<String, Waiting> byId = new LinkedHashMap<>();
  private final Set<String> meanwhile = new LinkedHashSet<>();
  private boolean handing;

  /** A message that was handed over. */
  public record Waiting(long ticket, Uptime handed) {}

  /** A message is about to be handed over: until its id is known, no confirmation can be told apart from its own. */
  public void begin() {
    handing = true;
  }

  public boolean isHanding() {
    return handing;
  }

  /** The message got this id. @return what was confirmed since {@link #begin}, perhaps itself */
  public List<Waiting> end(String id, Waiting message) {
    // Not only replaced: as the newest it has to be dropped last.
    byId.remove(id);
    byId.put(id, message);
    dropOldest(byId.keySet(), KEPT);
    return end();
  }

  /** The message got no id. @return what was confirmed since {@link #begin} */
  public List<Waiting> end() {
    handing = false;
    var confirmed = new ArrayList<Waiting>();
    for (var id : List.copyOf(meanwhile)) {
      take(id).ifPresent(confirmed::add);
    }
    meanwhile.clear();
    return confirmed;
  }

  /** @return the message, the first time it is confirmed */
  public List<Waiting> confirmed(String id) {
    if (handing) {
      meanwhile.add(id);
      dropOldest(meanwhile, MEANWHILE);
      return List.of();
    }
    return take(id).stream().toList();
  }

  /** Whether a message was handed over in this time, both ends included, and is still not confirmed. */
  public boolean isWaiting(Uptime from, Uptime to) {
    return byId.values().stream()
        .anyMatch(one -> !one.handed().isBefore(from) && !to.isBefore(one.handed()));
  }

  public void clear() {
    byId.clear();
    meanwhile.clear();
  }

  private Optional<Waiting> take(String id) {
    var found = Optional.ofNullable(byId.remove(id));
    // Handed over again in the meantime, it has a second id, and is still one message.
    found.ifPresent(one -> byId.values().removeIf(other -> other.ticket() == one.ticket()));
    return found;
  }

  private static void dropOldest(Set<String> ids, int kept) {
    if (ids.size() > kept) {
      ids.remove(ids.iterator().next());
    }
  }
}
