package org.kedge.babel.internal.osgi;

import java.util.List;
import java.util.Map;
import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of babel, before any are made. */
@Component(service = SettingsContract.class)
public final class BabelSettingsContract implements SettingsContract {
  private final SettingsSchema schema = SettingsSchema.of(BabelSettings.class, BabelComponent.PID);

  @Override
  public SettingsSchema schema() {
    return schema;
  }

  @Override
  public List<SettingProblem> problems(Map<String, ?> values) {
    return BabelSettings.read(schema, values) instanceof Checked.Refused<BabelSettings> refused
        ? refused.problems()
        : List.of();
  }
}
