package org.kedge.sim.village;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.kedge.base.api.Uptime;

/** The central broker: keeps what it got last from each machine. */
final class Broker {
  private static final String STATE = "\"state\":\"";

  private final Supplier<Uptime> time;
  private final Map<Machine, Received> last = new HashMap<>();
  private long count;

  /** Whether it turns everybody away. */
  boolean refuses;

  /** @param state of the machine by its own words, such as {@code healthy} */
  record Received(Uptime at, String state) {}

  Broker(Supplier<Uptime> time) {
    this.time = time;
  }

  boolean take(Machine from, byte[] snapshot) {
    if (refuses) {
      return false;
    }
    count++;
    var text = new String(snapshot, StandardCharsets.UTF_8);
    var begin = text.indexOf(STATE) + STATE.length();
    if (begin < STATE.length()) {
      throw new IllegalStateException("A snapshot without a state: " + text);
    }
    last.put(from, new Received(time.get(), text.substring(begin, text.indexOf('"', begin))));
    return true;
  }

  Optional<Received> last(Machine from) {
    return Optional.ofNullable(last.get(from));
  }

  long count() {
    return count;
  }
}
