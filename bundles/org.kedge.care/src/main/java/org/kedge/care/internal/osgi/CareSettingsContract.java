package org.kedge.care.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of care, before any are made. */
@Component(service = SettingsContract.class)
public final class CareSettingsContract extends SettingsContract {
  public CareSettingsContract() {
    super(SettingsSchema.of(CareSettings.class, CareComponent.PID), CareSettings::read);
  }
}
