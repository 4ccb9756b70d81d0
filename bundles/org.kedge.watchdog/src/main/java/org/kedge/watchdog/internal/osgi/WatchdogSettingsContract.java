package org.kedge.watchdog.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of the watchdog, before any are made. */
@Component(service = SettingsContract.class)
public final class WatchdogSettingsContract extends SettingsContract {
  public WatchdogSettingsContract() {
    super(SettingsSchema.of(WatchdogSettings.class, WatchdogComponent.PID), WatchdogSettings::read);
  }
}
