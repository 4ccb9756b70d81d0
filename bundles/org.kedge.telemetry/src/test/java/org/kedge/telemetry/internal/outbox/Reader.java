package org.kedge.telemetry.internal.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kedge.base.api.Uptime;

/** Who reads at the broker: drops repeats by run and sequence, and notes what came when. */
final class Reader {
  final List<Arrival> arrivals = new ArrayList<>();
  private final Map<String, String> bodies = new HashMap<>();
  int repeats;

  /** @param text such as {@code run-1 17 state} */
  record Arrival(String text, Uptime at) {}

  void take(String text, Uptime at) {
    var words = text.split(" ", 3);
    var known = bodies.putIfAbsent(words[0] + " " + words[1], text);
    if (known == null) {
      arrivals.add(new Arrival(text, at));
    } else if (Objects.equals(known, text)) {
      repeats++;
    } else {
      throw new IllegalStateException("Two messages under one sequence: " + known + " and " + text);
    }
  }

  List<String> texts() {
    return arrivals.stream().map(Arrival::text).toList();
  }

  /** Most that came within one second. */
  long peakInASecond() {
    var seconds = new HashMap<Long, Long>();
    arrivals.forEach(one -> seconds.merge(one.at().nanos() / 1_000_000_000L, 1L, Long::sum));
    return seconds.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
