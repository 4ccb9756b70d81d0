package org.kedge.watchdog.internal.osgi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;

/** What an operator set, checked. */
record WatchdogSettings(Choice device, Path linuxDevice, Duration timeout) {
  /** In the order in which {@link #AUTO} tries them, after itself and {@link #NONE}. */
  enum Choice {
    AUTO,
    NONE,
    SYSTEMD,
    KURA,
    GPIO,
    LINUX
  }

  static Checked<WatchdogSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var device = reader.choice("device", Choice.class);
    var file = reader.text("linux.device");
    if (!file.startsWith("/") || file.chars().anyMatch(Character::isISOControl)) {
      reader.refuse("linux.device", "allowed is the absolute path of a watchdog device");
    }
    var timeout = reader.seconds("timeout.seconds");
    return reader.finish(() -> new WatchdogSettings(device, Path.of(file), timeout));
  }
}
