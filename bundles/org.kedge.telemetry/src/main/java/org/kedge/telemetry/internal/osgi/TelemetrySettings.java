package org.kedge.telemetry.internal.osgi;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Checked;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.kedge.telemetry.internal.mqtt.PahoUplink.Broker;

/**
 * What an operator set, checked.
 *
 * @param statusPort 0: not served
 */
record TelemetrySettings(
    Optional<Broker> broker,
    Way way,
    String account,
    long outboxBytes,
    Duration snapshot,
    int statusPort) {
  /** Which uplink is to be used. */
  enum Way {
    AUTO,
    MQTT,
    KURA
  }

  private static final long MEBIBYTE = 1024 * 1024;

  static Checked<TelemetrySettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var uri = reader.text("broker.address");
    if (!uri.isEmpty() && !isBroker(uri)) {
      reader.refuse(
          "broker.address",
          "allowed is tcp://HOST:PORT, such as tcp://192.0.2.1:1883 or tcp://[2001:db8::1]:1883");
    }
    var user = given(reader.text("broker.user"));
    var password = given(reader.text("broker.password"));
    if (password.isPresent() && user.isEmpty()) {
      reader.refuse("broker.user", "a password needs a user too");
    }
    var account = reader.text("account");
    if (!NodeId.isValid(account)) {
      reader.refuse(
          "account",
          "allowed are 1 to 63 letters, digits, dots, hyphens or underscores, the first a letter or digit");
    }
    var way = reader.choice("uplink", Way.class);
    var outbox = reader.integer("outbox.mebibytes");
    var snapshot = reader.seconds("snapshot.seconds");
    var port = reader.integer("status.port");
    return reader.finish(() -> new TelemetrySettings(
        uri.isEmpty() ? Optional.empty() : Optional.of(new Broker(uri, user, password)),
        way,
        account,
        outbox * MEBIBYTE,
        snapshot,
        port));
  }

  private static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static boolean isBroker(String text) {
    try {
      var uri = new URI(text);
      return "tcp".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getPort() >= 1
          && uri.getPort() <= 65535
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
