package org.kedge.kura.internal.cloud;

import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.kura.cloudconnection.message.KuraMessage;
import org.eclipse.kura.message.KuraPayload;
import org.kedge.kura.internal.json.Summary;
import org.kedge.telemetry.api.Uplink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a message of telemetry into one of Kura's: the body as it is, and what can be seen without reading it as metrics. */
final class Envelope {
  private static final Logger LOG = LoggerFactory.getLogger(Envelope.class);

  /** In a value a dollar or a backslash would break the template of the topic, a slash or a wildcard the topic. */
  private static final Pattern SUBJECT = Pattern.compile("[a-z][a-z0-9-]*");

  private final InstantSource wallClock;

  Envelope(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  KuraMessage of(Uplink.Message message) {
    if (!SUBJECT.matcher(message.subject()).matches()) {
      throw new IllegalArgumentException("'" + message.subject() + "' is no subject");
    }
    var payload = new KuraPayload();
    var summary = Summary.of(message.body());
    if (summary.isEmpty()) {
      LOG.warn(
          "A message {} of {} octets is no JSON object; it goes to Kura without metrics.",
          message.subject(),
          message.body().length);
    }
    var at = summary.flatMap(Summary::at).orElseGet(wallClock::instant);
    payload.setTimestamp(Date.from(at));
    summary.ifPresent(known -> known.metrics().forEach(payload::addMetric));
    payload.setBody(message.body());
    return new KuraMessage(payload, Map.of("subject", message.subject()));
  }
}
