package org.kedge.base.api;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * One thing an operator may set, as the bundle's metatype declares it.
 *
 * @param id its name in a settings file and in the Kura console
 * @param description what it does, with its unit
 * @param standard the default, as text; may be empty
 * @param options the values allowed; empty for any
 */
public record Setting(
    String id,
    Type type,
    String description,
    String standard,
    Optional<BigDecimal> min,
    Optional<BigDecimal> max,
    List<String> options) {
  public Setting {
    options = List.copyOf(options);
  }

  /** How a value is written. */
  public enum Type {
    TEXT("text"),
    SECRET("text, kept secret"),
    INTEGER("a whole number"),
    DECIMAL("a number"),
    FLAG("true or false");

    private final String words;

    Type(String words) {
      this.words = words;
    }
  }

  /** What may be set, for people: "a whole number from 1 to 60". */
  public String allowed() {
    if (!options.isEmpty()) {
      return "one of " + String.join(", ", options);
    }
    var range = min.map(low -> " from " + low.toPlainString()).orElse("")
        + max.map(high -> " to " + high.toPlainString()).orElse("");
    return type.words + range;
  }

  /** Whether any text will do, as far as the metatype says. */
  public boolean isFree() {
    return type == Type.TEXT && options.isEmpty();
  }

  boolean isInRange(BigDecimal value) {
    return min.map(low -> value.compareTo(low) >= 0).orElse(true)
        && max.map(high -> value.compareTo(high) <= 0).orElse(true);
  }
}
