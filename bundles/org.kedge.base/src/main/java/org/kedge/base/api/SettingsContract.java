package org.kedge.base.api;

import java.util.List;
import java.util.Map;

/** What a bundle lets be set, as a service that is there before any setting is. Any thread. */
public interface SettingsContract {
  SettingsSchema schema();

  /** Every problem with these values, beyond type and range too; none if they can be used. Missing ones have their default. */
  List<SettingProblem> problems(Map<String, ?> values);
}
