package org.kedge.kura.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings about Kura, before any are made. */
@Component(service = SettingsContract.class)
public final class KuraSettingsContract extends SettingsContract {
  public KuraSettingsContract() {
    super(SettingsSchema.of(KuraSettings.class, KuraComponent.PID), KuraSettings::read);
  }
}
