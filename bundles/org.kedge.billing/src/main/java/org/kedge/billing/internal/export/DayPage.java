package org.kedge.billing.internal.export;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kedge.base.api.LocalPage;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Books;

/** The last 24 hours with each neighbour, for the chart of the status page. Any thread. */
public final class DayPage implements LocalPage {
  private static final int SLOTS = 144;
  private static final Duration STEP = Duration.ofMinutes(10);

  /** More lines nobody can tell apart. */
  private static final int NEIGHBOURS_MAX = 32;

  private final Supplier<Optional<? extends Books>> books;
  private final Supplier<List<NeighbourAccount>> accounts;
  private final InstantSource wallClock;

  private record Day(long[] carried, long[] handed) {
    private long sum() {
      var sum = 0L;
      for (var slot = 0; slot < SLOTS; slot++) {
        sum += carried[slot] + handed[slot];
      }
      return sum;
    }
  }

  /** @param books empty while they are not open */
  public DayPage(
      Supplier<Optional<? extends Books>> books,
      Supplier<List<NeighbourAccount>> accounts,
      InstantSource wallClock) {
    this.books = books;
    this.accounts = accounts;
    this.wallClock = wallClock;
  }

  @Override
  public String path() {
    return "/billing-day";
  }

  @Override
  public Answer answer(Map<String, String> query) {
    if (!query.isEmpty()) {
      return new Answer.Misunderstood("Nothing stands behind /billing-day.");
    }
    return books
        .get()
        .<Answer>map(open -> {
          var from = begin(wallClock.instant());
          var days = days(open, from);
          return new Answer.Told("application/json", out -> write(out, from, days));
        })
        .orElseGet(() -> new Answer.NotNow("The ledger is not open yet."));
  }

  /** The last slot is the one that is not over yet. */
  private static Instant begin(Instant now) {
    var seconds = STEP.toSeconds();
    return Instant.ofEpochSecond(now.getEpochSecond() / seconds * seconds)
        .minus(STEP.multipliedBy(SLOTS - 1))
        .truncatedTo(ChronoUnit.SECONDS);
  }

  private static Map<NeighbourId, Day> days(Books books, Instant from) {
    var days = new TreeMap<NeighbourId, Day>();
    for (var slot : books.history(from, from.plus(STEP.multipliedBy(SLOTS)), STEP)) {
      var at = (int) (Duration.between(from, slot.from()).toSeconds() / STEP.toSeconds());
      if (at >= 0 && at < SLOTS) {
        var day =
            days.computeIfAbsent(slot.neighbour(), id -> new Day(new long[SLOTS], new long[SLOTS]));
        day.carried()[at] += slot.carriedBytes();
        day.handed()[at] += slot.handedBytes();
      }
    }
    return days;
  }

  private void write(OutputStream out, Instant from, Map<NeighbourId, Day> days)
      throws IOException {
    var names = accounts.get().stream()
        .collect(Collectors.toMap(NeighbourAccount::id, NeighbourAccount::name));
    var busiest = days.entrySet().stream()
        .sorted(Comparator.comparingLong(
            (Map.Entry<NeighbourId, Day> entry) -> -entry.getValue().sum()))
        .limit(NEIGHBOURS_MAX)
        .toList();
    var json = new JsonWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    json.beginObject();
    json.name("step_seconds").value(STEP.toSeconds());
    json.name("from").value(from.toString());
    json.name("neighbours").beginArray();
    for (var entry : busiest) {
      json.beginObject();
      json.name("id").value(entry.getKey().value());
      var name = names.getOrDefault(entry.getKey(), Optional.empty());
      if (name.isPresent()) {
        json.name("name").value(name.get());
      }
      write(json.name("carried_bytes"), entry.getValue().carried());
      write(json.name("handed_bytes"), entry.getValue().handed());
      json.endObject();
    }
    json.endArray();
    json.endObject();
    json.flush();
  }

  private static void write(JsonWriter json, long[] slots) throws IOException {
    json.beginArray();
    for (var slot : slots) {
      json.value(slot);
    }
    json.endArray();
  }
}
