package org.kedge.base.internal.osgi;

import java.util.List;
import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsContract;
import org.kedge.base.api.SettingsSchema;
import org.osgi.service.component.annotations.Component;

/** The settings of the node, before any are made. */
@Component(service = SettingsContract.class)
public final class NodeSettingsContract implements SettingsContract {
  private final SettingsSchema schema = SettingsSchema.of(NodeSettings.class, NodeComponent.PID);

  @Override
  public SettingsSchema schema() {
    return schema;
  }

  @Override
  public List<SettingProblem> problems(Map<String, ?> values) {
    return NodeSettings.read(schema, values) instanceof Checked.Refused<NodeSettings> refused
        ? refused.problems()
        : List.of();
  }
}
