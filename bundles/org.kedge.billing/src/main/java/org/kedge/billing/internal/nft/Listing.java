package org.kedge.billing.internal.nft;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.Hook;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.MeteredInterface.Kind;

/** What nft lists of the family netdev, read in one pass. */
final class Listing {
  /** It is not a listing of a table. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  /** Octets of an Ethernet header, which the kernel counts on the way out only. */
  private static final int ETHERNET_HEADER = 14;

  private final Map<String, CounterSet> sets = new HashMap<>();
  private final Map<String, String> words = new HashMap<>();
  private final Map<MeterKey, Count> counts = new HashMap<>();
  private final Set<String> chains = new HashSet<>();
  private final List<String> full = new ArrayList<>();
  private boolean hasTable;
  private boolean hasTargets;

  private Listing() {
    CounterSet.all().forEach(set -> sets.put(set.name(), set));
  }

  /** Reads any listing; what is not of our table is left out. */
  static Listing read(String json) throws UnreadableException {
    var listing = new Listing();
    try (var reader = new JsonReader(new StringReader(json))) {
      listing.document(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new UnreadableException("more than one document");
      }
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      throw new UnreadableException(
          "output of " + json.length() + " characters is not its JSON: " + e.getMessage());
    }
    return listing;
  }

  /** Whether a table of our name is in it. */
  boolean hasTable() {
    return hasTable;
  }

  /** Names the table since it was made; empty where it is not ours. */
  Optional<String> life() {
    return chains.stream()
        .filter(chain -> chain.startsWith(TableJson.VERSION))
        .map(chain -> chain.substring(TableJson.VERSION.length()))
        .findFirst();
  }

  Set<Hook> hooks() {
    var hooks = new HashSet<Hook>();
    chains.forEach(chain -> Hook.of(chain).ifPresent(hooks::add));
    return hooks;
  }

  Map<MeterKey, Count> counts() {
    return counts;
  }

  List<String> full() {
    return full;
  }

  private void document(JsonReader reader) throws IOException, UnreadableException {
    reader.beginObject();
    while (reader.hasNext()) {
      if (reader.nextName().equals("nftables")) {
        reader.beginArray();
        while (reader.hasNext()) {
          reader.beginObject();
          while (reader.hasNext()) {
            entry(reader.nextName(), reader);
          }
          reader.endObject();
        }
        reader.endArray();
      } else {
        reader.skipValue();
      }
    }
    reader.endObject();
  }

  private void entry(String what, JsonReader reader) throws IOException, UnreadableException {
    switch (what) {
      case "table" -> table(reader);
      case "chain" -> chain(reader);
      case "set" -> set(reader);
      default -> reader.skipValue();
    }
  }

  private void table(JsonReader reader) throws IOException {
    reader.beginObject();
    while (reader.hasNext()) {
      if (reader.nextName().equals("name")) {
        hasTable |= reader.nextString().equals(TableJson.TABLE);
      } else {
        reader.skipValue();
      }
    }
    reader.endObject();
  }

  private void chain(JsonReader reader) throws IOException {
    var table = "";
    var name = "";
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "table" -> table = reader.nextString();
        case "name" -> name = reader.nextString();
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    if (table.equals(TableJson.TABLE)) {
      chains.add(name);
    }
  }

  private void set(JsonReader reader) throws IOException, UnreadableException {
    Optional<CounterSet> set = Optional.empty();
    var name = "";
    var size = Long.MAX_VALUE;
    var elements = 0;
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "name" -> {
          name = reader.nextString();
          set = Optional.ofNullable(sets.get(name));
        }
        case "size" -> size = reader.nextLong();
        case "elem" -> {
          if (name.isEmpty()) {
            throw new UnreadableException("elements of a set before its name");
          }
          if (set.isPresent()) {
            elements = elements(set.get(), reader);
          } else {
            reader.skipValue();
          }
        }
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    if (set.isPresent() && elements >= size) {
      full.add(name);
    }
  }

  private int elements(CounterSet set, JsonReader reader) throws IOException, UnreadableException {
    if (set.of() != CounterSet.Of.ANY) {
      hasTargets = true;
    } else if (hasTargets) {
      // What is read in another order does not add up.
      throw new UnreadableException("set " + set.name() + " is listed after those of targets");
    }
    var count = 0;
    reader.beginArray();
    while (reader.hasNext()) {
      element(set, reader);
      count++;
    }
    reader.endArray();
    return count;
  }

  /** {@code {"elem": {"val": {"concat": ["to1", "02:..", "2001:.."]}, "counter": {"packets": 1, "bytes": 2}}}}; one part stands alone. */
  private void element(CounterSet set, JsonReader reader) throws IOException, UnreadableException {
    if (reader.peek() != JsonToken.BEGIN_OBJECT) {
      // An element without a counter: not made by a packet.
      reader.skipValue();
      return;
    }
    reader.beginObject();
    while (reader.hasNext()) {
      if (reader.nextName().equals("elem")) {
        counted(set, reader);
      } else {
        reader.skipValue();
      }
    }
    reader.endObject();
  }

  private void counted(CounterSet set, JsonReader reader) throws IOException, UnreadableException {
    var parts = new ArrayList<String>();
    Optional<Count> count = Optional.empty();
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "val" -> value(reader, parts);
        case "counter" -> count = counter(set, reader);
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    if (count.isPresent()) {
      var key = set.key(parts);
      if (key.isEmpty()) {
        throw new UnreadableException("set " + set.name() + " has an element " + parts);
      }
      counts.put(key.get(), count.get());
    }
  }

  private void value(JsonReader reader, List<String> parts) throws IOException {
    if (reader.peek() != JsonToken.BEGIN_OBJECT) {
      parts.add(kept(reader.nextString()));
      return;
    }
    reader.beginObject();
    while (reader.hasNext()) {
      if (reader.nextName().equals("concat")) {
        reader.beginArray();
        while (reader.hasNext()) {
          parts.add(kept(reader.nextString()));
        }
        reader.endArray();
      } else {
        reader.skipValue();
      }
    }
    reader.endObject();
  }

  /** Names and addresses of stations repeat thousands of times and are kept once. */
  private String kept(String text) {
    return words.computeIfAbsent(text, same -> same);
  }

  private static Optional<Count> counter(CounterSet set, JsonReader reader) throws IOException {
    if (reader.peek() != JsonToken.BEGIN_OBJECT) {
      reader.skipValue();
      return Optional.empty();
    }
    var packets = 0L;
    var bytes = 0L;
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "packets" -> packets = reader.nextLong();
        case "bytes" -> bytes = reader.nextLong();
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    var hasHeader = set.kind() == Kind.ETHERNET && set.direction() == Direction.OUT;
    return Optional.of(new Count(packets, hasHeader ? bytes - packets * ETHERNET_HEADER : bytes));
  }
}
