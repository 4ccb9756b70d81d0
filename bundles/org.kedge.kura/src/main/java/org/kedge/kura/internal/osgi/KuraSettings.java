package org.kedge.kura.internal.osgi;

import java.util.List;
import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/**
 * What an operator set, checked.
 *
 * @param publisher filter that the publisher has to match; declarative services go by it
 * @param eventPublisher the same, of the publisher for what is urgent
 */
record KuraSettings(String publisher, String eventPublisher) {
  private static final String PUBLISHER = "CloudPublisher.target";
  private static final String EVENT_PUBLISHER = "EventPublisher.target";

  /** For whoever asks before it is set. */
  static Checked<KuraSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var settings = read(reader);
    filter(reader, PUBLISHER, KuraComponent.STANDARD_TARGET, "telemetry does not leave over Kura");
    filter(
        reader,
        EVENT_PUBLISHER,
        KuraComponent.STANDARD_EVENT_TARGET,
        "events leave like other messages");
    return reader.finish(() -> settings);
  }

  /** Once set, declarative services go by it, whatever it is: nothing here can keep the old one. */
  static Checked<KuraSettings> taken(SettingsSchema schema, Map<String, ?> values) {
    var complaints = read(schema, values) instanceof Checked.Refused<KuraSettings> refused
        ? refused.problems()
        : List.<SettingProblem>of();
    return new Checked.Accepted<>(read(new SettingsReader(schema, values)), complaints);
  }

  private static KuraSettings read(SettingsReader reader) {
    return new KuraSettings(reader.text(PUBLISHER), reader.text(EVENT_PUBLISHER));
  }

  private static void filter(
      SettingsReader reader, String setting, String standard, String consequence) {
    try {
      FrameworkUtil.createFilter(reader.text(setting));
    } catch (InvalidSyntaxException e) {
      reader.refuse(
          setting,
          "allowed is a filter such as " + standard
              + "; by anything else no publisher is found, and " + consequence);
    }
  }
}
