package org.kedge.base.internal.osgi;

import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of the node, before any are made. */
@Component(service = SettingsContract.class)
public final class NodeSettingsContract extends SettingsContract {
  public NodeSettingsContract() {
    super(SettingsSchema.of(NodeSettings.class, NodeComponent.PID), NodeSettings::read);
  }
}
