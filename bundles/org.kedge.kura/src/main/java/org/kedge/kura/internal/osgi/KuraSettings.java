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

  /** For whoever asks before it is set. */
  static Checked<KuraSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var settings = new KuraSettings(reader.text(PUBLISHER));
    if (!settings.isFilter()) {
      reader.refuse(PUBLISHER, "allowed is a filter such as " + KuraComponent.STANDARD_TARGET);
    }
    return reader.finish(() -> settings);
  }

  /** Once set, declarative services go by it, whatever it is: nothing here can keep the old one. */
  static Checked<KuraSettings> taken(SettingsSchema schema, Map<String, ?> values) {
    return new Checked.Accepted<>(
        new KuraSettings(new SettingsReader(schema, values).text(PUBLISHER)));
  }

  /** By anything else no publisher is found. */
  boolean isFilter() {
    try {
      FrameworkUtil.createFilter(publisher);
      return true;
    } catch (InvalidSyntaxException e) {
      return false;
    }
  }
}
