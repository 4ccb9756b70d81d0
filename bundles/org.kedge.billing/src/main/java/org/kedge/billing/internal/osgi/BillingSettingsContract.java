package org.kedge.billing.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of billing, before any are made. */
@Component(service = SettingsContract.class)
public final class BillingSettingsContract extends SettingsContract {
  public BillingSettingsContract() {
    super(SettingsSchema.of(BillingSettings.class, BillingComponent.PID), BillingSettings::read);
  }
}
