package org.kedge.base.api;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** What a bundle lets be set, as a service that is there before any setting is. Any thread. */
public class SettingsContract {
  private final SettingsSchema schema;
  private final BiFunction<SettingsSchema, Map<String, ?>, ? extends Checked<?>> read;

  /** @param read the bundle's own reading of its settings, which sees what a range cannot say */
  protected SettingsContract(
      SettingsSchema schema,
      BiFunction<SettingsSchema, Map<String, ?>, ? extends Checked<?>> read) {
    this.schema = schema;
    this.read = read;
  }

  public SettingsSchema schema() {
    return schema;
  }

  /** Every problem with these values, beyond type and range too; none if they can be used. Missing ones have their default. */
  public List<SettingProblem> problems(Map<String, ?> values) {
    return read.apply(schema, values) instanceof Checked.Refused<?> refused
        ? refused.problems()
        : List.of();
  }
}
