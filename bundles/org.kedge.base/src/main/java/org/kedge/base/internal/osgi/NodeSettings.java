package org.kedge.base.internal.osgi;

import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Checked;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;

/** @param id empty: the name of the device, or the host's */
record NodeSettings(Optional<NodeId> id) {
  static Checked<NodeSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var id = reader.text("node.id");
    if (!id.isEmpty() && !NodeId.isValid(id)) {
      reader.refuse(
          "node.id",
          "allowed are 1 to 63 letters, digits, dots, hyphens or underscores, the first a letter or digit");
    }
    return reader.finish(
        () -> new NodeSettings(id.isEmpty() ? Optional.empty() : Optional.of(new NodeId(id))));
  }
}
