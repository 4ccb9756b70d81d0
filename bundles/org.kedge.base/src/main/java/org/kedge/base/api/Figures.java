package org.kedge.base.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Named values for a snapshot, in order. A number's name ends in its unit ({@code _count}, {@code _bytes}, {@code _seconds},
 * {@code _percent}, ...). Values are Long, Double, Boolean, String, Figures or lists of Figures; immutable.
 */
public record Figures(Map<String, Object> values) {
  public Figures {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects figures; what is absent is left out. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder() {}

    public Builder text(String name, String value) {
      return put(name, value);
    }

    public Builder text(String name, Optional<String> value) {
      value.ifPresent(present -> put(name, present));
      return this;
    }

    public Builder flag(String name, boolean value) {
      return put(name, value);
    }

    public Builder count(String name, long value) {
      return put(name + "_count", value);
    }

    public Builder bytes(String name, Bytes value) {
      return put(name + "_bytes", value.count());
    }

    /** A plain number without a unit, such as a metric or a version. */
    public Builder number(String name, long value) {
      return put(name, value);
    }

    public Builder percent(String name, double value) {
      return put(name + "_percent", Math.round(value * 10) / 10.0);
    }

    public Builder seconds(String name, Duration value) {
      return put(name + "_seconds", value.toMillis() / 1000.0);
    }

    public Builder milliseconds(String name, Duration value) {
      return put(name + "_milliseconds", value.toNanos() / 1000L * 1000 / 1e6);
    }

    public Builder section(String name, Figures value) {
      return put(name, value);
    }

    public Builder list(String name, List<Figures> value) {
      return put(name, List.copyOf(value));
    }

    public Builder texts(String name, List<String> value) {
      return put(name, List.copyOf(value));
    }

    public Builder all(Figures others) {
      others.values().forEach(this::put);
      return this;
    }

    private Builder put(String name, Object value) {
      if (values.put(name, value) != null) {
        throw new IllegalStateException(
            "Two figures of one name: " + name + " in " + new ArrayList<>(values.keySet()));
      }
      return this;
    }

    public Figures build() {
      return new Figures(values);
    }
  }
}
