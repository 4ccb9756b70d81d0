package org.kedge.telemetry.internal.osgi;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.kedge.base.api.Checked;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.kedge.telemetry.internal.mqtt.Broker;
import org.kedge.telemetry.internal.mqtt.Broker.Identity;
import org.kedge.telemetry.internal.mqtt.Broker.Login;
import org.kedge.telemetry.internal.mqtt.Broker.Tls;

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
  private static final String ABSOLUTE = "allowed is the absolute path of a file";

  static Checked<TelemetrySettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var address = reader.text("broker.address");
    var uri = brokerUri(address);
    if (!address.isEmpty() && uri.isEmpty()) {
      reader.refuse(
          "broker.address",
          "allowed is tcp://HOST:PORT or ssl://HOST:PORT, such as tcp://192.0.2.1:1883 or ssl://[2001:db8::1]:8883");
    }
    var login = login(reader);
    var tls = tls(reader, uri);
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
        uri.map(checked -> new Broker(
            host(checked),
            checked.getPort(),
            login,
            isTls(checked) ? Optional.of(tls) : Optional.empty())),
        way,
        account,
        outbox * MEBIBYTE,
        snapshot,
        port));
  }

  private static Optional<Login> login(SettingsReader reader) {
    var user = given(reader.text("broker.user"));
    var password = given(reader.text("broker.password"));
    if (password.isPresent() && user.isEmpty()) {
      reader.refuse("broker.user", "a password needs a user too");
    }
    return user.map(name -> new Login(name, password));
  }

  private static Tls tls(SettingsReader reader, Optional<URI> uri) {
    var authorities = file(reader, "broker.ca", uri);
    var certificate = file(reader, "broker.certificate", uri);
    var key = file(reader, "broker.key", uri);
    if (certificate.isPresent() && key.isEmpty()) {
      reader.refuse("broker.key", "a certificate needs its key too");
    }
    if (key.isPresent() && certificate.isEmpty()) {
      reader.refuse("broker.certificate", "a key needs its certificate too");
    }
    return new Tls(
        authorities, certificate.flatMap(chain -> key.map(secret -> new Identity(chain, secret))));
  }

  private static Optional<Path> file(SettingsReader reader, String id, Optional<URI> uri) {
    var text = reader.text(id);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (uri.isPresent() && !isTls(uri.get())) {
      reader.refuse(id, "only a broker at ssl:// takes it, and 'broker.address' is at tcp://");
    }
    try {
      var path = Path.of(text);
      if (!path.isAbsolute()) {
        reader.refuse(id, ABSOLUTE);
      }
      return Optional.of(path);
    } catch (InvalidPathException e) {
      reader.refuse(id, ABSOLUTE);
      return Optional.empty();
    }
  }

  private static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static boolean isTls(URI uri) {
    return "ssl".equals(uri.getScheme());
  }

  /** Without the brackets of an address of IPv6. */
  private static String host(URI uri) {
    var host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static Optional<URI> brokerUri(String text) {
    try {
      var uri = new URI(text);
      var isBroker = ("tcp".equals(uri.getScheme()) || isTls(uri))
          && uri.getHost() != null
          && uri.getPort() >= 1
          && uri.getPort() <= 65535
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getUserInfo() == null;
      return isBroker ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
