package org.kedge.kura.internal.osgi;

import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/**
 * What an operator set, checked.
 *
 * @param publisher filter that the publisher has to match; declarative services go by it
 */
record KuraSettings(String publisher) {
  private static final String PUBLISHER = "CloudPublisher.target";

  static Checked<KuraSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var publisher = reader.text(PUBLISHER);
    try {
      FrameworkUtil.createFilter(publisher);
    } catch (InvalidSyntaxException e) {
      reader.refuse(PUBLISHER, "allowed is a filter such as " + KuraComponent.STANDARD_TARGET);
    }
    return reader.finish(() -> new KuraSettings(publisher));
  }
}
