package org.kedge.billing.internal.core.neighbour;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which key was heard first at each address, oldest heard first. Keys are 43 characters of base64url. */
public final class PinBook {
  /** Most addresses that are remembered. */
  public static final int MOST = 1024;

  private static final String HEADER = "pins 1";
  private static final Pattern LINE = Pattern.compile("(\\S+) (\\S+) ([A-Za-z0-9_-]{43})");
  private final Map<LinkAddress, String> keys = new LinkedHashMap<>();
  private long changes;

  /** What a text says. */
  public sealed interface Read {
    record Good(PinBook pins) implements Read {}

    record Bad(String why) implements Read {}
  }

  /** Reads what {@link #text} wrote. */
  public static Read of(String text) {
    var lines = text.split("\n", -1);
    if (!lines[0].equals(HEADER) || !text.endsWith("\n")) {
      return new Read.Bad("it does not begin with '" + HEADER + "' or ends in mid line");
    }
    var pins = new PinBook();
    for (var at = 1; at < lines.length - 1; at++) {
      var line = LINE.matcher(lines[at]);
      if (!line.matches() || !LinkAddress.isValid(line.group(1), line.group(2))) {
        return new Read.Bad("line " + (at + 1) + " is no pin");
      }
      pins.keys.put(new LinkAddress(line.group(1), line.group(2)), line.group(3));
    }
    return pins.keys.size() > MOST
        ? new Read.Bad("it has " + pins.keys.size() + " pins, of " + MOST)
        : new Read.Good(pins);
  }

  public String text() {
    var text = new StringBuilder(HEADER).append('\n');
    keys.forEach((far, key) -> text.append(far.interfaceName())
        .append(' ')
        .append(far.address())
        .append(' ')
        .append(key)
        .append('\n'));
    return text.toString();
  }

  public Optional<String> keyAt(LinkAddress far) {
    return Optional.ofNullable(keys.get(far));
  }

  /** Grows with each pin that comes or goes; who was heard last alone is not worth a write. */
  public long changes() {
    return changes;
  }

  int size() {
    return keys.size();
  }

  /**
   * Pins a key where there is none.
   *
   * @param heard what is not given up for it
   * @return whose pin had to go for want of room
   */
  Optional<LinkAddress> pin(LinkAddress far, String key, Set<LinkAddress> heard) {
    Optional<LinkAddress> gone = keys.size() < MOST
        ? Optional.empty()
        : keys.keySet().stream().filter(other -> !heard.contains(other)).findFirst();
    gone.ifPresent(keys::remove);
    keys.put(far, key);
    changes++;
    return gone;
  }

  /** It has been heard: it is the last to go. */
  void heard(LinkAddress far) {
    var key = keys.remove(far);
    if (key != null) {
      keys.put(far, key);
    }
  }

  /** @return the addresses that are pinned no longer */
  List<LinkAddress> forget(Set<String> forgotten) {
    var gone = new ArrayList<LinkAddress>();
    keys.forEach((far, key) -> {
      if (forgotten.contains(key)) {
        gone.add(far);
      }
    });
    gone.forEach(keys::remove);
    changes += gone.size();
    return gone;
  }
}
