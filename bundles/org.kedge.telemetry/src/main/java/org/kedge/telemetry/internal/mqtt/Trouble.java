package org.kedge.telemetry.internal.mqtt;

import java.io.EOFException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.jspecify.annotations.Nullable;

/** What went wrong, in words, and whether it may pass by itself. */
final class Trouble {
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
  private static final Pattern ABOUT_CERTIFICATES = Pattern.compile(
      "certificate_.*|bad_certificate.*|unsupported_certificate|unknown_ca|handshake_failure|access_denied|decrypt_error");

  private Trouble() {}

  /**
   * Why no connection came about.
   *
   * @param now by the node's clock
   * @param hint what to look at where the broker just hung up
   */
  static Refusal refusal(Exception failure, Broker broker, Instant now, String hint) {
    var causes = causes(failure);
    return first(causes, Refusal.class)
        .or(() -> tls(causes, broker, now))
        .or(() -> first(causes, MqttException.class).map(mqtt -> mqtt(mqtt, causes, hint)))
        .orElseGet(() -> Refusal.passing(ended(causes) + hint));
  }

  /** Why a connection that stood is gone, or a message could not be handed over. */
  static String inWords(@Nullable Throwable failure) {
    var causes = causes(failure);
    return first(causes, MqttException.class)
        .map(mqtt -> mqtt(mqtt, causes, ""))
        .map(Refusal::why)
        .orElseGet(() -> ended(causes));
  }

  private static Optional<Refusal> tls(List<Throwable> causes, Broker broker, Instant now) {
    if (broker.tls().isEmpty()
        || causes.stream()
            .noneMatch(
                cause -> cause instanceof SSLException || cause instanceof CertificateException)) {
      return Optional.empty();
    }
    var clock = "; this node's clock says " + now;
    var expired = first(causes, CertificateExpiredException.class);
    if (expired.isPresent()) {
      return Optional.of(Refusal.lasting("the broker's certificate has expired ("
          + expired.get().getMessage() + ")" + clock
          + "; if the clock is right, the broker needs a renewed one"));
    }
    var early = first(causes, CertificateNotYetValidException.class);
    if (early.isPresent()) {
      return Optional.of(Refusal.passing("the broker's certificate does not hold yet ("
          + early.get().getMessage() + ")" + clock + "; it passes once the clock is set"));
    }
    if (first(causes, CertPathBuilderException.class).isPresent()) {
      return Optional.of(
          Refusal.lasting("the broker's certificate comes from none of the authorities "
              + authorities(broker)
              + "; set 'broker.ca' to the file of those that it comes from"));
    }
    var alert = alert(causes);
    if (alert.isPresent() && ABOUT_CERTIFICATES.matcher(alert.get()).matches()) {
      return Optional.of(Refusal.lasting("the broker " + shown(broker) + " (" + alert.get()
          + "); 'broker.certificate' and 'broker.key' have to be what it asks for"));
    }
    var mismatch = first(causes, CertificateException.class);
    if (mismatch.isPresent()) {
      return Optional.of(Refusal.lasting("the broker's certificate is not one for " + broker.host()
          + " (" + mismatch.get().getMessage() + "); 'broker.address' has to be a name in it"));
    }
    if (said(causes).contains("Unsupported or unrecognized SSL message")) {
      return Optional.of(Refusal.lasting(
          "it does not speak TLS on port " + broker.port() + "; brokers mostly do on 8883"));
    }
    return Optional.empty();
  }

  private static String authorities(Broker broker) {
    return broker
        .tls()
        .flatMap(Broker.Tls::authorities)
        .map(file -> "in " + file)
        .orElse("of the Java runtime");
  }

  private static String shown(Broker broker) {
    return broker
        .tls()
        .flatMap(Broker.Tls::identity)
        .map(files -> "refuses the certificate in " + files.certificates())
        .orElse("asks for a certificate of this node, and none is set");
  }

  private static Optional<String> alert(List<Throwable> causes) {
    return causes.stream()
        .map(cause -> ALERT.matcher(String.valueOf(cause.getMessage())))
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .findFirst();
  }

  private static Refusal mqtt(MqttException mqtt, List<Throwable> causes, String hint) {
    return switch (mqtt.getReasonCode()) {
      case MqttException.REASON_CODE_INVALID_PROTOCOL_VERSION ->
        Refusal.lasting("it does not speak MQTT 3.1.1");
      case MqttException.REASON_CODE_INVALID_CLIENT_ID ->
        Refusal.lasting("it does not take this node's client id; let the broker allow it");
      case MqttException.REASON_CODE_BROKER_UNAVAILABLE ->
        Refusal.passing("it says that its service is unavailable");
      case MqttException.REASON_CODE_FAILED_AUTHENTICATION ->
        Refusal.lasting(
            "it does not know this user or password; see 'broker.user' and 'broker.password'");
      case MqttException.REASON_CODE_NOT_AUTHORIZED ->
        Refusal.lasting(
            "it does not let this node in; see 'broker.user' and what the broker allows it");
      case MqttException.REASON_CODE_CLIENT_TIMEOUT, MqttException.REASON_CODE_WRITE_TIMEOUT ->
        Refusal.passing("it no longer answers");
      case MqttException.REASON_CODE_CLIENT_NOT_CONNECTED,
          MqttException.REASON_CODE_CLIENT_DISCONNECTING,
          MqttException.REASON_CODE_CLIENT_CLOSED -> Refusal.passing("there is no connection");
      case MqttException.REASON_CODE_MAX_INFLIGHT ->
        Refusal.passing("it leaves too many messages unconfirmed");
      default -> Refusal.passing(ended(causes) + hint);
    };
  }

  private static String ended(List<Throwable> causes) {
    return first(causes, EOFException.class).isPresent()
        ? "it closed the connection"
        : "the connection broke: " + said(causes);
  }

  private static String said(List<Throwable> causes) {
    if (causes.isEmpty()) {
      return "no reason is known";
    }
    var last = causes.get(causes.size() - 1);
    var said = last.getMessage();
    return said == null ? last.getClass().getSimpleName() : said;
  }

  private static <T> Optional<T> first(List<Throwable> causes, Class<T> kind) {
    return causes.stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private static List<Throwable> causes(@Nullable Throwable failure) {
    var found = new ArrayList<Throwable>();
    // A chain may end in a circle.
    for (var each = failure; each != null && found.size() < 20; each = each.getCause()) {
      found.add(each);
    }
    return found;
  }
}
