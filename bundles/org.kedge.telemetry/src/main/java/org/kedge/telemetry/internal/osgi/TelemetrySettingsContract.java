package org.kedge.telemetry.internal.osgi;

import java.util.List;
import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of telemetry, before any are made. */
@Component(service = SettingsContract.class)
public final class TelemetrySettingsContract implements SettingsContract {
  private final SettingsSchema schema =
      SettingsSchema.of(TelemetrySettings.class, TelemetryComponent.PID);

  @Override
  public SettingsSchema schema() {
    return schema;
  }

  @Override
  public List<SettingProblem> problems(Map<String, ?> values) {
    return TelemetrySettings.read(schema, values)
            instanceof Checked.Refused<TelemetrySettings> refused
        ? refused.problems()
        : List.of();
  }
}
