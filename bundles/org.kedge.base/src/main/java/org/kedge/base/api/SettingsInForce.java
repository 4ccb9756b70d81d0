package org.kedge.base.api;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings a component runs by. What is offered is checked whole; if anything in it is wrong, every problem is logged and the
 * old settings stay in force. Used by the thread that configures the component.
 */
public final class SettingsInForce<T> {
  private static final Logger LOG = LoggerFactory.getLogger(SettingsInForce.class);

  private final SettingsSchema schema;
  private final Function<Map<String, ?>, Checked<T>> read;
  private Optional<T> inForce = Optional.empty();

  /** @param read never refuses an empty map: defaults are good settings */
  public SettingsInForce(SettingsSchema schema, Function<Map<String, ?>, Checked<T>> read) {
    this.schema = schema;
    this.read = read;
  }

  /** The settings in force; empty before the first offer. */
  public Optional<T> inForce() {
    return inForce;
  }

  /** @return the settings to change to; empty where the old ones stay, because the new are the same or refused */
  public Optional<T> offer(Map<String, ?> values) {
    SettingsReader.unknown(schema, values)
        .forEach(problem -> LOG.warn("{}. It is ignored.", problem.inWords()));
    var checked = read.apply(values);
    if (checked instanceof Checked.Refused<T> refused) {
      var kept = inForce.isPresent() ? "the old settings stay in force" : "the defaults are used";
      refused.problems().forEach(problem -> LOG.error("{}; {}.", problem.inWords(), kept));
      if (inForce.isPresent()) {
        return Optional.empty();
      }
      checked = read.apply(Map.of());
    }
    if (!(checked instanceof Checked.Accepted<T> accepted)) {
      throw new IllegalStateException(
          "The defaults of " + schema.pid() + " are refused: " + checked);
    }
    if (inForce.equals(Optional.of(accepted.value()))) {
      return Optional.empty();
    }
    inForce = Optional.of(accepted.value());
    return inForce;
  }
}
