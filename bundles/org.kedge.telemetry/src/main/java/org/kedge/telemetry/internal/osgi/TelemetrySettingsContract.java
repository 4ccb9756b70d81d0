package org.kedge.telemetry.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of telemetry, before any are made. */
@Component(service = SettingsContract.class)
public final class TelemetrySettingsContract extends SettingsContract {
  public TelemetrySettingsContract() {
    super(
        SettingsSchema.of(TelemetrySettings.class, TelemetryComponent.PID),
        TelemetrySettings::read);
  }
}
