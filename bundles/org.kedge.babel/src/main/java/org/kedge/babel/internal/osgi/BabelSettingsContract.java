package org.kedge.babel.internal.osgi;

import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of babel, before any are made. */
@Component(service = SettingsContract.class)
public final class BabelSettingsContract extends SettingsContract {
  public BabelSettingsContract() {
    super(SettingsSchema.of(BabelSettings.class, BabelComponent.PID), BabelSettings::read);
  }
}
