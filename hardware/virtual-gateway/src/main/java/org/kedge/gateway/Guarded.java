package org.kedge.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What a status tells of the timer, and of what care counts for it. Pure. */
public record Guarded(JsonObject status) {
  public boolean isGuarded() {
    return section().map(part -> part.get("guarded").getAsBoolean()).orElse(false);
  }

  /** A text of the section {@code watchdog}; empty text if it is left out. */
  public String text(String field) {
    return section()
        .filter(part -> part.has(field))
        .map(part -> part.get(field).getAsString())
        .orElse("");
  }

  /** A count of the section {@code watchdog}; 0 if it is left out. */
  public long count(String field) {
    return section()
        .filter(part -> part.has(field))
        .map(part -> part.get(field).getAsLong())
        .orElse(0L);
  }

  public List<String> caveats() {
    return section().filter(part -> part.has("caveats")).stream()
        .flatMap(part -> StreamSupport.stream(part.getAsJsonArray("caveats").spliterator(), false))
        .map(JsonElement::getAsString)
        .toList();
  }

  /** Why the node or Kedge started; empty text before that is known. */
  public String cause() {
    return boot().map(part -> part.get("cause").getAsString()).orElse("");
  }

  public String evidence() {
    return boot().map(part -> part.get("evidence").getAsString()).orElse("");
  }

  /** Starts in a row that did not settle. */
  public long unsettled() {
    return boot().map(part -> part.get("unsettled_count").getAsLong()).orElse(0L);
  }

  /** How much of the budget for what takes the whole node was used in the last day. */
  public long nodeBudgetUsed() {
    return StreamSupport.stream(
            status.getAsJsonObject("care").getAsJsonArray("budgets").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(budget -> budget.get("class").getAsString().equals("node"))
        .mapToLong(budget -> budget.get("used_count").getAsLong())
        .max()
        .orElse(0);
  }

  public List<String> faults() {
    return status.has("faults")
        ? StreamSupport.stream(status.getAsJsonArray("faults").spliterator(), false)
            .map(fault -> fault.getAsJsonObject().get("kind").getAsString())
            .toList()
        : List.of();
  }

  private Optional<JsonObject> section() {
    return Optional.ofNullable(status.getAsJsonObject("watchdog"));
  }

  private Optional<JsonObject> boot() {
    return section().map(part -> part.getAsJsonObject("boot"));
  }
}
